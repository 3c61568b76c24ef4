"""How the words of a phrase are put together: with spaces, or as scripts without them do."""

from collections.abc import Iterable

# Languages whose writing parts no words; what recognition hands over has no space information.
_WITHOUT_SPACES = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "my", "km", "bo"})


def is_written_without_spaces(language: str) -> bool:
    """Whether words of this language follow each other without a space."""
    return language in _WITHOUT_SPACES


def joined(words: Iterable[str], language: str) -> str:
    """One text of non-empty words.

    Without spaces in Chinese, Japanese, Thai, Lao, Burmese, Khmer and Tibetan, but Latin words
    are kept apart from each other and from a number that follows: `iPhone 15を`. Single letters
    are characters of one word.
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
    """`Hello,` before `world` and `iPhone` before `15`; not `2` before `0` or `5` before `km`."""
    latin_end = last.isascii() and (last.isalpha() or last in ".,!?;:)'\"")
    return latin_end and first.isascii() and first.isalnum()
