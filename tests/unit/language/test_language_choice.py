"""Settling on one language for an audio."""

import pytest

from shared.errors import UnsupportedLocale
from shared.language.identification import LanguageChoice

LANGUAGES = frozenset({"de", "en", "es", "fr", "ja"})


def test_one_candidate_needs_no_evidence():
    assert LanguageChoice(["en-GB"], LANGUAGES).settled == "en-GB"


@pytest.mark.parametrize("locales", [[], ["en-US", "es-ES"]])
def test_without_evidence_nothing_is_settled(locales):
    assert LanguageChoice(locales, LANGUAGES).settled is None


def test_the_most_probable_candidate_wins_and_stays():
    choice = LanguageChoice(["en-US", "es-MX"], LANGUAGES)
    assert choice.settle([{"en": 0.2, "es": 0.7}], [3.0]) == "es-MX"
    assert choice.settled == "es-MX"


def test_languages_that_are_no_candidates_do_not_count():
    """An accent may sound like another language; the caller knows that it is not."""
    choice = LanguageChoice(["en-US", "es-ES"], LANGUAGES)
    assert choice.settle([{"fr": 0.9, "en": 0.06, "es": 0.04}], [1.0]) == "en-US"


def test_long_segments_weigh_more_than_short_ones():
    choice = LanguageChoice(["en-US", "es-ES"], LANGUAGES)
    heard = [{"en": 0.9, "es": 0.1}, {"en": 0.3, "es": 0.7}]
    assert choice.settle(heard, [0.4, 8.0]) == "es-ES"


def test_one_segment_that_excludes_a_language_does_not_decide_for_all():
    choice = LanguageChoice(["en-US", "es-ES"], LANGUAGES)
    heard = [{"en": 0.0, "es": 1.0}, {"en": 0.99, "es": 0.01}]
    assert choice.settle(heard, [0.3, 10.0]) == "en-US"


def test_without_candidates_any_language_may_win():
    assert LanguageChoice([], LANGUAGES).settle([{"en": 0.1, "ja": 0.9}], [1.0]) == "ja-JP"


def test_of_two_locales_of_a_language_the_first_is_taken():
    choice = LanguageChoice(["es-MX", "en-AU", "en-US", "es-ES"], LANGUAGES)
    assert choice.settle([{"en": 0.9, "es": 0.1}], [1.0]) == "en-AU"


def test_two_locales_of_one_language_need_no_evidence():
    assert LanguageChoice(["de-AT", "de-DE"], LANGUAGES).settled == "de-AT"


def test_a_tie_goes_to_the_caller_s_order():
    choice = LanguageChoice(["fr-FR", "de-DE"], LANGUAGES)
    assert choice.settle([{"de": 0.5, "fr": 0.5}], [1.0]) == "fr-FR"


def test_a_bare_language_is_a_candidate():
    assert LanguageChoice(["ja"], LANGUAGES).settled == "ja-JP"


@pytest.mark.parametrize("locales", [["sv-SE"], ["en-US", "sv-SE"], ["xx-XX"]])
def test_a_candidate_beyond_the_model_is_refused(locales):
    with pytest.raises(UnsupportedLocale):
        LanguageChoice(locales, LANGUAGES)
