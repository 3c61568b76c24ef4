"""Scripts: line breaks, width in columns, spaces between sentences.

Line breaks follow the main rules of the Unicode line breaking algorithm, UAX #14: at spaces, and
between the characters of scripts without spaces. Word boundaries of Thai, Lao, Burmese and Khmer
need a dictionary; where recognition has timed words, their boundaries are used.
"""

import unicodedata

# First and last character of scripts without spaces between words; Hangul has spaces.
_UNSPACED_RANGES = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u0f00", "\u0fff"),  # Tibetan
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u2e80", "\u312f"),  # radicals, punctuation, kana, bopomofo
    ("\u3190", "\ua4cf"),  # ideographs, Yi
    ("\uf900", "\ufaff"),  # compatibility ideographs
    ("\ufe30", "\ufe4f"),  # vertical punctuation
    ("\uff01", "\uff9f"),  # full width forms, half width kana
    ("\U0001b000", "\U0001b16f"),  # rare kana
    ("\U00020000", "\U0003ffff"),  # rare ideographs
)
_CJK_START = "\u2e80"

# No line starts with these: vowels and repetition signs that follow their consonant, small kana,
# prolonged sound marks, ends of syllables and sentences. Closing brackets are found by category.
_NO_BREAK_BEFORE = frozenset(
    "ะาำๅๆฯຯະາຳໆ་།၊။។៕"
    "ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々〻ヽヾゝゞ"
    "、。，．：；？！％・,.:;?!%…’”‰℃"
)
# No line ends with these: vowels that are written before their consonant, and signs that stack
# the next consonant below the one before.
_NO_BREAK_AFTER = frozenset("เแโใไເແໂໃໄ\u1039\u17d2\u200d‘“$£¥￥＄#＃")


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script without spaces between words."""
    return any(first <= character <= last for first, last in _UNSPACED_RANGES)


def columns(text: str) -> int:
    """Return the width in columns: ideographs, kana and Hangul have two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def may_break_between(before: str, after: str) -> bool:
    """Whether a line may break between two adjacent characters."""
    if before in _NO_BREAK_AFTER or after in _NO_BREAK_BEFORE:
        return False
    if unicodedata.category(before) in {"Ps", "Pi"}:  # an opening bracket or quote
        return False
    if unicodedata.category(after) in {"Pe", "Pf", "Mn", "Mc", "Me", "Cf"}:
        return False
    return is_unspaced(before) or is_unspaced(after)


def join_sentences(texts: list[str]) -> str:
    """Join sentences with spaces, but without one between Chinese or Japanese sentences."""
    joined = ""
    for text in texts:
        touching = joined and text and _is_cjk(joined[-1]) and _is_cjk(text[0])
        joined += text if touching or not joined else f" {text}"
    return joined


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_cjk(character: str) -> bool:
    return character >= _CJK_START and is_unspaced(character)
