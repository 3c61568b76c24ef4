"""Transcript -> result file of a batch job: whole, by the contract's tables, and its times.

https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.batch_result import BatchResultOptions, batch_result
from shared.transcript import Alternative, Phrase, Transcript, Word

SOURCE = "https://store.example/a.wav"
MADE = datetime(2025, 5, 24, 13, 37, 5, 250_000, tzinfo=UTC)
ALL_WORDS = BatchResultOptions(
    channels=(0, 1), word_timestamps=True, display_word_timestamps=True, names_locale=True
)


def phrase(display="Hello world.", offset_s=0.76, channel=0, **more):
    bare = display.lower().rstrip(".")
    return Phrase(
        channel=channel,
        locale="en-US",
        offset_s=offset_s,
        duration_s=1.32,
        n_best=(Alternative(0.96, bare, bare, bare, display),),
        **more,
    )


HELLO_WORLD = phrase(
    words=(Word("hello", 0.76, 0.4, 0.97), Word("world", 1.16, 0.92, 0.95)),
    display_words=(Word("Hello", 0.76, 0.4, 0.97), Word("world.", 1.16, 0.92, 0.95)),
    speaker=1,
)


def transcript(*phrases, n_channels=1, duration_s=2.58):
    return Transcript(duration_s, n_channels, phrases, dropped=())


def result_of(*phrases, n_channels=1, **options):
    return batch_result(
        transcript(*phrases, n_channels=n_channels), SOURCE, MADE, BatchResultOptions(**options)
    )


def combined(channel, text):
    bare = text.lower().replace(".", "")
    return {"channel": channel, "lexical": bare, "itn": bare, "maskedITN": bare, "display": text}


def test_all_options_at_once():
    """The contract's example, word for word; its ticks are integers."""
    times = {"offset": "PT0.76S", "offsetInTicks": 7_600_000, "offsetMilliseconds": 760}
    hello = {"duration": "PT0.4S", "durationInTicks": 4_000_000, "durationMilliseconds": 400}
    world = {
        "offset": "PT1.16S",
        "offsetInTicks": 11_600_000,
        "offsetMilliseconds": 1160,
        "duration": "PT0.92S",
        "durationInTicks": 9_200_000,
        "durationMilliseconds": 920,
    }
    assert batch_result(transcript(HELLO_WORLD), SOURCE, MADE, ALL_WORDS) == {
        "source": "https://store.example/a.wav",
        "timestamp": "2025-05-24T13:37:05Z",
        "durationInTicks": 25_800_000,
        "durationMilliseconds": 2580,
        "duration": "PT2.58S",
        "combinedRecognizedPhrases": [combined(0, "Hello world.")],
        "recognizedPhrases": [
            {
                "recognitionStatus": "Success",
                "channel": 0,
                "speaker": 1,
                "locale": "en-US",
                **times,
                "duration": "PT1.32S",
                "durationInTicks": 13_200_000,
                "durationMilliseconds": 1320,
                "nBest": [
                    {
                        "confidence": 0.96,
                        "lexical": "hello world",
                        "itn": "hello world",
                        "maskedITN": "hello world",
                        "display": "Hello world.",
                        "words": [
                            {"word": "hello", **times, **hello, "confidence": 0.97},
                            {"word": "world", **world, "confidence": 0.95},
                        ],
                        "displayWords": [
                            {"displayText": "Hello", **times, **hello},
                            {"displayText": "world.", **world},
                        ],
                    }
                ],
            }
        ],
    }


# Member -> type, as the contract's tables have them; a `?` may be left out.
FORMS = {"lexical": str, "itn": str, "maskedITN": str, "display": str}
EXTENT = {
    "offset": str,
    "duration": str,
    "offsetInTicks": int,
    "durationInTicks": int,
    "offsetMilliseconds": int,
    "durationMilliseconds": int,
}
WORD = {"word": str, **EXTENT, "confidence": float}
READING = {
    "confidence": float,
    **FORMS,
    "words?": [WORD],
    "displayWords?": [{"displayText": str, **EXTENT}],
}
PHRASE = {
    "recognitionStatus": str,
    "channel": int,
    "speaker?": int,
    "locale?": str,
    **EXTENT,
    "nBest": [READING],
}
RESULT = {
    "source": str,
    "timestamp": str,
    "durationInTicks": int,
    "durationMilliseconds": int,
    "duration": str,
    "combinedRecognizedPhrases": [{"channel": int, **FORMS}],
    "recognizedPhrases": [PHRASE],
}


def violations(value, schema, place="result"):
    """Return the violations of the schema, each with its place."""
    if isinstance(schema, list):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [
            violation
            for index, item in enumerate(value)
            for violation in violations(item, schema[0], f"{place}[{index}]")
        ]
    if not isinstance(schema, dict):
        return [] if type(value) is schema else [f"{place} is no {schema.__name__}"]
    found = [f"{place}.{name} is unknown" for name in value if not {name, f"{name}?"} & set(schema)]
    for name, part in schema.items():
        if name.rstrip("?") in value:
            found += violations(value[name.rstrip("?")], part, f"{place}.{name}")
        elif not name.endswith("?"):
            found.append(f"{place}.{name} is missing")
    return found


def test_the_schema_finds_errors():
    """Else the next test would prove nothing: a float for a tick, a member too few or too many."""
    result = result_of(HELLO_WORLD)
    result["durationInTicks"] = 25_800_000.0
    del result["duration"]
    result["extra"] = 1
    assert violations(result, RESULT) == [
        "result.extra is unknown",
        "result.durationInTicks is no int",
        "result.duration is missing",
    ]


