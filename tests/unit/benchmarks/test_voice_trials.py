"""Selection of the voices that are measured, and their targets."""

import pytest

from benchmarks.voices import FirstSound, Trial, _is_measured, _preferred
from benchmarks.word_error_rate import WordErrors
from shared.synthesis.azure_speech import voice_from_short_name
from shared.synthesis.voice_catalogue import espeak_voices, kokoro_voice

GERMAN = next(voice for voice in espeak_voices() if voice.locale == "de-DE")


def test_every_voice_of_this_machine_is_tried_and_of_espeak_the_german_one():
    ours = [kokoro_voice("af_heart"), kokoro_voice("pm_alex")]
    all_voices = [*ours, *espeak_voices(), voice_from_short_name("en-US-AvaNeural")]
    assert list(filter(_is_measured, all_voices)) == [*ours, GERMAN]


def test_of_each_locale_and_gender_the_first_is_preferred():
    names = ("af_heart", "af_bella", "am_michael", "am_adam", "bf_emma", "bf_lily")
    preferred = _preferred([Trial(kokoro_voice(name)) for name in names])
    assert [trial.voice.speaker for trial in preferred] == ["af_heart", "am_michael", "bf_emma"]


def test_the_row_of_a_voice_has_its_rate_and_its_effort():
    """3 of 80 words; 40 processor seconds for 50 of speech."""
    counts = [WordErrors(3, 40), WordErrors(0, 40)]
    row = Trial(kokoro_voice("af_heart"), counts, 40.0, 50.0).figure()
    assert row.what == "`en-US-HeartNeural`: WER of 2 sentences"
    assert (row.theirs, row.others, row.met) == ("3.8 %", ("0.80",), True)


@pytest.mark.parametrize(("n_errors", "met"), [(9, True), (10, False)])
def test_ten_percent_is_too_much(n_errors, met):
    counts = [WordErrors(n_errors, 100)]
    assert Trial(kokoro_voice("af_heart"), counts, 1, 1).figure().met is met


def test_the_last_resort_has_no_target():
    """Nor is its effort known: it is spent in another process."""
    row = Trial(GERMAN, [WordErrors(45, 100)], 1, 1).figure()
    assert (row.target, row.met, row.others) == ("", None, ("",))


def test_the_first_sound_is_the_median_share_of_the_rounds():
    """20, 50 and 10 % of 10 s."""
    measured = FirstSound("kokoro", (2.0, 5.0, 1.0), (10.0, 10.0, 10.0))
    assert measured.percent == pytest.approx(20)
    assert measured.figure().met
    assert not FirstSound("kokoro", (4.0,), (10.0,)).figure().met
