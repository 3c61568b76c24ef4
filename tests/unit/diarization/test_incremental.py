import numpy as np
import pytest

from shared.diarization import incremental
from shared.diarization.incremental import IncrementalDiarization

ANNA, BORIS, CLARA = np.eye(192, dtype=np.float32)[:3]


@pytest.fixture
def hear(monkeypatch):
    """Speakers of phrases that are given as (vector, seconds) instead of samples."""

    def speakers_of(*phrases, most_speakers=None, least=incremental.SIMILARITY):
        speakers = IncrementalDiarization(None, most_speakers)
        monkeypatch.setattr(speakers, "_main_voice", lambda phrase: (*phrase, least))
        return [speakers.identify_speaker(phrase) for phrase in phrases]

    return speakers_of


def test_speakers_are_numbered_as_they_appear_and_keep_their_number(hear):
    assert hear((BORIS, 3.0), (ANNA, 3.0), (BORIS, 3.0), (CLARA, 3.0), (ANNA, 3.0)) == [
        1,
        2,
        1,
        3,
        2,
    ]


def test_a_short_phrase_brings_no_new_speaker(hear):
    assert hear((ANNA, 3.0), (BORIS, 1.0), (BORIS, 2.0)) == [1, 1, 2]


def test_an_unclear_phrase_belongs_to_the_speaker_before(hear):
    nothing = np.zeros(0, np.float32), 0.0
    assert hear(nothing, (ANNA, 3.0), (BORIS, 3.0), nothing) == [None, 1, 2, 2]


def test_over_a_telephone_voices_have_more_in_common(hear):
    similar = 0.68 * ANNA + np.sqrt(1 - 0.68**2) * BORIS
    assert hear((ANNA, 3.0), (similar, 3.0)) == [1, 1]
    narrow = incremental.NARROW_BAND_SIMILARITY
    assert hear((ANNA, 3.0), (similar, 3.0), least=narrow) == [1, 2]


def test_the_number_of_speakers_may_be_limited(hear):
    assert hear((ANNA, 3.0), (0.9 * BORIS + 0.4 * ANNA, 3.0), most_speakers=1) == [1, 1]


def test_a_voice_that_changes_slowly_is_followed(hear):
    """Each step resembles the ones before it enough, the last and the first do not."""
    angles = np.linspace(0, 1.5, 8)
    steps = [np.cos(angle) * ANNA + np.sin(angle) * BORIS for angle in angles]
    assert steps[0] @ steps[-1] < incremental.SIMILARITY
    assert hear(*((step, 3.0) for step in steps)) == [1] * 8
