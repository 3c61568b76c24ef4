"""The worker that reads clips at both contexts, with the real model in a process of its own."""

import pytest

from benchmarks.clips import Clip
from benchmarks.context_readings import read_clips
from benchmarks.instruction_sets import instruction_sets

BEST = instruction_sets()[:1]


@pytest.fixture(autouse=True)
def models(model_folder, monkeypatch):
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(model_folder))


def test_a_clear_sentence_is_read_at_both_contexts_and_kept(spoken_clip, tmp_path):
    path = tmp_path / "sentence.wav"
    path.write_bytes(spoken_clip.wav)
    clip = Clip("phones/sentence.wav", path, 3.0, spoken_clip.text)
    ((only,),) = read_clips([clip], BEST, None, tmp_path / "kept").values()
    assert (only.served.text, only.full.text) == (spoken_clip.text, spoken_clip.text)
    assert min(only.served.processor_s, only.full.processor_s) > 0
    assert (only.full.n_segments, only.full.n_retries) == (1, 0)
    path.unlink()  # so that it cannot be read again
    assert read_clips([clip], BEST, None, tmp_path / "kept") == {BEST[0].name: (only,)}


def test_a_clip_that_is_no_audio_ends_the_run(tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("no audio")
    with pytest.raises(RuntimeError, match=r"phones/notes\.wav: UnsupportedFormat\."):
        read_clips([Clip("phones/notes.wav", path, 3.0, "")], BEST, None)
