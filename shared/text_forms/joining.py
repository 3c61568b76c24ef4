"""Joining of words to text, with spaces or without, by language."""

from collections.abc import Iterable

# Languages without spaces between words; the words of recognition have no space information.
_WITHOUT_SPACES = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "my", "km", "bo"})


def is_written_without_spaces(language: str) -> bool:
    """Whether this language has no spaces between words."""
    return language in _WITHOUT_SPACES


def join_words(words: Iterable[str], language: str) -> str:
    """Join non-empty words.

    Chinese, Japanese, Thai, Lao, Burmese, Khmer and Tibetan have no spaces, except between Latin
    words and before a number that follows one: `iPhone 15を`. Adjacent single letters are one word.
    """
    if language not in _WITHOUT_SPACES:
        return " ".join(word for word in words if word)
    text = last = ""
    for word in words:
        characters = len(word) == len(last) == 1
        if text and word and not characters and _needs_space(text[-1], word[0]):
            text += " "
        text += word
        last = word or last
    return text


def _needs_space(last: str, first: str) -> bool:
    """Whether a space belongs between `Hello,` and `world`, `iPhone` and `15`; not `5` and `km`."""
    latin_end = last.isascii() and (last.isalpha() or last in ".,!?;:)'\"")
    return latin_end and first.isascii() and first.isalnum()
