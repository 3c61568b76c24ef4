"""From tokens to words with times. The tokens are those of Whisper's multilingual vocabulary."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audio.segmenter import Utterance
from shared.recognition.alignment import (
    geometric_mean,
    group_words,
    time_words,
    within_utterances,
)
from shared.recognition.engines.engine import AlignedToken
from shared.transcript import Word


def tokens(*texts):
    return tuple(text if isinstance(text, bytes) else text.encode() for text in texts)


@pytest.mark.parametrize(
    ("language", "contents", "words"),
    [
        ("en", tokens(), []),
        ("en", tokens(" ask", " not"), ["ask", "not"]),
        ("en", tokens(" Ap", "om", "orphine", " is"), ["Apomorphine", "is"]),
        (
            "en",
            tokens(' "', "Don", "'t", ',"', " he", " said", ","),
            ['"Don\'t,"', "he", "said,"],
        ),
        ("en", tokens(" well", "-", "known"), ["well-known"]),
        ("en", tokens(" (", "and", " rare", ")"), ["(and", "rare)"]),
        ("en", tokens(" $", "5", ",", "000", '!"'), ['$5,000!"']),
        ("en", tokens(" 3", ".", "5", "%", " of"), ["3.5%", "of"]),
        ("en", tokens(" —", " well", " -", " yes"), ["— well", "- yes"]),
        ("en", tokens(" na", "ï", "ve", " café"), ["naïve", "café"]),
        ("en", tokens(b" \xf0\x9f\x98", b"\x80", " ok"), ["😀", "ok"]),
        ("fr", tokens(" L", "'", "homme", " n", "'", "est"), ["L'homme", "n'est"]),
        ("es", tokens(" ¿", "Qué", " ", "tal", "?"), ["¿Qué", "tal?"]),
        ("ko", tokens(" 안녕하세요", ",", " 세계"), ["안녕하세요,", "세계"]),
        (
            "hi",
            tokens(b" \xe0\xa4", b"\xa8", "म", "स", "्", "त", "े", b" \xe0\xa4", b"\xa6"),
            ["नमस्ते", "द"],
        ),
    ],
)
def test_a_word_begins_at_a_space(language, contents, words):
    assert [group.text for group in group_words(contents, language)] == words


@pytest.mark.parametrize(
    ("language", "contents", "words"),
    [
        (
            "zh",
            tokens("你好", b"\xef", b"\xbc", b"\x8c", "世界", "。"),
            ["你好，", "世界。"],
        ),
        ("ja", tokens("東", "京", b"\xe9\xac", b"\xb1"), ["東", "京", "鬱"]),
        (
            "zh",
            tokens("用", "Wind", "ows", "系", b"\xe7\xbb", b"\x9f"),
            ["用", "Windows", "系", "统"],
        ),
        ("ja", tokens("i", "Phone", " 15", "を"), ["iPhone", "15", "を"]),
        ("ja", tokens("今日は", " Open", "AI", " です"), ["今日は", "OpenAI", "です"]),
        ("ja", tokens("2", "0", "26", "年"), ["2026", "年"]),
        ("th", tokens("ส", "ว", "ั", "ส", "ด", "ี"), ["ส", "วั", "ส", "ดี"]),
    ],
)
def test_scripts_without_spaces_have_a_word_for_each_token(language, contents, words):
    """But Latin words stay whole, and vowel signs stay with their letter."""
    assert [group.text for group in group_words(contents, language)] == words


def test_a_byte_that_is_no_character_does_not_swallow_the_next_one():
    groups = group_words(tokens(" ok", b"\xe4", " hello", " you"), "en")
    assert groups[-1].text == "you"


def test_a_text_cut_within_a_character_shows_that():
    assert [group.text for group in group_words(tokens(" ok", b" \xe4\xbd"), "zh")] == [
        "ok",
        "\ufffd",
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_token_belongs_to_one_word(language):
    contents = tokens(' "', "Don", "'t", ',"', b" \xe4\xbd", b"\xa0", " he", "!", " ...")
    groups = group_words(contents, language)
    assert [place for g in groups for place in range(g.first, g.last)] == list(range(len(contents)))


def test_closing_punctuation_has_no_sound():
    (group,) = group_words(tokens(" well", "-", "known", ".", '"'), "en")
    assert (group.first, group.last, group.last_sounded) == (0, 5, 3)


def aligned(*times_s, probability=0.5):
    return [AlignedToken(start_s, end_s, probability) for start_s, end_s in pairwise(times_s)]


def test_a_word_lasts_from_its_first_token_to_its_last_sounded_one():
    """The comma's token holds the pause behind it."""
    groups = group_words(tokens(" Amer", "icans", ",", " ask"), "en")
    words = time_words(groups, aligned(0.0, 0.3, 0.7, 1.9, 2.2), offset_s=10.0)
    assert [(word.text, word.offset_s, word.duration_s) for word in words] == [
        ("Americans,", 10.0, pytest.approx(0.7)),
        ("ask", pytest.approx(11.9), pytest.approx(0.3)),
    ]


