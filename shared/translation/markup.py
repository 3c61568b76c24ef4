"""Translation of HTML: tags stay in place, the text between them is translated.

An element of a dynamic dictionary is replaced by the translation that it gives. A sentence that
contains a tag is translated in parts, at a lower quality than the whole.
The text is scanned once from front to back, in linear time.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shared.translation.attributes import read_attributes
from shared.translation.dynamic_dictionary import (
    Entry,
    find_entries,
    fit_spaces,
    restore_surrounding_space,
)

Translate = Callable[[Sequence[str]], list[str]]

_KEPT_ELEMENTS = frozenset(("script", "style", "code", "pre"))
# Their content has no tags: https://html.spec.whatwg.org/multipage/syntax.html#raw-text-elements
_RAW_ELEMENTS = frozenset(("script", "style"))
_VOID_ELEMENTS = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
     "track", "wbr")
)  # fmt: skip

_TAG_START = re.compile(r"<([!/]?)([a-zA-Z][^\s/>]*+)")
_CLOSING = re.compile(r"</([a-zA-Z][^\s/>]*+)\s*+>")
_SIGN = re.compile(r"[>\"']")
# Python refuses to convert thousands of digits; no character reference needs so many.
_NO_CHARACTER = re.compile(r"&#\d{20,}+;?")


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag; also a whole comment, raw element or entry of a dictionary, which have no name.

    replacement: HTML that takes its place.
    """

    start: int
    end: int
    name: str = ""
    is_closing: bool = False
    keeps_content: bool = False
    replacement: str | None = None


def translate_html(texts: Sequence[str], translate: Translate) -> list[str]:
    """Translate the text between the tags, with one call of `translate` for all texts."""
    pages = [_split_markup(text) for text in texts]
    written = iter(translate([_plain(piece) for page in pages for piece in page.text]))
    return [page.write([next(written) for _ in page.text]) for page in pages]


@dataclass(frozen=True, slots=True)
class _Page:
    """Alternating text and kept markup, text first and last; texts may be empty.

    replaced: places in `kept` where a given translation stands.
    """

    text: tuple[str, ...]
    kept: tuple[str, ...]
    replaced: tuple[int, ...]

    def write(self, translations: Sequence[str]) -> str:
        """Put translations of `text` between the markup."""
        parts = [""] * (len(self.text) + len(self.kept))
        parts[::2] = [
            restore_surrounding_space(source, html.escape(translation, quote=False))
            for source, translation in zip(self.text, translations, strict=True)
        ]
        parts[1::2] = self.kept
        for place in self.replaced:
            fit_spaces(parts, 2 * place + 1, self.text[place], self.text[place + 1])
        return "".join(parts)


def _split_markup(text: str) -> _Page:
    texts: list[str] = []
    kept: list[str] = []
    replaced: list[int] = []
    end = 0
    for start, stop, replacement in _find_kept(text):
        if replacement is not None:
            replaced.append(len(kept))
        texts.append(text[end:start])
        kept.append(text[start:stop] if replacement is None else replacement)
        end = stop
    return _Page((*texts, text[end:]), tuple(kept), tuple(replaced))


def _find_kept(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield the spans of tags, comments, and elements whose content is not translated.

    An entry of a dictionary has a replacement. An element whose content is not translated ends at
    its closing tag, else at the last closing tag of its name; without any it has no content.
    """
    closing_tags = _find_closing_tags(text)
    opened: _Tag | None = None
    depth = 0
    for tag in _scan_tags(text, closing_tags):
        if opened is None:
            if tag.keeps_content and _end_of_closing_tag(closing_tags, tag.name, tag.end):
                opened, depth = tag, 1
            else:
                yield tag.start, tag.end, tag.replacement
        elif tag.name == opened.name:
            depth += -1 if tag.is_closing else 1
            if depth == 0 or tag.start == closing_tags[tag.name][-1][0]:
                yield opened.start, tag.end, None
                opened = None
    if opened is not None:  # its closing tag is inside a comment or raw element
        yield opened.start, len(text), None


def _scan_tags(text: str, closing_tags: dict[str, list[tuple[int, int]]]) -> Iterator[_Tag]:
    """Yield tags from front to back; a `<` that starts no tag is text."""
    end, quotes_end = 0, True
    entries = {entry.start: entry for entry in find_entries(text)}
    while (start := text.find("<", end)) >= 0:
        if text.startswith("<!--", start):
            end = _end_of_sign(text, "-->", start + 4)
            yield _Tag(start, end)
            continue
        if entry := entries.get(start):
            end = entry.end
            yield _tag_of_entry(entry)
            continue
        named = _TAG_START.match(text, start)
        if named is None:
            end = start + 1
            continue
        stop = _tag_end(text, named.end()) if quotes_end else None
        if stop is None:  # an unclosed quote: from here on quotes are ignored
            quotes_end = False
            stop = text.find(">", named.end()) + 1
        if not stop:
            return
        end, name, sign = stop, named[2].lower(), named[1]
        if (
            name in _RAW_ELEMENTS
            and not sign
            and (behind := _end_of_closing_tag(closing_tags, name, stop))
        ):
            end = behind
            yield _Tag(start, end)
            continue
        attributes = text[named.end() : stop - 1]
        keeps = not sign and name not in _VOID_ELEMENTS and not attributes.endswith("/")
        keeps = keeps and (name in _KEPT_ELEMENTS or _is_not_translated(attributes))
        yield _Tag(start, end, name, is_closing=sign == "/", keeps_content=keeps)


def _tag_of_entry(entry: Entry) -> _Tag:
    return _Tag(entry.start, entry.end, replacement=html.escape(entry.translation, quote=False))


def _tag_end(text: str, start: int) -> int | None:
    """Return the end of a tag, behind an unquoted `>`; 0 without one, None in an open quote."""
    while sign := _SIGN.search(text, start):
        if sign[0] == ">":
            return sign.end()
        if text[sign.start() - 1] != "=":  # the quote opens no attribute value
            start = sign.end()
            continue
        closed = text.find(sign[0], sign.end())
        if closed < 0:
            return None
        start = closed + 1
    return 0


def _find_closing_tags(text: str) -> dict[str, list[tuple[int, int]]]:
    """Return the spans of the closing tags, by name."""
    found: dict[str, list[tuple[int, int]]] = {}
    for tag in _CLOSING.finditer(text):
        found.setdefault(tag[1].lower(), []).append(tag.span())
    return found


def _end_of_closing_tag(
    closing_tags: dict[str, list[tuple[int, int]]], name: str, start: int
) -> int:
    """Return the end of the first closing tag of a name from `start` on, 0 without one."""
    spans = closing_tags.get(name, [])
    place = bisect_left(spans, (start, 0))
    return spans[place][1] if place < len(spans) else 0


def _end_of_sign(text: str, sign: str, start: int) -> int:
    """Return the end of a sign, else of the text, where an open comment ends."""
    place = text.find(sign, start)
    return len(text) if place < 0 else place + len(sign)


def _is_not_translated(attributes: str) -> bool:
    values = read_attributes(attributes)
    return (
        values.get("translate", "").lower() == "no"
        or "notranslate" in values.get("class", "").lower().split()
    )


def _plain(piece: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("\ufffd", piece))
