"""What the layout of text needs to know of the world's scripts.

Where a line may be broken follows the Unicode line breaking algorithm in its main points, UAX #14:
at spaces, and between the characters of scripts that write none. Words of Thai, Lao, Burmese and
Khmer can not be told apart without a dictionary; where recognition says which characters are a
word, that counts.
"""

import unicodedata

# First and last character of the scripts that part no words by spaces; Hangul is not among them.
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
# what prolongs a sound, ends of syllables and sentences. Closing brackets are known by category.
_STICK_TO_THE_LEFT = frozenset(
    "ะาำๅๆฯຯະາຳໆ་།၊။។៕"
    "ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々〻ヽヾゝゞ"
    "、。，．：；？！％・,.:;?!%…’”‰℃"
)
# No line ends with these: vowels that are written before their consonant, and signs that stack
# the next consonant below the one before.
_STICK_TO_THE_RIGHT = frozenset("เแโใไເແໂໃໄ\u1039\u17d2\u200d‘“$£¥￥＄#＃")


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that parts no words by spaces."""
    return any(first <= character <= last for first, last in _UNSPACED_RANGES)


def columns(text: str) -> int:
    """Width of a text in columns: ideographs, kana and Hangul take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def may_break_between(before: str, after: str) -> bool:
    """Whether a line may end between two characters that no space parts."""
    if before in _STICK_TO_THE_RIGHT or after in _STICK_TO_THE_LEFT:
        return False
    if unicodedata.category(before) in {"Ps", "Pi"}:  # an opening bracket or quote
        return False
    if unicodedata.category(after) in {"Pe", "Pf", "Mn", "Mc", "Me", "Cf"}:
        return False
    return is_unspaced(before) or is_unspaced(after)


def joined_sentences(texts: list[str]) -> str:
    """Sentences as one text; between Chinese or Japanese ones there is no space."""
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
