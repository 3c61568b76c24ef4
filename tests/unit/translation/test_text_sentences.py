"""Sentences of a text, which joined are the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.translation.sentences import MAX_CHARACTERS, split_sentences

CASES = [
    ("Hello.", ["Hello."]),
    ("Hello. How are you? Fine!", ["Hello. ", "How are you? ", "Fine!"]),
    ("Dr. No is here. Run.", ["Dr. No is here. ", "Run."]),
    ("It costs 3.5 dollars.", ["It costs 3.5 dollars."]),
    ("One\n\nTwo", ["One\n\n", "Two"]),
    ("你好。再见！", ["你好。", "再见！"]),
    ("Sra. Díaz came. Bye.", ["Sra. Díaz came. ", "Bye."]),
    ("A heading\nhello. you", ["A heading\n", "hello. ", "you"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "sentences"), CASES)
def test_a_text_is_cut_where_sentences_end(text, sentences):
    assert split_sentences(text) == sentences


@given(st.text(alphabet="ab ,.\n。", max_size=3 * MAX_CHARACTERS))
def test_joined_they_are_the_text_and_none_is_too_long(text):
    sentences = split_sentences(text)
    assert "".join(sentences) == text
    assert all(0 < len(sentence) <= MAX_CHARACTERS for sentence in sentences)