def test_the_confidence_of_a_word_is_the_geometric_mean_of_its_tokens():
    groups = group_words(tokens(" Amer", "icans"), "en")
    token_times = [AlignedToken(0.0, 0.3, 0.9), AlignedToken(0.3, 0.7, 0.4)]
    (word,) = time_words(groups, token_times, offset_s=0.0)
    assert word.confidence == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("probabilities", "mean"),
    [([], 0.0), ([1.0], 1.0), ([0.25, 1.0], 0.5), ([0.0, 1.0], 1e-5)],
)
def test_the_geometric_mean_of_probabilities(probabilities, mean):
    assert geometric_mean(probabilities) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected_s"),
    [
        (1.2, 1.6, (1.2, 1.6)),  # within speech: as it is
        (0.4, 1.5, (1.0, 1.5)),  # begins in the pause before
        (2.6, 4.2, (2.6, 3.0)),  # ends in the pause behind
        (3.2, 5.3, (5.0, 5.3)),  # in the pause and in speech
        (2.7, 5.24, (5.0, 5.24)),  # on both sides of the pause, which is the later word's
        (2.2, 5.08, (2.2, 3.0)),  # most of it is before the pause
        (3.6, 3.7, (2.98, 3.0)),  # in the pause altogether: to the end of the nearer speech
    ],
)
def test_borders_in_a_pause_move_to_the_speech(start_s, end_s, expected_s):
    speech = (Utterance(1.0, 3.0), Utterance(5.0, 6.0))
    (word,) = within_utterances([Word("ask", start_s, end_s - start_s, 0.9)], speech)
    assert (word.offset_s, word.offset_s + word.duration_s) == pytest.approx(expected_s)


def test_a_word_never_begins_before_the_audio():
    (word,) = within_utterances([Word("ask", -0.02, 0.3, 0.9)], [Utterance(0.0, 3.0)])
    assert word.offset_s == 0.0


@pytest.mark.parametrize(
    ("times_s", "expected_s"),
    [
        # the alignment gives one position to several words
        ([(1.0, 1.0), (1.0, 1.4)], [(1.0, 1.02), (1.02, 1.4)]),
        ([(1.0, 1.4), (1.4, 1.4), (1.4, 1.8)], [(1.0, 1.4), (1.4, 1.42), (1.42, 1.8)]),
        (
            [(1.0, 1.0), (1.0, 1.0), (1.0, 1.01), (1.01, 1.5)],
            [(1.0, 1.02), (1.02, 1.04), (1.04, 1.06), (1.06, 1.5)],
        ),
        # there is a pause behind it
        ([(1.2, 1.2), (1.9, 2.0)], [(1.2, 1.22), (1.9, 2.0)]),
        # at the end of the speech
        ([(2.0, 3.0), (3.0, 3.0), (3.0, 3.2)], [(2.0, 2.96), (2.96, 2.98), (2.98, 3.0)]),
        ([(2.97, 3.0), (3.1, 3.3)], [(2.96, 2.98), (2.98, 3.0)]),
    ],
)
def test_a_word_without_a_time_of_its_own_takes_some_from_its_neighbours(times_s, expected_s):
    speech = (Utterance(1.0, 3.0), Utterance(5.0, 6.0))
    words = [Word("ask", start_s, end_s - start_s, 0.9) for start_s, end_s in times_s]
    spread = within_utterances(words, speech)
    assert [t for w in spread for t in (w.offset_s, w.offset_s + w.duration_s)] == pytest.approx(
        [t for pair in expected_s for t in pair]
    )


def test_more_words_than_positions_share_the_utterance():
    words = [Word("ask", 1.0, 0.0, 0.9)] * 50
    spread = within_utterances(words, [Utterance(1.0, 1.5)])
    assert all(word.duration_s == pytest.approx(0.01) for word in spread)
    assert spread[-1].offset_s + spread[-1].duration_s == pytest.approx(1.5)


positions_s = st.integers(0, 200).map(lambda position: position / 50)


@given(
    borders_s=st.lists(positions_s, min_size=2, max_size=8, unique=True).map(sorted),
    starts_s=st.lists(positions_s, min_size=1, max_size=30).map(sorted),
)
def test_every_word_has_a_duration_in_speech_and_none_overlap(borders_s, starts_s):
    speech = [Utterance(*pair) for pair in zip(borders_s[::2], borders_s[1::2], strict=False)]
    words = [Word("ask", start, end - start, 0.9) for start, end in pairwise([*starts_s, 4.0])]
    spread = within_utterances(words, speech)
    assert all(word.duration_s > 1e-4 for word in spread)
    for word in spread:
        end_s = word.offset_s + word.duration_s
        assert any(u.start_s - 1e-9 <= word.offset_s and end_s <= u.end_s + 1e-9 for u in speech)
    for word, following in pairwise(spread):
        assert word.offset_s + word.duration_s <= following.offset_s + 1e-9
