"""Translation of HTML: tags stay in place, the text between them is translated.

A sentence that contains a tag is translated in parts, at a lower quality than the whole.
The text is scanned once from front to back, in linear time.
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
# Python refuses to convert thousands of digits; no character reference needs so many.
_NO_CHARACTER = re.compile(r"&#\d{20,}+;?")


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag; also a whole comment or raw element, which have no name."""

    start: int
    end: int
    name: str = ""
    is_closing: bool = False
    keeps_content: bool = False


def translate_html(texts: Sequence[str], translate: Translate) -> list[str]:
    """Translate the text between the tags, with one call of `translate` for all texts."""
    pieces = [_split_markup(text) for text in texts]
    written = iter(translate([_plain(piece) for parts in pieces for piece in parts[::2]]))
    for parts in pieces:
        for place in range(0, len(parts), 2):
            parts[place] = _restore_surrounding_space(
                parts[place], html.escape(next(written), quote=False)
            )
    return ["".join(parts) for parts in pieces]


def _split_markup(text: str) -> list[str]:
    """Split into alternating text and kept markup, text first and last; both may be empty."""
    parts, end = [], 0
    for start, stop in _find_kept(text):
        parts += [text[end:start], text[start:stop]]
        end = stop
    return [*parts, text[end:]]


def _find_kept(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of tags, comments, and elements whose content is not translated.

    Such an element ends at its closing tag, else at the last closing tag of its name; without
    any it has no content.
    """
    closing_tags = _find_closing_tags(text)
    opened: _Tag | None = None
    depth = 0
    for tag in _scan_tags(text, closing_tags):
        if opened is None:
            if tag.keeps_content and _end_of_closing_tag(closing_tags, tag.name, tag.end):
                opened, depth = tag, 1
            else:
                yield tag.start, tag.end
        elif tag.name == opened.name:
            depth += -1 if tag.is_closing else 1
            if depth == 0 or tag.start == closing_tags[tag.name][-1][0]:
                yield opened.start, tag.end
                opened = None
    if opened is not None:  # its closing tag is inside a comment or raw element
        yield opened.start, len(text)


def _scan_tags(text: str, closing_tags: dict[str, list[tuple[int, int]]]) -> Iterator[_Tag]:
    """Yield tags from front to back; a `<` that starts no tag is text."""
    end, quotes_end = 0, True
    while (start := text.find("<", end)) >= 0:
        if text.startswith("<!--", start):
            end = _end_of_sign(text, "-->", start + 4)
            yield _Tag(start, end)
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
    values = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(attributes)}
    return (
        values.get("translate", "").lower() == "no"
        or "notranslate" in values.get("class", "").lower().split()
    )


def _plain(piece: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("\ufffd", piece))


def _restore_surrounding_space(source: str, translation: str) -> str:
    """Restore the white space around a piece, which translators drop."""
    if not source.strip():
        return source
    before = source[: len(source) - len(source.lstrip())]
    after = source[len(source.rstrip()) :]
    return f"{before}{translation.strip()}{after}"
