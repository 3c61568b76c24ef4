"""Which language is spoken when."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.language.viterbi import SpanScores, most_probable_languages, normalised


def spans(*english_shares, duration_s=2.0, after_pause=True):
    """Spans one after the other, English with these posteriors, else Spanish."""
    return [
        SpanScores(
            place * duration_s, (place + 1) * duration_s, {"en": en, "es": 1 - en}, after_pause
        )
        for place, en in enumerate(english_shares)
    ]


def told(heard, before=None):
    return " ".join(most_probable_languages(heard, before))


def test_no_spans_give_no_languages():
    assert most_probable_languages([], "en") == []


def test_sure_spans_change_the_language():
    assert told(spans(0.99, 0.01, 0.99)) == "en es en"


def test_one_doubtful_span_does_not_change_it():
    assert told(spans(0.99, 0.1, 0.99)) == "en en en"


def test_the_last_span_changes_it_more_easily():
    """There is no way back to pay for."""
    assert told(spans(0.99, 0.1)) == "en es"
    assert told(spans(0.99, 0.3)) == "en en"


def test_the_previous_language_holds_on():
    assert told(spans(0.3), before="en") == "en"
    assert told(spans(0.3), before=None) == "es"


def test_doubtful_spans_one_after_the_other_change_it():
    assert told(spans(0.99, 0.15, 0.15, 0.15)) == "en es es es"


def test_a_change_within_an_utterance_takes_more_than_one_in_a_pause():
    assert told(spans(0.99, 0.1, after_pause=True)) == "en es"
    assert told(spans(0.99, 0.1, after_pause=False)) == "en en"


def test_a_short_span_counts_less():
    assert told(spans(0.99, 0.03, 0.99, duration_s=1.0)) == "en es en"
    assert told(spans(0.99, 0.03, 0.99, duration_s=0.4)) == "en en en"


def test_equal_evidence_goes_to_the_first_candidate():
    assert told(spans(0.5, 0.5)) == "en en"


def test_posteriors_without_evidence_are_equal():
    assert normalised({"ja": 1.0}, ["en", "es"]) == {"en": 0.5, "es": 0.5}


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.booleans())
def test_every_span_gets_a_language_and_changes_cost(english_shares, after_pause):
    heard = spans(*english_shares, after_pause=after_pause)
    path = most_probable_languages(heard, None)
    assert len(path) == len(heard)
    alone = ["en" if share >= 0.5 else "es" for share in english_shares]
    n_changes, n_alone = (sum(a != b for a, b in pairwise(one)) for one in (path, alone))
    assert n_changes <= n_alone


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_language_that_is_excluded_has_bounded_evidence(share):
    (span,) = spans(share)
    assert span.evidence("en") >= -4
    assert span.max_posterior == 1.0
