"""Transcript -> short audio JSON, compared whole.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-speech-to-text-short
"""

import pytest

from shared.formats.short_audio import detailed_result, error_result, simple_result
from shared.transcript import Alternative, Dropped, DropReason, Phrase, Transcript, Word

REMIND = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.18,
    duration_s=1.85,
    n_best=(
        Alternative(
            confidence=0.92,
            lexical="remind me at five",
            itn="remind me at 5",
            masked_itn="remind me at 5",
            display="Remind me at 5.",
        ),
    ),
    words=(Word("remind", 0.18, 0.41, 0.95), Word("me", 0.59, 0.2, 0.9)),
)
THANKS = Phrase(
    channel=0,
    locale="en-US",
    offset_s=3.0,
    duration_s=0.37,
    n_best=(
        Alternative(0.5, "thank you", "thank you", "thank you", "Thank you."),
        Alternative(0.3, "thank ewe", "thank ewe", "thank ewe", "Thank ewe."),
    ),
    words=(Word("thank", 3.0, 0.2, 0.5), Word("you", 3.2, 0.17, 0.5)),
)


def transcript_of(*phrases):
    return Transcript(duration_s=4.0, n_channels=1, phrases=phrases, dropped=())


def unheard(*dropped, duration_s=4.0):
    return Transcript(duration_s=duration_s, n_channels=1, phrases=(), dropped=dropped)


def test_simple_result_is_the_documented_object():
    """Text, status and integer ticks, nothing else."""
    assert simple_result(transcript_of(REMIND)) == {
        "RecognitionStatus": "Success",
        "DisplayText": "Remind me at 5.",
        "Offset": 1_800_000,
        "Duration": 18_500_000,
    }


def test_detailed_result_is_the_documented_object():
    """The four text forms stand in `NBest`; lexical words are timed in ticks."""
    assert detailed_result(transcript_of(REMIND)) == {
        "RecognitionStatus": "Success",
        "Offset": 1_800_000,
        "Duration": 18_500_000,
        "DisplayText": "Remind me at 5.",
        "NBest": [
            {
                "Confidence": 0.92,
                "Lexical": "remind me at five",
                "ITN": "remind me at 5",
                "MaskedITN": "remind me at 5",
                "Display": "Remind me at 5.",
                "Words": [
                    {"Word": "remind", "Offset": 1_800_000, "Duration": 4_100_000},
                    {"Word": "me", "Offset": 5_900_000, "Duration": 2_000_000},
                ],
            }
        ],
    }


def test_words_are_left_out_where_no_word_was_timed():
    """`Words` belongs to `wordLevelTimestamps=true` only."""
    untimed = Phrase(0, "en-US", 0.18, 1.85, REMIND.n_best)
    assert "Words" not in detailed_result(transcript_of(untimed))["NBest"][0]


def test_several_phrases_become_one_result():
    """Text joined by spaces, from the first word to the last, silence between included."""
    result = detailed_result(transcript_of(REMIND, THANKS))
    assert result["DisplayText"] == "Remind me at 5. Thank you."
    assert (result["Offset"], result["Duration"]) == (1_800_000, 31_900_000)
    assert [word["Word"] for word in result["NBest"][0]["Words"]] == [
        "remind", "me", "thank", "you",
    ]  # fmt: skip


def test_joined_confidence_is_weighted_by_duration():
    """1.85 s at 0.92 and 0.37 s at 0.5 give 0.85, not their plain mean 0.71."""
    assert detailed_result(transcript_of(REMIND, THANKS))["NBest"][0]["Confidence"] == 0.85


def test_second_reading_takes_the_only_reading_of_a_phrase_that_has_one():
    """No reading of the whole clip lacks a phrase."""
    second = detailed_result(transcript_of(REMIND, THANKS))["NBest"][1]
    assert second["Lexical"] == "remind me at five thank ewe"
    assert "Words" not in second


def test_text_that_profanity_removal_emptied_leaves_no_gap():
    """`removed` may empty a phrase; the display text has no double space then."""
    emptied = Phrase(0, "en-US", 2.2, 0.4, (Alternative(0.9, "damn", "damn", "", ""),))
    result = detailed_result(transcript_of(REMIND, emptied, THANKS))
    assert result["DisplayText"] == "Remind me at 5. Thank you."
    assert simple_result(transcript_of(emptied))["DisplayText"] == ""


@pytest.mark.parametrize(
    ("reasons", "status"),
    [
        ((), "InitialSilenceTimeout"),
        ((DropReason.SILENCE,), "InitialSilenceTimeout"),
        ((DropReason.NOISE,), "BabbleTimeout"),
        ((DropReason.NOISE, DropReason.SILENCE), "BabbleTimeout"),
        ((DropReason.SILENCE, DropReason.NOISE), "InitialSilenceTimeout"),
        ((DropReason.NO_MATCH,), "NoMatch"),
        ((DropReason.SILENCE, DropReason.LOOP), "NoMatch"),
        ((DropReason.NOISE, DropReason.NO_MATCH), "NoMatch"),
    ],
)
def test_status_says_why_there_is_no_text(reasons, status):
    """Speech without text is NoMatch; else what the audio begins with decides."""
    dropped = [Dropped(0, float(i), 1.0, reason) for i, reason in enumerate(reasons)]
    for result in (simple_result(unheard(*dropped)), detailed_result(unheard(*dropped))):
        assert result["RecognitionStatus"] == status
        assert set(result) == {"RecognitionStatus", "Offset", "Duration"}


def test_no_match_is_placed_where_the_speech_was():
    """Silence spans the whole clip, unmatched speech its own stretch."""
    silence = unheard(Dropped(0, 0.0, 2.0, DropReason.SILENCE), duration_s=2.0)
    assert simple_result(silence)["Duration"] == 20_000_000
    unmatched = unheard(
        Dropped(0, 0.0, 1.0, DropReason.SILENCE), Dropped(0, 1.0, 0.5, DropReason.NO_MATCH)
    )
    result = simple_result(unmatched)
    assert (result["Offset"], result["Duration"]) == (10_000_000, 5_000_000)


def test_error_has_a_status_and_nothing_else():
    """A failure inside says nothing about the audio."""
    assert error_result() == {"RecognitionStatus": "Error"}
