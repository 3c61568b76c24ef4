"""Text cut into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.synthesis.sentences import MAX_CHARACTERS, split_sentences
from shared.synthesis.synthesizer import Span


def sentences(text):
    return ["".join(span.text for span in spans) for spans in split_sentences([Span(text)])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you?", ["Hello there. ", "How are you?"]),
        ("It costs 3.50 euros. Cheap!", ["It costs 3.50 euros. ", "Cheap!"]),
        ("Dr. Smith met Mr. Jones.", ["Dr Smith met Mr Jones."]),
        ('"Really?" she asked. Yes.', ['"Really?" she asked. ', "Yes."]),
        ("¿Qué hora es? Son las dos.", ["¿Qué hora es? ", "Son las dos."]),
        ("Wait... what? No.", ["Wait... what? ", "No."]),
        ("They came.  and left", ["They came. and left"]),
        ("a line\nof text\n \n B.", ["a line of text ", "B."]),
        ("one\n\ntwo", ["one ", "two"]),
        ("今日は。明日は。", ["今日は。", "明日は。"]),
        ("  \n ", []),
        ("... !", []),
        ("no end", ["no end"]),
    ],
)
def test_sentences_end_where_people_end_them(text, expected):
    assert sentences(text) == expected


def test_a_pronunciation_is_in_one_sentence_with_its_neighbours():
    first, second = split_sentences([Span("I say "), Span("hi", "haɪ"), Span(" twice. Bye.")])
    assert first == (Span("I say "), Span("hi", "haɪ"), Span(" twice. "))
    assert second == (Span("Bye."),)


def test_a_long_sentence_is_cut_at_a_comma():
    clause = "it went on and on for a while, "
    pieces = sentences(clause * 20)
    assert all(len(piece) <= MAX_CHARACTERS for piece in pieces)
    assert all(piece.endswith(", ") for piece in pieces)


@given(st.text(alphabet="ab ,.!?…\n1。", max_size=900))
def test_no_word_is_lost_and_no_piece_is_too_long(text):
    """Nor does any piece have nothing to say."""
    pieces = sentences(text)
    kept = [letter for letter in "".join(pieces) if letter.isalnum()]
    assert kept == [letter for letter in text if letter.isalnum()]
    assert all(len(piece) <= MAX_CHARACTERS and any(map(str.isalnum, piece)) for piece in pieces)
