"""HTML in translation: tags stay where they are, what is between them is translated.

A sentence with a tag in it is translated in parts, which reads worse than the whole would.
"""

import html
import re
from collections.abc import Callable, Sequence

Translate = Callable[[Sequence[str]], list[str]]

# Comments, elements whose content is no text, elements that say so, then any tag.
_KEPT = re.compile(
    r"<!--.*?-->"
    r"|<(script|style|code|pre)\b[^>]*>.*?</\1\s*>"
    r"|<(\w+)\b[^>]*\b(?:translate=[\"']?no|class=[\"']?notranslate)\b[^>]*>.*?</\2\s*>"
    r"|<[!/]?[a-zA-Z][^>]*>",
    re.DOTALL | re.IGNORECASE,
)


def translate_html(texts: Sequence[str], translate: Translate) -> list[str]:
    """Translate what is between the tags of each text, all of it in one call."""
    pieces = [list(_pieces(text)) for text in texts]
    written = iter(translate([html.unescape(piece) for parts in pieces for piece in parts[::2]]))
    for parts in pieces:
        for place in range(0, len(parts), 2):
            parts[place] = _with_edges_of(parts[place], html.escape(next(written), quote=False))
    return ["".join(parts) for parts in pieces]


def _pieces(text: str) -> list[str]:
    """Text and what is kept by turns, text first and last; either may be empty."""
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [text[end : kept.start()], kept[0]]
        end = kept.end()
    return [*parts, text[end:]]


def _with_edges_of(source: str, translation: str) -> str:
    """White space around a piece parts it from its neighbours; translators drop it."""
    if not source.strip():
        return source
    before = source[: len(source) - len(source.lstrip())]
    after = source[len(source.rstrip()) :]
    return f"{before}{translation.strip()}{after}"
