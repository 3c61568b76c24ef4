"""Transcript -> paragraphs to read."""

from shared.formats.plain_text import plain_text
from shared.transcript import Alternative, Phrase, Transcript


def phrase(display, offset_s, duration_s=1.0, **more):
    return Phrase(
        **{"channel": 0, "locale": "en-US", **more},
        offset_s=offset_s,
        duration_s=duration_s,
        n_best=(Alternative(0.9, "", "", "", display),),
    )


def text_of(*phrases):
    return plain_text(Transcript(100.0, n_channels=2, phrases=phrases, dropped=()))


def test_speech_of_one_speaker_without_a_long_pause_is_one_paragraph():
    assert text_of(phrase("Good afternoon.", 0.0), phrase("This is Sam.", 2.9)) == (
        "Good afternoon. This is Sam.\n"
    )


def test_a_pause_of_two_seconds_begins_a_paragraph():
    assert text_of(phrase("Good afternoon.", 0.0), phrase("Anybody there?", 3.0)) == (
        "Good afternoon.\n\nAnybody there?\n"
    )


def test_each_speaker_turn_is_a_paragraph_that_names_the_speaker():
    assert text_of(
        phrase("Good afternoon.", 0.0, speaker=1),
        phrase("This is Sam.", 1.1, speaker=1),
        phrase("Hello Sam.", 2.2, speaker=2),
    ) == ("Guest-1: Good afternoon. This is Sam.\n\nGuest-2: Hello Sam.\n")


def test_channels_take_turns_by_time():
    assert text_of(phrase("One.", 0.0), phrase("Three.", 2.0), phrase("Two.", 1.0, channel=1)) == (
        "Channel 1: One.\n\nChannel 2: Two.\n\nChannel 1: Three.\n"
    )


def test_no_space_parts_chinese_sentences():
    assert text_of(phrase("你好。", 0.0), phrase("今天天气很好。", 1.2), phrase("OK.", 2.4)) == (
        "你好。今天天气很好。 OK.\n"
    )


def test_silence_and_text_that_was_removed_give_nothing():
    assert text_of() == ""
    assert text_of(phrase("", 0.0)) == ""
