"""Text cut into sentences, so that the first can be heard before the last is spoken."""

import re
from collections.abc import Iterator, Sequence

from shared.sentences import sentence_ends, short_pieces, without_stops_of_abbreviations
from shared.synthesis.synthesizer import Span

# Longer ones are cut at a comma, else at a space: voices have a limit (Kokoro 510 sounds) and
# a listener should not wait for more than this.
MAX_CHARACTERS = 240

# A paragraph ends a sentence, a single line end does not: text is wrapped.
_PARAGRAPH = re.compile(r"\n\s*\n\s*+")
_SPACES = re.compile(r"\s++")


def split_sentences(spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of a text, white space brought to single spaces, empty ones left out.

    A span with a pronunciation of its own is never cut.
    """
    sentence: list[Span] = []
    for span in spans:
        if span.ipa is not None:
            sentence.append(span)
            continue
        text, start = span.text, 0
        for end in _ends(text):
            sentence.append(Span(text[start:end]))
            yield from _finished(sentence)
            sentence, start = [], end
        if start < len(text):
            sentence.append(Span(text[start:]))
    yield from _finished(sentence)


def _ends(text: str) -> Iterator[int]:
    """Where sentences end that have more behind them."""
    start = 0
    for paragraph in _PARAGRAPH.finditer(text):
        yield from _ends_within(text, start, paragraph.end())
        start = paragraph.end()
        if start < len(text):
            yield start
    yield from _ends_within(text, start, len(text))


def _ends_within(text: str, start: int, stop: int) -> Iterator[int]:
    """Ends in one paragraph. A lower case letter goes on: `"Really?" she asked`."""
    for end in sentence_ends(text[start:stop]):
        if not text[start + end].islower():
            yield start + end


def _finished(sentence: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    spans = tuple(_plain(span) for span in sentence if span.text or span.ipa)
    if not any(span.ipa or any(map(str.isalnum, span.text)) for span in spans):
        return
    if sum(len(span.text) for span in spans) <= MAX_CHARACTERS:
        yield spans
        return
    for span in spans:
        pieces = [span.text] if span.ipa else short_pieces(span.text, MAX_CHARACTERS)
        for piece in pieces:
            if span.ipa or any(map(str.isalnum, piece)):
                yield (Span(piece, span.ipa),)


def _plain(span: Span) -> Span:
    text = span.text if span.ipa else without_stops_of_abbreviations(span.text)
    return Span(_SPACES.sub(" ", text), span.ipa)
