"""Work whose lease is lost, or whose process is to end, stops in the middle of silence."""

import pytest
from crashing import Life
from lives import DROPPED, Messages, World, wav

from shared.errors import LeaseLost, WorkStopped
from shared.jobs.attempt import Attempt
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.settings import Settings
from shared.storage.work_message import WorkKind, WorkMessage
from shared.transcription.local_transcriber import LocalTranscriber


@pytest.fixture
def world(tmp_path):
    messages = Messages(tmp_path)
    yield World(tmp_path / "world", messages, Life())
    messages.close()


@pytest.mark.parametrize("reason", [LeaseLost, WorkStopped])
def test_work_ends_within_a_few_blocks_of_silence(world, level_detector, reason):
    """An hour without a phrase after which it could be asked; nothing of it is written."""
    world.audio.put(DROPPED, wav(3600))
    batch = world.process(Life())
    job_id = submit_dropped(batch.drop_folders["audio"], DROPPED, batch)
    engine = ScriptedEngine(lambda _segment, _request: hypothesis_of("I am one."))
    transcriber = LocalTranscriber(Settings(), lambda _settings: (engine, level_detector))
    n_checks = []

    def check():
        n_checks.append(1)
        if len(n_checks) == 4:
            raise reason("It ends.")

    with pytest.raises(reason):
        JobWorker(batch, transcriber).handle(
            WorkMessage(WorkKind.TRANSCRIBE, job_id, 0), Attempt(1, check)
        )
    assert len(n_checks) == 4
    assert batch.store.outcome(job_id, 0) is None
    assert list(world.transcripts.list()) == []
