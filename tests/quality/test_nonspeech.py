"""Audio without speech gives no text."""

import pytest

from shared.errors import AudioError
from shared.transcript import DropReason

pytestmark = pytest.mark.speech

# Music, then two sentences of Hebrew and English: 63.7 to 73.8 s at every threshold of voice
# activity from 0.2 to 0.5, and nothing before.
MUSIC_UNTIL_S, SPEECH_UNTIL_S = 63.7, 73.8


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        ("nonspeech/silence2sec.wav", DropReason.SILENCE),
        ("nonspeech/noise1.wav", DropReason.NOISE),
        ("nonspeech/noise3.wav", DropReason.NOISE),
    ],
)
@pytest.mark.parametrize("locales", [("en-US",), ()])
def test_silence_and_noise_give_no_phrase_but_their_reason(recognise, clip, reason, locales):
    recognised = recognise(clip, locales=locales)
    assert recognised.phrases == []
    assert {dropped.reason for dropped in recognised.dropped} == {reason}
    assert sum(dropped.duration_s for dropped in recognised.dropped) == pytest.approx(
        recognised.duration_s
    )


def test_text_stays_out_of_music(recognise):
    recognised = recognise("nonspeech/musanmix.mp3", word_timestamps=True)
    assert recognised.phrases
    for phrase in recognised.phrases:
        assert phrase.offset_s >= MUSIC_UNTIL_S - 0.2
        assert phrase.offset_s + phrase.duration_s <= SPEECH_UNTIL_S + 0.2
    music = recognised.dropped[0]
    assert (music.offset_s, music.reason) == (0.0, DropReason.NOISE)
    assert music.duration_s > MUSIC_UNTIL_S - 1.0


@pytest.mark.parametrize("name", ["mono.zero.wav", "mono.empty.wav", "mono.invalid.wav"])
def test_broken_audio_gives_no_text(recognise, name):
    """Samples that are zero, none, or not numbers: no phrase, or an error about the audio."""
    try:
        recognised = recognise(f"broken/{name}")
    except AudioError:
        return
    assert recognised.phrases == []
