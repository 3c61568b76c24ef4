"""Words and times of real speech, with the base model as int8.

Products of 8-bit numbers differ between processors, so a word near a threshold may be read as
another. Words are counted over sets of clips, with a margin over what was measured.
"""

import pytest

pytestmark = pytest.mark.speech

WELL_READ = [
    "en_read/jfk.flac",
    "en_read/1688-142285-0002.flac",
    "en_read/1688-142285-0008.flac",
    "en_read/1998-15444-0006.flac",
    "en_read/LJ001-0004.flac",
    "en_read/LJ001-0008.flac",
]


def test_well_read_clips_are_right_but_for_a_word_or_two(recognise, reference, word_error_rate):
    """Measured: every word of the six."""
    said = " ".join(reference(clip) for clip in WELL_READ)
    recognised = " ".join(recognise(clip).text for clip in WELL_READ)
    assert word_error_rate(said, recognised) <= 0.03


FAIREST = "From fairest creatures we desire increase, that thereby beauty's rose might never die"


@pytest.mark.parametrize("container", ["flac", "mp3", "aac", "mp4", "ogg", "webm"])
def test_the_format_of_a_clip_costs_few_words(recognise, word_error_rate, container):
    """The same reading in every format, of 14 words after the number of the sonnet.

    In all of them the base model errs in that number and in `beauties rose`, in some in `and
    crease`: up to five errors. The limit leaves two more.
    """
    recognised = recognise(f"formats/p001.{container}")
    assert recognised.duration_s == pytest.approx(9.0, abs=0.1)
    assert word_error_rate(FAIREST, recognised.text) <= 7 / 14


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ("telephone/whatstheweatherlike-mulaw.wav", ["the", "weather", "like"]),
        ("formats/audio-mono-16-bit-44100Hz.wav", ["one", "two", "three"]),
    ],
)
def test_telephone_and_studio_rates_are_read(recognise, clip, words):
    recognised = recognise(clip).lexical.split()
    assert sum(word in recognised for word in words) >= len(words) - 1


def test_a_noisy_telephone_line_costs_few_words(recognise, reference, word_error_rate):
    """Nine words, of which the base model misses one: `close` for `clubs`."""
    clip = "telephone/pocketsphinx_cards_005.wav"
    assert word_error_rate(reference(clip), recognise(clip).text) <= 3 / 9


def test_the_sides_of_a_call_are_separate(recognise):
    """The left speaks until 15.0 s, then the right until 28.6 s; 8 kHz mu-law."""
    recognised = recognise(
        "telephone/call_stereo_8k_mulaw.wav", n_bytes=29 * 16_000, channels=(0, 1)
    )
    left, right = (
        [phrase for phrase in recognised.phrases if phrase.channel == channel] for channel in (0, 1)
    )
    assert "iron" in left[0].best.lexical
    assert all(phrase.offset_s + phrase.duration_s < 15.2 for phrase in left)
    assert right[0].offset_s > 15.1
    assert "poisoning" in " ".join(phrase.best.lexical for phrase in right)


@pytest.mark.parametrize(
    "clip", ["en_read/jfk.flac", "en_read/1688-142285-0000.flac", "formats/p001.webm"]
)
def test_word_times_go_forward_within_phrase_and_audio(recognise, clip):
    recognised = recognise(clip, word_timestamps=True)
    end_s = 0.0
    for phrase in recognised.phrases:
        assert phrase.words
        assert phrase.offset_s >= end_s - 0.02
        for word in phrase.words:
            assert word.duration_s >= 0
            assert word.offset_s >= end_s - 1e-6
            end_s = word.offset_s + word.duration_s
            assert end_s <= phrase.offset_s + phrase.duration_s + 1e-6
    assert end_s <= recognised.duration_s + 1e-6


def test_the_words_of_a_known_clip_have_their_times(recognise):
    """Both `ask` follow a pause: the level rises by 25 dB at 3.27 s and at 8.17 s."""
    recognised = recognise("en_read/jfk.flac", word_timestamps=True)
    words = [word for phrase in recognised.phrases for word in phrase.words]
    first, second = (word for word in words if word.text == "ask")
    assert first.offset_s == pytest.approx(3.27, abs=0.2)
    assert second.offset_s == pytest.approx(8.17, abs=0.2)


@pytest.mark.parametrize(
    ("clip", "locale"),
    [
        ("en_read/LJ001-0004.flac", "en-US"),
        ("multilingual/cheetah_test_de.wav", "de-DE"),
        ("multilingual/cheetah_test_fr.wav", "fr-FR"),
        ("multilingual/cheetah_test_es_norm.wav", "es-ES"),
    ],
)
def test_the_language_is_found_with_and_without_candidates(recognise, clip, locale):
    candidates = ("en-US", "de-DE", "fr-FR", "es-ES")
    for locales in (candidates, ()):
        assert {phrase.locale for phrase in recognise(clip, locales=locales).phrases} == {locale}


def test_few_segments_are_read_again(recognise):
    """Retries cost time: clear speech needs none."""
    cost = recognise("en_read/LJ001-0004.flac").cost
    assert (cost.n_segments, cost.n_retries) == (1, 0)
