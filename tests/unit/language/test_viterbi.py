"""Sequences of languages from posteriors of spans."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.language.posteriors import SpanScores
from shared.language.viterbi import most_probable_languages


def spans(*english_shares, duration_s=2.0, after_pause=True):
    """Spans one after the other, English with these posteriors, else Spanish."""
    return [
        SpanScores(
            place * duration_s, (place + 1) * duration_s, {"en": en, "es": 1 - en}, after_pause
        )
        for place, en in enumerate(english_shares)
    ]


def languages(scored, before=None):
    return " ".join(most_probable_languages(scored, before))


def test_no_span_has_no_language():
    assert most_probable_languages([], "en") == []


def test_sure_spans_change_the_language():
    assert languages(spans(0.99, 0.01, 0.99)) == "en es en"


def test_one_doubtful_span_does_not_change_it():
    assert languages(spans(0.99, 0.1, 0.99)) == "en en en"


def test_the_last_span_changes_it_more_easily():
    """It has the cost of one change, not of two."""
    assert languages(spans(0.99, 0.1)) == "en es"
    assert languages(spans(0.99, 0.3)) == "en en"


def test_the_previous_language_continues():
    assert languages(spans(0.3), before="en") == "en"
    assert languages(spans(0.3), before=None) == "es"


def test_doubtful_spans_one_after_the_other_change_it():
    assert languages(spans(0.99, 0.15, 0.15, 0.15)) == "en es es es"


def test_a_change_within_an_utterance_takes_more_than_one_in_a_pause():
    assert languages(spans(0.99, 0.1, after_pause=True)) == "en es"
    assert languages(spans(0.99, 0.1, after_pause=False)) == "en en"


def test_a_short_span_counts_less():
    assert languages(spans(0.99, 0.03, 0.99, duration_s=1.0)) == "en es en"
    assert languages(spans(0.99, 0.03, 0.99, duration_s=0.4)) == "en en en"


def test_equal_evidence_goes_to_the_first_candidate():
    assert languages(spans(0.5, 0.5)) == "en en"


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.booleans())
def test_every_span_has_a_language_and_changes_cost(english_shares, after_pause):
    scored = spans(*english_shares, after_pause=after_pause)
    path = most_probable_languages(scored, None)
    assert len(path) == len(scored)
    isolated = ["en" if share >= 0.5 else "es" for share in english_shares]
    n_changes, n_isolated = (sum(a != b for a, b in pairwise(one)) for one in (path, isolated))
    assert n_changes <= n_isolated
