"""Sentence splitting: the first sentence can be played before the last is synthesised."""

import re
from collections.abc import Iterator, Sequence

from shared.sentences import sentence_ends, short_pieces, without_stops_of_abbreviations
from shared.synthesis.synthesizer import Span

# Longer sentences are cut at a comma, else at a space: voices have a limit (Kokoro 510 phonemes),
# and the first audio must not wait for more text than this.
MAX_CHARACTERS = 240

# A blank line ends a sentence; a single line end does not, since text is wrapped.
_PARAGRAPH = re.compile(r"\n\s*\n\s*+")
_SPACES = re.compile(r"\s++")


def split_sentences(spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of a text, white space collapsed, empty ones left out.

    A span with a pronunciation is never cut.
    """
    sentence: list[Span] = []
    for span in spans:
        if span.ipa is not None:
            sentence.append(span)
            continue
        text, start = span.text, 0
        for end in _find_ends(text):
            sentence.append(Span(text[start:end]))
            yield from _complete_sentence(sentence)
            sentence, start = [], end
        if start < len(text):
            sentence.append(Span(text[start:]))
    yield from _complete_sentence(sentence)


def _find_ends(text: str) -> Iterator[int]:
    """Yield where sentences end, but for the end of the text."""
    start = 0
    for paragraph in _PARAGRAPH.finditer(text):
        yield from _find_ends_in_paragraph(text, start, paragraph.end())
        start = paragraph.end()
        if start < len(text):
            yield start
    yield from _find_ends_in_paragraph(text, start, len(text))


def _find_ends_in_paragraph(text: str, start: int, stop: int) -> Iterator[int]:
    """Yield the ends in one paragraph; none before a lower case letter: `"Why?" she said`."""
    for end in sentence_ends(text[start:stop]):
        if not text[start + end].islower():
            yield start + end


def _complete_sentence(sentence: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    spans = tuple(_normalise_span(span) for span in sentence if span.text or span.ipa)
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


def _normalise_span(span: Span) -> Span:
    text = span.text if span.ipa else without_stops_of_abbreviations(span.text)
    return Span(_SPACES.sub(" ", text), span.ipa)
