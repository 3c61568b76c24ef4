"""The Chinese script of a locale: simplified or traditional, with the forms of its region.

Whisper writes either script whatever the locale. OpenCC converts characters by the phrase that
they stand in: `头发` is 頭髮, `发展` 發展. Vocabulary stays as it was said: `软件` becomes 軟件,
not 軟體. Source of the scripts: Azure's table of speech-to-text locales.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_LANGUAGES = frozenset({"zh", "yue", "wuu"})
_TRADITIONAL_REGIONS = {"TW": "tw", "HK": "hk", "MO": "hk", "HANT": "tw"}


def write_in_script(texts: Sequence[str], locale: str) -> tuple[str, ...]:
    """Write consecutive pieces of one Chinese text in the script of its locale.

    The pieces are converted together, since a character's form depends on its neighbours. Texts of
    other languages stay as they are, Japanese included.
    """
    language, _, region = locale.partition("-")
    if language.lower() not in _LANGUAGES:
        return tuple(texts)
    script = _TRADITIONAL_REGIONS.get(region.upper())
    whole = "".join(texts)
    written = _simplified(whole) if script is None else _traditional(whole, script)
    if len(written) != len(whole):  # no rule of these tables does it; then each piece by itself
        return tuple(
            _simplified(text) if script is None else _traditional(text, script) for text in texts
        )
    characters = iter(written)
    return tuple("".join(next(characters) for _ in text) for text in texts)


def _simplified(text: str) -> str:
    converted: str = _converter("t2s").convert(text)
    return converted


def _traditional(text: str, script: str) -> str:
    # The conversion from simplified characters takes those of 台灣 or 老板, which both scripts
    # have, for one of several others. So a text with traditional characters is only brought to the
    # forms of the region, unless it has one of GB 2312 (China) that Big5 (Taiwan) lacks, too.
    is_simplified = _simplified(text) == text or any(
        character.encode("gb2312", "ignore") and not character.encode("big5", "ignore")
        for character in text
    )
    converted: str = _converter(f"{'s' if is_simplified else 't'}2{script}").convert(text)
    return converted


@cache
def _converter(configuration: str) -> "OpenCC":
    """Converter of one configuration, loaded in 20 to 200 ms; safe to use from any thread."""
    from opencc import OpenCC  # noqa: PLC0415 - other languages do without its 3 to 15 MB

    return OpenCC(configuration)
