"""Posteriors of one span, and their normalisation."""

import pytest

from shared.language.posteriors import SpanScores, normalised


def test_posteriors_of_the_candidates_sum_to_1():
    assert normalised({"en": 0.3, "es": 0.1, "ja": 0.6}, ["en", "es"]) == pytest.approx(
        {"en": 0.75, "es": 0.25}
    )


def test_posteriors_without_evidence_are_equal():
    assert normalised({"ja": 1.0}, ["en", "es"]) == {"en": 0.5, "es": 0.5}


@pytest.mark.parametrize("posterior", [0.0, 1.0])
def test_a_language_that_is_excluded_has_bounded_evidence(posterior):
    span = SpanScores(0.0, 2.0, {"en": posterior, "es": 1 - posterior}, after_pause=True)
    assert span.evidence("en") >= -4
    assert span.max_posterior == 1.0
