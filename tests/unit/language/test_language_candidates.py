"""The languages an audio may be in, and which of them it is."""

import pytest

from shared.errors import UnsupportedLocale
from shared.language.candidates import LanguageCandidates

LANGUAGES = frozenset({"de", "en", "es", "fr", "ja"})


def most_probable(locales, probabilities, weights=(1.0,)):
    candidates = LanguageCandidates(locales, LANGUAGES)
    return candidates.identified(candidates.mean_posteriors(probabilities, weights)).locale


@pytest.mark.parametrize("locales", [["en-GB"], ["en-GB", "en-US"]])
def test_one_language_needs_no_evidence(locales):
    assert LanguageCandidates(locales, LANGUAGES).only == "en-GB"


@pytest.mark.parametrize("locales", [[], ["en-US", "es-ES"]])
def test_several_languages_need_evidence(locales):
    assert LanguageCandidates(locales, LANGUAGES).only is None


def test_languages_that_are_no_candidates_do_not_count():
    """An accent may sound like another language; the caller knows that it is not."""
    probabilities = [{"fr": 0.9, "en": 0.06, "es": 0.04}]
    assert most_probable(["en-US", "es-ES"], probabilities) == "en-US"


def test_long_segments_weigh_more_than_short_ones():
    probabilities = [{"en": 0.9, "es": 0.1}, {"en": 0.3, "es": 0.7}]
    assert most_probable(["en-US", "es-ES"], probabilities, [0.4, 8.0]) == "es-ES"


def test_one_segment_that_excludes_a_language_does_not_decide_for_all():
    probabilities = [{"en": 0.0, "es": 1.0}, {"en": 0.99, "es": 0.01}]
    assert most_probable(["en-US", "es-ES"], probabilities, [0.3, 10.0]) == "en-US"


def test_without_candidates_any_language_may_win():
    assert most_probable([], [{"en": 0.1, "ja": 0.9}]) == "ja-JP"


def test_of_two_locales_of_a_language_the_first_is_taken():
    probabilities = [{"en": 0.9, "es": 0.1}]
    assert most_probable(["es-MX", "en-AU", "en-US", "es-ES"], probabilities) == "en-AU"


def test_a_tie_goes_to_the_caller_s_order():
    assert most_probable(["fr-FR", "de-DE"], [{"de": 0.5, "fr": 0.5}]) == "fr-FR"


def test_without_evidence_for_any_candidate_the_first_is_taken():
    assert most_probable(["fr-FR", "de-DE"], [{"ja": 1.0}]) == "fr-FR"


def test_a_bare_language_is_a_candidate():
    assert LanguageCandidates(["ja"], LANGUAGES).only == "ja-JP"


def test_the_probability_is_among_the_candidates():
    candidates = LanguageCandidates(["en-US", "es-ES"], LANGUAGES)
    identified = candidates.identified(candidates.posteriors({"fr": 0.5, "es": 0.4, "en": 0.1}))
    assert identified.probability == pytest.approx(0.8)
    assert dict(identified.alternatives) == pytest.approx({"es-ES": 0.8, "en-US": 0.2})


@pytest.mark.parametrize("locales", [["sv-SE"], ["en-US", "sv-SE"], ["xx-XX"]])
def test_a_candidate_beyond_the_model_is_refused(locales):
    with pytest.raises(UnsupportedLocale):
        LanguageCandidates(locales, LANGUAGES)


def test_the_probability_in_set_is_a_mean_weighted_by_seconds_of_speech():
    candidates = LanguageCandidates(["es-ES", "en-US"], LANGUAGES)
    probabilities = [{"es": 0.3, "en": 0.1, "fr": 0.6}, {"fr": 1.0}]
    assert candidates.in_set_probability(probabilities, [1.0, 3.0]) == pytest.approx(0.1)
