"""HTML in translation: tags stay where they are, what is between them is translated.

A sentence with a tag in it is translated in parts, which reads worse than the whole would.
The text is scanned once from front to back, so the cost is that of its length.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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
_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>]++))?+")
# Python refuses to read thousands of digits; no character has so many.
_NO_CHARACTER = re.compile(r"&#\d{20,}+;?")


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag, or a comment or raw element as a whole (those have no name)."""

    start: int
    end: int
    name: str = ""
    is_closing: bool = False
    keeps_content: bool = False


def translate_html(texts: Sequence[str], translate: Translate) -> list[str]:
    """Translate what is between the tags of each text, all of it in one call."""
    pieces = [_pieces(text) for text in texts]
    written = iter(translate([_plain(piece) for parts in pieces for piece in parts[::2]]))
    for parts in pieces:
        for place in range(0, len(parts), 2):
            parts[place] = _with_edges_of(parts[place], html.escape(next(written), quote=False))
    return ["".join(parts) for parts in pieces]


def _pieces(text: str) -> list[str]:
    """Text and what is kept by turns, text first and last; either may be empty."""
    parts, end = [], 0
    for start, stop in _kept(text):
        parts += [text[end:start], text[start:stop]]
        end = stop
    return [*parts, text[end:]]


def _kept(text: str) -> Iterator[tuple[int, int]]:
    """Tags, comments, and elements whose content is not to be translated.

    Such an element ends with the closing tag that belongs to it, else with the last of its name;
    without any it has no content.
    """
    closings = _closings(text)
    opened: _Tag | None = None
    depth = 0
    for tag in _tags(text, closings):
        if opened is None:
            if tag.keeps_content and _closed(closings, tag.name, tag.end):
                opened, depth = tag, 1
            else:
                yield tag.start, tag.end
        elif tag.name == opened.name:
            depth += -1 if tag.is_closing else 1
            if depth == 0 or tag.start == closings[tag.name][-1][0]:
                yield opened.start, tag.end
                opened = None
    if opened is not None:  # its closing tag is in something that is kept as a whole
        yield opened.start, len(text)


def _tags(text: str, closings: dict[str, list[tuple[int, int]]]) -> Iterator[_Tag]:
    """Tags from front to back; a `<` that begins none is text."""
    end, quotes_end = 0, True
    while (start := text.find("<", end)) >= 0:
        if text.startswith("<!--", start):
            end = _behind(text, "-->", start + 4)
            yield _Tag(start, end)
            continue
        named = _TAG_START.match(text, start)
        if named is None:
            end = start + 1
            continue
        stop = _tag_end(text, named.end()) if quotes_end else None
        if stop is None:  # a quote without its fellow: from here on quotes have no meaning
            quotes_end = False
            stop = text.find(">", named.end()) + 1
        if not stop:
            return
        end, name, sign = stop, named[2].lower(), named[1]
        if name in _RAW_ELEMENTS and not sign and (behind := _closed(closings, name, stop)):
            end = behind
            yield _Tag(start, end)
            continue
        attributes = text[named.end() : stop - 1]
        keeps = not sign and name not in _VOID_ELEMENTS and not attributes.endswith("/")
        keeps = keeps and (name in _KEPT_ELEMENTS or _is_not_translated(attributes))
        yield _Tag(start, end, name, is_closing=sign == "/", keeps_content=keeps)


def _tag_end(text: str, start: int) -> int | None:
    """Behind the `>` of a tag that is in no quotes; 0 without one, None in a value without end."""
    while sign := _SIGN.search(text, start):
        if sign[0] == ">":
            return sign.end()
        if text[sign.start() - 1] != "=":  # no quote around a value
            start = sign.end()
            continue
        closed = text.find(sign[0], sign.end())
        if closed < 0:
            return None
        start = closed + 1
    return 0


def _closings(text: str) -> dict[str, list[tuple[int, int]]]:
    """Start and end of the closing tags, by name."""
    found: dict[str, list[tuple[int, int]]] = {}
    for tag in _CLOSING.finditer(text):
        found.setdefault(tag[1].lower(), []).append(tag.span())
    return found


def _closed(closings: dict[str, list[tuple[int, int]]], name: str, start: int) -> int:
    """Behind the first closing tag of a name from `start` on, 0 without one."""
    spans = closings.get(name, [])
    place = bisect_left(spans, (start, 0))
    return spans[place][1] if place < len(spans) else 0


def _behind(text: str, sign: str, start: int) -> int:
    """Behind a sign, or at the end of the text, where a comment ends as well."""
    place = text.find(sign, start)
    return len(text) if place < 0 else place + len(sign)


def _is_not_translated(attributes: str) -> bool:
    values = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(attributes)}
    return (
        values.get("translate", "").lower() == "no"
        or "notranslate" in values.get("class", "").lower().split()
    )


def _plain(piece: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("\ufffd", piece))


def _with_edges_of(source: str, translation: str) -> str:
    """White space around a piece parts it from its neighbours; translators drop it."""
    if not source.strip():
        return source
    before = source[: len(source) - len(source.lstrip())]
    after = source[len(source.rstrip()) :]
    return f"{before}{translation.strip()}{after}"
