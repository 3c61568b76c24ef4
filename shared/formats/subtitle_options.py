"""Options of subtitles, and the usual values of each language.

Lines and reading speeds: the Timed Text Style Guides of Netflix for English (42 characters, 20 a
second), Chinese (16, 9), Korean (16, 12) and Japanese, at
https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617. Their 4 characters a second
of Japanese are for translations, which are shortened; these subtitles are verbatim and have 7.
A character of Chinese, Japanese or Korean is full width, and a Latin one in it is half of one.
"""

from dataclasses import dataclass, fields

_CHARACTERS, _CHARACTERS_PER_S = 42, 20.0
_FULL_WIDTH_CHARACTERS = 16
# Full width characters a second, by the language of a locale: `yue` and `wuu` are Chinese too.
_FULL_WIDTH_PER_S = {"zh": 9.0, "yue": 9.0, "wuu": 9.0, "ja": 7.0, "ko": 12.0}

# Least and greatest values of the options
LINE_CHARACTERS = (10, 100)
LINES = (1, 2)
READING_SPEEDS = (2.0, 40.0)  # characters a second
MIN_CUES_S = (0.5, 2.0)
MAX_CUES_S = (3.0, 10.0)  # above the former, so that every cue can keep both


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleOptions:
    """Rules of cues.

    max_line_characters: of one line, 10 to 100; full width ones in Chinese, Japanese and Korean.
        None takes what is usual in the language: 42, or 16.
    max_lines: of one cue, 1 or 2.
    max_characters_per_s: reading speed, 2 to 40; None takes what is usual in the language.
    min_cue_s, max_cue_s: time on screen, 0.5 to 2 and 3 to 10 seconds.

    Raises `ValueError` for another value; it names the field.
    """

    max_line_characters: int | None = None
    max_lines: int = 2
    max_characters_per_s: float | None = None
    min_cue_s: float = 5 / 6
    max_cue_s: float = 7.0

    def __post_init__(self) -> None:
        ranges = (LINE_CHARACTERS, LINES, READING_SPEEDS, MIN_CUES_S, MAX_CUES_S)
        for field, (low, high) in zip(fields(self), ranges, strict=True):
            value = getattr(self, field.name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{field.name} must be {low} to {high}")

    def line_columns(self, locale: str) -> int:
        """Return the width of a line in columns; a full width character has two."""
        if _is_full_width(locale):
            return 2 * (self.max_line_characters or _FULL_WIDTH_CHARACTERS)
        return self.max_line_characters or _CHARACTERS

    def columns_per_s(self, locale: str) -> float:
        """Return the reading speed in columns a second."""
        if _is_full_width(locale):
            return 2 * (self.max_characters_per_s or _FULL_WIDTH_PER_S[_language(locale)])
        return self.max_characters_per_s or _CHARACTERS_PER_S


def _is_full_width(locale: str) -> bool:
    return _language(locale) in _FULL_WIDTH_PER_S


def _language(locale: str) -> str:
    return locale.partition("-")[0].lower()
