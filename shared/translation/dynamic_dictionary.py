"""Dynamic dictionaries: `<mstrans:dictionary translation="x">y</mstrans:dictionary>` in a text.

https://learn.microsoft.com/azure/ai-services/translator/dynamic-dictionary
The given translation takes the place of the element, in plain text as in HTML. Translators change
names and marks that they do not know, so the text before and behind an element is translated in
parts, at a lower quality than the whole sentence, and the given translation is never shown to
them. An element without an end or without a translation is text.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.translation.attributes import read_attributes

Translate = Callable[[Sequence[str]], list[str]]

# Clients write `< mstrans:dictionary translation ="x">` too. Quotes may hold a `>`.
_TAG = re.compile(
    r"<\s*+(?P<sign>/?)\s*+mstrans:dictionary(?![^\s/>])"
    r"(?P<attributes>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.IGNORECASE,
)
# Scripts that are written without spaces between words, as in the names of their characters.
_UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An element that gives a translation. start, end: its place, tags included."""

    start: int
    end: int
    content: str
    translation: str


def find_entries(text: str) -> list[Entry]:
    """Find the elements from front to back; an element within another one has no effect."""
    opened: list[re.Match[str]] = []
    found: list[Entry] = []
    for tag in _TAG.finditer(text):
        if not tag["sign"] and not tag["attributes"].endswith("/"):
            opened.append(tag)
            continue
        if tag["sign"] and not opened:
            continue
        opening = opened.pop() if tag["sign"] else tag
        translation = html.unescape(read_attributes(opening["attributes"]).get("translation", ""))
        if not translation.strip():
            continue
        while found and found[-1].start > opening.start():
            found.pop()
        content = text[opening.end() : tag.start()]
        found.append(Entry(opening.start(), tag.end(), content, translation))
    return found


def translate_plain_text(texts: Sequence[str], translate: Translate) -> list[str]:
    """Translate the text around the elements, with one call of `translate` for all texts."""
    entries = [find_entries(text) for text in texts]
    pieces = [_text_around(text, of_text) for text, of_text in zip(texts, entries, strict=True)]
    written = iter(translate([piece for of_text in pieces for piece in of_text]))
    translated = []
    for of_text, sources in zip(entries, pieces, strict=True):
        if len(sources) == 1:
            translated.append(next(written))
            continue
        parts: list[str] = []
        for source, entry in zip(sources, [*of_text, None], strict=True):
            parts.append(restore_surrounding_space(source, next(written)))
            parts += [] if entry is None else [entry.translation]
        for place in range(1, len(parts), 2):
            fit_spaces(parts, place, sources[place // 2], sources[place // 2 + 1])
        translated.append("".join(parts))
    return translated


def replace_with_content(text: str) -> str:
    """Text as it is read without the elements' tags, for the detection of its language."""
    return _replace(text, lambda entry: entry.content)


def mask(text: str) -> str:
    """Text of the same length whose elements have no punctuation, for its sentences."""
    return _replace(text, lambda entry: "x" * (entry.end - entry.start))


def restore_surrounding_space(source: str, translation: str) -> str:
    """Restore the white space around a piece, which translators drop."""
    if not source.strip():
        return source
    before = source[: len(source) - len(source.lstrip())]
    after = source[len(source.rstrip()) :]
    return f"{before}{translation.strip()}{after}"


def fit_spaces(parts: list[str], place: int, source_before: str, source_after: str) -> None:
    """Add or remove spaces around a given translation, if only one language writes them.

    parts: pieces of the translated text; that at `place` is the given translation.
    source_before, source_after: text around the element in the source.
    """
    given = parts[place]
    before, after = parts[place - 1], parts[place + 1]
    if _is_unspaced(given[:1]) and _is_unspaced(before.rstrip(" ")[-1:]):
        before = before.rstrip(" ")
    elif _is_unspaced(source_before[-1:]) and _would_run_together(before[-1:], given[:1]):
        before += " "
    if _is_unspaced(given[-1:]) and _is_unspaced(after.lstrip(" ")[:1]):
        after = after.lstrip(" ")
    elif _is_unspaced(source_after[:1]) and _would_run_together(given[-1:], after[:1]):
        after = f" {after}"
    parts[place - 1], parts[place + 1] = before, after


def _text_around(text: str, entries: Sequence[Entry]) -> list[str]:
    """Text before, between and behind the elements; each may be empty."""
    starts = [0, *(entry.end for entry in entries)]
    ends = [*(entry.start for entry in entries), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _replace(text: str, replacement: Callable[[Entry], str]) -> str:
    entries = find_entries(text)
    around = _text_around(text, entries)
    replaced = (
        f"{replacement(entry)}{behind}" for entry, behind in zip(entries, around[1:], strict=True)
    )
    return around[0] + "".join(replaced)


def _is_unspaced(character: str) -> bool:
    return bool(character) and unicodedata.name(character, "").split(" ")[0] in _UNSPACED


def _would_run_together(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum() and not _is_unspaced(one) and not _is_unspaced(other)