@pytest.mark.parametrize("options", [BatchResultOptions(), ALL_WORDS])
@pytest.mark.parametrize("phrases", [(), (HELLO_WORLD,), (phrase(), phrase("Yes.", 4, 1))])
def test_every_member_is_of_the_contracts_type(options, phrases):
    result = batch_result(transcript(*phrases, n_channels=2), SOURCE, MADE, options)
    assert violations(result, RESULT) == []


def test_words_and_locale_are_there_only_on_request():
    (said,) = result_of(replace(HELLO_WORLD, speaker=None))["recognizedPhrases"]
    assert {"words", "displayWords"} & set(said["nBest"][0]) == set()
    assert {"locale", "speaker"} & set(said) == set()


def test_only_the_best_reading_has_words():
    """Other readings are not aligned."""
    other = Alternative(0.4, "hello word", "hello word", "hello word", "Hello word.")
    both = replace(HELLO_WORLD, n_best=(*HELLO_WORLD.n_best, other))
    best, second = result_of(both, word_timestamps=True)["recognizedPhrases"][0]["nBest"]
    assert len(best["words"]) == 2
    assert "words" not in second


def test_phrases_are_sorted_by_time_with_channels_mixed():
    result = result_of(
        phrase("One.", 0.5), phrase("Three.", 2.5), phrase("Two.", 1.5, channel=1),
        n_channels=2, channels=(0, 1),
    )  # fmt: skip
    assert [(said["channel"], said["offset"]) for said in result["recognizedPhrases"]] == [
        (0, "PT0.5S"), (1, "PT1.5S"), (0, "PT2.5S"),
    ]  # fmt: skip
    assert result["combinedRecognizedPhrases"] == [combined(0, "One. Three."), combined(1, "Two.")]


@pytest.mark.parametrize(
    ("requested", "n_channels", "listed"),
    [
        ((0, 1), 2, [0, 1]),
        ((0, 1), 1, [0]),  # the default of the contract, and a mono file
        ((1,), 2, [1]),
        ((1,), 1, [0]),
        ((), 2, [0]),  # mixed
        ((5,), 2, [0]),  # none of them is there: mixed
    ],
)
def test_every_transcribed_channel_has_an_entry_even_if_silent(requested, n_channels, listed):
    result = result_of(n_channels=n_channels, channels=requested)
    assert result["combinedRecognizedPhrases"] == [combined(channel, "") for channel in listed]
    assert result["recognizedPhrases"] == []


def test_without_punctuation_the_display_forms_keep_capitals_and_numbers():
    """`punctuationMode` `None`. A word that is only a dash is gone from `displayWords`."""
    words = ("Well,", "—", "it's", "$3.50.")
    said = phrase(
        " ".join(words),
        display_words=tuple(Word(text, 1.0 + n, 0.5, 0.9) for n, text in enumerate(words)),
    )
    result = result_of(said, punctuation=False, display_word_timestamps=True)
    assert result["combinedRecognizedPhrases"][0]["display"] == "Well it's $3.50"
    (reading,) = result["recognizedPhrases"][0]["nBest"]
    assert reading["display"] == "Well it's $3.50"
    assert [word["displayText"] for word in reading["displayWords"]] == ["Well", "it's", "$3.50"]


def test_a_time_is_in_utc_in_any_time_zone_of_the_worker():
    there = MADE.astimezone(timezone(timedelta(hours=-7)))
    result = batch_result(transcript(), SOURCE, there, BatchResultOptions())
    assert result["timestamp"] == "2025-05-24T13:37:05Z"


def test_the_signature_of_the_address_is_not_in_the_result():
    source = "https://store.example/a.wav?sp=r&sig=c2VjcmV0"
    result = batch_result(transcript(HELLO_WORLD), source, MADE, ALL_WORDS)
    assert "c2VjcmV0" not in str(result)


def test_five_hours_are_written_in_hours():
    result = batch_result(transcript(duration_s=5 * 3600 + 62.5), SOURCE, MADE, ALL_WORDS)
    assert result["duration"] == "PT5H1M2.5S"
    assert result["durationInTicks"] == 180_625_000_000


def iso_ticks(text):
    """Ticks of `PT1M2.5S` without floats."""
    ticks, number = 0, ""
    for character in text.removeprefix("PT"):
        if character in "HMS":
            whole, _, fraction = number.partition(".")
            ticks += {"H": 3600, "M": 60, "S": 1}[character] * int(whole) * 10**7
            ticks += int(fraction.ljust(7, "0")) if fraction else 0
            number = ""
        else:
            number += character
    return ticks


@given(
    st.lists(st.floats(0.0, 20.0), min_size=1, max_size=20),
    st.floats(0.0, 40_000.0),
)
def test_the_three_spellings_agree_and_words_that_touch_still_touch(durations_s, offset_s):
    words = []
    for duration_s in durations_s:
        words.append(Word("a", offset_s, duration_s, 0.9))
        offset_s += duration_s
    said = replace(HELLO_WORLD, words=tuple(words))
    (written,) = result_of(said, word_timestamps=True)["recognizedPhrases"]
    listed = written["nBest"][0]["words"]
    for word in [written, *listed]:
        for name in ("offset", "duration"):
            assert iso_ticks(word[name]) == word[f"{name}InTicks"]
            assert word[f"{name}InTicks"] == word[f"{name}Milliseconds"] * 10_000
    for word, following in pairwise(listed):
        assert word["offsetInTicks"] + word["durationInTicks"] == following["offsetInTicks"]
