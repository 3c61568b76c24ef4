"""From words to phrases."""

import pytest

from shared.audio.segmenter import Utterance
from shared.recognition.phrases import (
    LONG_PAUSE_S,
    SENTENCE_PAUSE_S,
    PhraseStyle,
    timed_phrases,
    untimed_phrase,
)
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Word

ENGLISH = PhraseStyle(channel=1, locale="en-US", profanity=ProfanityMode.MASKED)
JAPANESE = PhraseStyle(channel=0, locale="ja-JP", profanity=ProfanityMode.MASKED)


def said(*parts, confidence=0.9):
    """Words by text, 0.25 s each; a number between them is a pause in seconds."""
    words, now_s = [], 0.0
    for part in parts:
        if isinstance(part, float):
            now_s += part
            continue
        for text in part.split():
            words.append(Word(text, now_s, 0.25, confidence))
            now_s += 0.25
    return words


def displays(words, style=ENGLISH):
    return [phrase.best.display for phrase in timed_phrases(words, style)]


def test_words_without_pause_are_one_phrase():
    assert displays(said("The best emetic is that which is at hand.")) == [
        "The best emetic is that which is at hand."
    ]


@pytest.mark.parametrize("end", [".", "?", "!", '."', "…"])
def test_a_sentence_ends_a_phrase_where_a_pause_follows(end):
    words = said(f"He said so{end}", SENTENCE_PAUSE_S + 0.01, "She did not.")
    assert len(displays(words)) == 2


def test_a_sentence_without_a_pause_does_not_end_a_phrase():
    assert len(displays(said("He said so.", SENTENCE_PAUSE_S - 0.05, "She did not."))) == 1


def test_a_short_pause_within_a_sentence_does_not_end_a_phrase():
    assert len(displays(said("He said", LONG_PAUSE_S - 0.05, "so."))) == 1


def test_a_long_pause_ends_a_phrase_anywhere():
    assert len(displays(said("He said", LONG_PAUSE_S + 0.05, "so."))) == 2


def test_the_sentence_ends_of_other_scripts_count():
    words = said("晴れ です。", SENTENCE_PAUSE_S + 0.01, "雨 です。")
    assert displays(words, JAPANESE) == ["晴れです。", "雨です。"]


def test_a_phrase_lasts_from_its_first_word_to_its_last():
    (phrase,) = timed_phrases(said(1.5, "ask not", 0.1, "what"), ENGLISH)
    assert phrase.offset_s == pytest.approx(1.5)
    assert phrase.duration_s == pytest.approx(0.85)
    assert (phrase.channel, phrase.locale) == (1, "en-US")


def test_the_confidence_of_a_phrase_is_the_geometric_mean_of_its_words():
    words = [Word("ask", 0.0, 0.2, 0.9), Word("not", 0.2, 0.2, 0.4)]
    (phrase,) = timed_phrases(words, ENGLISH)
    assert phrase.best.confidence == pytest.approx(0.6)


def test_words_are_lexical_and_display_words_keep_their_punctuation():
    (phrase,) = timed_phrases(said("Well, he said so."), ENGLISH)
    assert [word.text for word in phrase.words] == ["well", "he", "said", "so"]
    assert [word.text for word in phrase.display_words] == ["Well,", "he", "said", "so."]


def test_spoken_words_share_the_time_of_the_number_that_was_recognised():
    """`25` is one recognised word and two spoken ones, by their letters."""
    (phrase,) = timed_phrases([Word("25", 2.0, 1.0, 0.8), Word("people", 3.0, 0.5, 0.8)], ENGLISH)
    assert [word.text for word in phrase.words] == ["twenty", "five", "people"]
    times_s = [(word.offset_s, word.duration_s) for word in phrase.words]
    assert times_s[0] == (2.0, pytest.approx(0.6))
    assert times_s[1] == (pytest.approx(2.6), pytest.approx(0.4))


def test_a_written_number_spans_the_words_it_was_spoken_with():
    words = said("I have twenty five books.")
    (phrase,) = timed_phrases(words, ENGLISH)
    (number,) = [word for word in phrase.display_words if word.text == "25"]
    assert (number.offset_s, number.duration_s) == (pytest.approx(0.5), pytest.approx(0.5))


def test_all_words_lie_within_their_phrase_in_order():
    words = said("On the 3rd of May,", 0.9, "he paid $5,000 for 25 books.", 0.5, "That's it.")
    for phrase in timed_phrases(words, ENGLISH):
        for timed in (phrase.words, phrase.display_words):
            starts_s = [word.offset_s for word in timed]
            assert starts_s == sorted(starts_s)
            assert starts_s[0] >= phrase.offset_s - 1e-9
            end_s = timed[-1].offset_s + timed[-1].duration_s
            assert end_s <= phrase.offset_s + phrase.duration_s + 1e-9


def test_a_phrase_without_word_times_lasts_as_long_as_the_speech():
    speech = (Utterance(1.0, 2.0), Utterance(2.5, 4.0))
    phrase = untimed_phrase(["He", "said", "so."], speech, 0.7, ENGLISH)
    assert (phrase.offset_s, phrase.duration_s) == (1.0, 3.0)
    assert phrase.best.display == "He said so."
    assert phrase.best.lexical == "he said so"
    assert phrase.best.confidence == 0.7
    assert phrase.words == phrase.display_words == ()


@pytest.mark.parametrize(
    ("profanity", "display"),
    [
        (ProfanityMode.RAW, "This is shit."),
        (ProfanityMode.MASKED, "This is ****."),
        (ProfanityMode.REMOVED, "This is."),
    ],
)
def test_the_profanity_mode_reaches_the_text(profanity, display):
    (phrase,) = timed_phrases(said("This is shit."), PhraseStyle(0, "en-US", profanity))
    assert phrase.best.display == display
    assert phrase.best.lexical == "this is shit"
