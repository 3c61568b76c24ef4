"""Transcript -> fast transcription JSON, compared whole.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
"""

from shared.formats.fast_transcription import fast_transcription_result
from shared.transcript import Alternative, Phrase, Transcript, Word


def phrase(channel, offset_s, display, speaker=None, display_words=()):
    reading = Alternative(0.93642, display.lower(), display.lower(), display.lower(), display)
    return Phrase(
        channel=channel,
        locale="en-US",
        offset_s=offset_s,
        duration_s=0.64,
        n_best=(reading,),
        display_words=display_words,
        speaker=speaker,
    )


GOOD = Word("Good", 0.96, 0.24, 0.9)
AFTERNOON = Word("afternoon.", 1.2, 0.4, 0.9)


def transcript(*phrases, n_channels=1):
    return Transcript(duration_s=5.2, n_channels=n_channels, phrases=phrases, dropped=())


def test_mixed_channels_give_the_documented_object_without_channel():
    """One combined phrase; neither it nor the phrases name a channel or a speaker."""
    result = fast_transcription_result(
        transcript(phrase(0, 0.96, "Good afternoon.", display_words=(GOOD, AFTERNOON)))
    )
    assert result == {
        "durationMilliseconds": 5200,
        "combinedPhrases": [{"text": "Good afternoon."}],
        "phrases": [
            {
                "offsetMilliseconds": 960,
                "durationMilliseconds": 640,
                "text": "Good afternoon.",
                "words": [
                    {"text": "Good", "offsetMilliseconds": 960, "durationMilliseconds": 240},
                    {"text": "afternoon.", "offsetMilliseconds": 1200, "durationMilliseconds": 400},
                ],
                "locale": "en-US",
                "confidence": 0.9364,
            }
        ],
    }


def test_separate_channels_are_listed_channel_by_channel_then_by_time():
    """Channel 0 comes first even where channel 1 speaks earlier."""
    result = fast_transcription_result(
        transcript(
            phrase(1, 0.1, "Hello Sam."),
            phrase(0, 2.0, "This is Sam."),
            phrase(0, 0.96, "Good afternoon."),
            n_channels=2,
        ),
        separate_channels=[0, 1],
    )
    assert result["combinedPhrases"] == [
        {"channel": 0, "text": "Good afternoon. This is Sam."},
        {"channel": 1, "text": "Hello Sam."},
    ]
    assert [(p["channel"], p["offsetMilliseconds"]) for p in result["phrases"]] == [
        (0, 960), (0, 2000), (1, 100),
    ]  # fmt: skip


def test_a_requested_channel_without_speech_has_an_empty_combined_phrase():
    """A request for two channels gets two entries."""
    result = fast_transcription_result(
        transcript(phrase(0, 0.96, "Good afternoon."), n_channels=2), separate_channels=[0, 1]
    )
    assert result["combinedPhrases"][1] == {"channel": 1, "text": ""}


def test_speaker_is_an_integer_after_diarization():
    """`speaker` is absent otherwise."""
    spoken = fast_transcription_result(transcript(phrase(0, 0.96, "Good afternoon.", speaker=1)))
    assert spoken["phrases"][0]["speaker"] == 1


def test_silence_has_all_three_members():
    """Clients index `combined_phrases[0].text` without looking."""
    assert fast_transcription_result(transcript()) == {
        "durationMilliseconds": 5200,
        "combinedPhrases": [{"text": ""}],
        "phrases": [],
    }


def test_words_that_touch_still_touch_after_rounding():
    """0.0104 + 0.0101 s: rounding offset and duration apart would leave a gap of 1 ms."""
    words = (Word("a", 0.0004, 0.0101, 1.0), Word("b", 0.0105, 0.0101, 1.0))
    result = fast_transcription_result(transcript(phrase(0, 0.0, "A b", display_words=words)))
    first, second = result["phrases"][0]["words"]
    assert (
        first["offsetMilliseconds"] + first["durationMilliseconds"] == second["offsetMilliseconds"]
    )
