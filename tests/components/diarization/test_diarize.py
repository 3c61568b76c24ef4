"""The whole of it with the real models, on speech that is made here."""

import contextlib
import itertools

import av
import numpy as np
import pytest

from shared.diarization.diarize import Diarizer
from shared.diarization.incremental import IncrementalDiarization
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.errors import ModelMissing
from shared.formats.rttm import rttm


@pytest.fixture(scope="module")
def diarizer(diarization_folder):
    return Diarizer(diarization_folder.parent, threads=1)


@pytest.fixture(scope="module")
def speech(spoken_clip):
    """The clip three times with pauses, 13 s, float32 at 16 kHz."""
    import io  # noqa: PLC0415

    with av.open(io.BytesIO(spoken_clip.wav)) as container:
        resampler = av.AudioResampler("s16", "mono", 16_000)
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
    clip = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    pause = np.zeros(16_000, np.int16)
    return np.concatenate((clip, pause, clip, pause, clip)).astype(np.float32) / 32_768


def diarize(diarizer, samples, block_samples=8_000, speakers=None):
    session = diarizer.start()
    for start in range(0, len(samples), block_samples):
        session.push(samples[start : start + block_samples])
    return session.finish(speakers)


def test_one_who_reads_is_one_speaker(diarizer, speech):
    found = diarize(diarizer, speech)
    assert found.n_speakers == 1
    spoken_s = sum(turn.duration_s for turn in found.turns)
    assert spoken_s == pytest.approx(len(speech) / 16_000 - 2, abs=1.0)


def test_it_does_not_matter_how_audio_arrives(diarizer, speech):
    whole = diarize(diarizer, speech, len(speech)).turns
    in_blocks = diarize(diarizer, speech, 1_234).turns
    as_integers = diarize(diarizer, (speech * 32_768).astype(np.int16), 16_000).turns
    for turns in (in_blocks, as_integers):
        assert [turn.speaker for turn in turns] == [turn.speaker for turn in whole]
        for one, other in zip(turns, whole, strict=True):
            assert one.offset_s == pytest.approx(other.offset_s, abs=0.05)
            assert one.end_s == pytest.approx(other.end_s, abs=0.05)


def test_at_most_one_speaker_is_one(diarizer, speech):
    assert diarize(diarizer, speech, speakers=SpeakerRange(most=1)).n_speakers == 1


@pytest.mark.parametrize("n_samples", [0, 1, 16_000, 200_000])
def test_silence_has_no_speaker(diarizer, n_samples):
    assert diarize(diarizer, np.zeros(n_samples, np.float32)) == Diarization((), ())


def test_a_phrase_gets_its_speaker_when_it_ends(diarizer, speech):
    speakers = IncrementalDiarization(diarizer.models())
    assert speakers.identify_speaker(np.zeros(16_000, np.float32)) is None
    assert speakers.identify_speaker(speech) == 1
    assert speakers.identify_speaker(speech[: 3 * 16_000]) == 1


def test_without_models_the_error_names_the_command(tmp_path):
    with pytest.raises(ModelMissing, match="models fetch diarization"):
        Diarizer(tmp_path).start()


def test_nothing_of_a_voice_is_left_after_the_call(diarizer, speech):
    """The audio is neither in the session nor in its result, which RTTM writes in full."""
    session = diarizer.start()
    session.push(speech)
    found = session.finish()
    assert session._voices.windows == session._voices.pieces == []
    assert set(rttm(found.turns, "a").split()) >= {"SPEAKER", "Guest-1"}
    assert {type(value) for turn in found.turns for value in (turn.speaker, turn.offset_s)} == {
        int,
        float,
    }


def test_the_networks_run_in_slots_and_nothing_else_does(diarizer, speech):
    """Each stretch of windows takes one."""
    inside, n_taken = [], itertools.count()

    @contextlib.contextmanager
    def slot():
        assert not inside
        next(n_taken)
        inside.append(True)
        yield
        inside.clear()

    session = diarizer.start(slot)
    session.push(np.tile(speech, 3))
    assert session.finish().n_speakers == 1
    assert next(n_taken) >= 2
