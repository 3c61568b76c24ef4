"""Text cut into sentences, so that the first can be heard before the last is spoken."""

import re
from collections.abc import Iterator, Sequence

from shared.synthesis.synthesizer import Span

# Longer ones are cut at a comma, else at a space: voices have a limit (Kokoro 510 sounds) and
# whoever listens should not wait for more than this.
MAX_CHARACTERS = 240

# Their full stop ends no sentence, and a voice would pause at it.
_ABBREVIATIONS = re.compile(
    r"\b(Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|No|Sra|Srta|Dra|Ud|Uds|pág|Mme|Mlle|Sig|Dott"
    r"|Herr|Fr|bzw|ca|Nr|Str)\.(?=\s+\S)"
)
# With what follows a sentence: closing quotes and brackets, then space; or an ideographic stop.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?![a-zà-ÿ])|[。！？]+[」』”]*|\n\s*\n")
_CLAUSE_END = re.compile(r"[,;:—–)]\s+|[、，；：]")
_SPACES = re.compile(r"\s+")


def split_sentences(spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of a text, white space brought to single spaces, empty ones left out.

    A span with a pronunciation of its own is never cut.
    """
    sentence: list[Span] = []
    for span in spans:
        if span.ipa is not None:
            sentence.append(span)
            continue
        text = _ABBREVIATIONS.sub(r"\1", span.text)
        start = 0
        for end in _ends(text):
            sentence.append(Span(text[start:end]))
            yield from _finished(sentence)
            sentence, start = [], end
        if start < len(text):
            sentence.append(Span(text[start:]))
    yield from _finished(sentence)


def _ends(text: str) -> Iterator[int]:
    """Where sentences end that have more behind them."""
    for mark in _END.finditer(text):
        if mark.end() < len(text):
            yield mark.end()


def _finished(sentence: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    spans = tuple(
        Span(_SPACES.sub(" ", span.text), span.ipa) for span in sentence if span.text or span.ipa
    )
    if not any(span.ipa or any(map(str.isalnum, span.text)) for span in spans):
        return
    if sum(len(span.text) for span in spans) <= MAX_CHARACTERS:
        yield spans
        return
    for span in spans:
        pieces = [span.text] if span.ipa else _short_pieces(span.text)
        for piece in pieces:
            if span.ipa or any(map(str.isalnum, piece)):
                yield (Span(piece, span.ipa),)


def _short_pieces(text: str) -> Iterator[str]:
    """Cut a text at the last clause that fits, else at the last space, else where it must be."""
    while len(text) > MAX_CHARACTERS:
        head = text[:MAX_CHARACTERS]
        clauses = [mark.end() for mark in _CLAUSE_END.finditer(head)]
        cut = clauses[-1] if clauses else head.rfind(" ") + 1
        cut = cut or MAX_CHARACTERS
        yield text[:cut]
        text = text[cut:]
    yield text
