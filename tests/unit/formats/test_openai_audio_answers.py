"""Transcript -> the answers of OpenAI's audio API, compared whole.

https://platform.openai.com/docs/api-reference/audio
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.openai_audio import (
    continuation,
    diarized_events,
    diarized_json,
    speaker_label,
    transcription_json,
    transcription_text,
    verbose_json,
)
from shared.formats.openai_languages import language_code, language_name
from shared.language.locales import supported_locales
from shared.transcript import Alternative, Phrase, Transcript, Word


def phrase(offset_s, display, locale="en-US", speaker=None, display_words=()):
    reading = Alternative(0.5, display.lower(), display.lower(), display.lower(), display)
    return Phrase(
        channel=0,
        locale=locale,
        offset_s=offset_s,
        duration_s=1.5,
        n_best=(reading,),
        display_words=display_words,
        speaker=speaker,
    )


def transcript(*phrases):
    return Transcript(duration_s=5.2004, n_channels=1, phrases=phrases, dropped=())


HELLO = phrase(0.5, "Hello Sam.", speaker=1)
READY = phrase(2.25, "Are you ready?", speaker=2)
USAGE = {"type": "duration", "seconds": 6}


def test_json_is_text_languages_and_begun_seconds():
    assert transcription_json(transcript(HELLO, READY)) == {
        "text": "Hello Sam. Are you ready?",
        "languages": [{"code": "en"}],
        "usage": USAGE,
    }


def test_text_is_one_line():
    assert transcription_text(transcript(HELLO, READY)) == "Hello Sam. Are you ready?\n"


def test_phrases_are_read_in_the_order_of_time():
    assert transcription_text(transcript(READY, HELLO)) == "Hello Sam. Are you ready?\n"


def test_between_chinese_sentences_there_is_no_space():
    texts = transcript(phrase(0.0, "你好。", "zh-CN"), phrase(2.0, "再见。", "zh-CN"))
    assert transcription_text(texts) == "你好。再见。\n"


def test_verbose_json_has_a_segment_for_each_phrase():
    """Their texts begin with a space, as Whisper's do; 0.5 is e to the -0.6931."""
    assert verbose_json(transcript(HELLO), ("segment",)) == {
        "task": "transcribe",
        "language": "english",
        "duration": 5.2,
        "text": "Hello Sam.",
        "segments": [
            {
                "id": 0,
                "seek": 50,
                "start": 0.5,
                "end": 2.0,
                "text": " Hello Sam.",
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": -0.6931,
                "compression_ratio": 0.5789,
                "no_speech_prob": 0.0,
            }
        ],
        "usage": USAGE,
    }


def test_words_have_no_punctuation_but_their_own():
    said = (Word("“Don't", 0.5, 0.3, 0.9), Word("—", 0.8, 0.1, 0.9), Word("50%.", 0.9, 0.4, 0.9))
    answer = verbose_json(transcript(replace(HELLO, display_words=said)), ("word",))
    assert answer["words"] == [
        {"word": "Don't", "start": 0.5, "end": 0.8},
        {"word": "50%", "start": 0.9, "end": 1.3},
    ]
    assert "segments" not in answer


def test_both_granularities_give_both_members():
    answer = verbose_json(transcript(HELLO), ("word", "segment"))
    assert {"words", "segments"} <= set(answer)


def test_the_language_is_the_one_that_is_spoken_longest():
    german = [phrase(offset_s, "Ja.", "de-DE") for offset_s in (1.0, 3.0)]
    answer = transcript(phrase(0.0, "Yes."), *german)
    assert verbose_json(answer, ())["language"] == "german"
    assert transcription_json(answer)["languages"] == [{"code": "en"}, {"code": "de"}]


@pytest.mark.parametrize(("requested", "language"), [(None, "unknown"), ("pt-BR", "portuguese")])
def test_the_language_of_silence_is_the_requested_one(requested, language):
    assert verbose_json(transcript(), ("segment",), requested) == {
        "task": "transcribe",
        "language": language,
        "duration": 5.2,
        "text": "",
        "segments": [],
        "usage": USAGE,
    }


def test_diarized_json_labels_every_segment():
    assert diarized_json(transcript(HELLO, READY)) == {
        "task": "transcribe",
        "duration": 5.2,
        "text": "Hello Sam. Are you ready?",
        "segments": [
            {
                "type": "transcript.text.segment",
                "id": "seg_0",
                "start": 0.5,
                "end": 2.0,
                "text": "Hello Sam.",
                "speaker": "A",
            },
            {
                "type": "transcript.text.segment",
                "id": "seg_1",
                "start": 2.25,
                "end": 3.75,
                "text": "Are you ready?",
                "speaker": "B",
            },
        ],
        "usage": USAGE,
    }


def test_diarized_events_tell_the_text_of_a_segment_then_the_segment():
    segments = diarized_json(transcript(HELLO, READY))["segments"]
    assert list(diarized_events(transcript(HELLO, READY))) == [
        {"type": "transcript.text.delta", "delta": "Hello Sam.", "segment_id": "seg_0"},
        segments[0],
        {"type": "transcript.text.delta", "delta": " Are you ready?", "segment_id": "seg_1"},
        segments[1],
        {
            "type": "transcript.text.done",
            "text": "Hello Sam. Are you ready?",
            "languages": [{"code": "en"}],
        },
    ]


@pytest.mark.parametrize(
    ("speaker", "label"),
    [(None, "A"), (1, "A"), (2, "B"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA")],
)
def test_speakers_are_letters(speaker, label):
    assert speaker_label(speaker) == label


@given(st.lists(st.text(alphabet="aB. 你。", min_size=1)))
def test_deltas_make_up_the_text(displays):
    phrases = [phrase(float(place), display) for place, display in enumerate(displays)]
    text = ""
    for display in displays:
        text += continuation(text, display)
    assert f"{text}\n" == transcription_text(transcript(*phrases))


def test_every_language_has_a_name_and_a_code():
    for locale in supported_locales():
        assert language_name(locale).islower()
        assert 2 <= len(language_code(locale)) <= 3


@pytest.mark.parametrize(
    ("locale", "code", "name"),
    [("jv-ID", "jv", "javanese"), ("ht-HT", "ht", "haitian creole"), ("nb-NO", "no", "norwegian")],
)
def test_languages_are_named_as_whisper_names_them(locale, code, name):
    assert (language_code(locale), language_name(locale)) == (code, name)
