"""Lossless sentence splitting for neural models, which translate one sentence at a time."""

import re
from collections.abc import Iterator

from shared.sentences import sentence_ends, short_pieces

# Longer sentences are cut at a clause, else at a space: models have a limit of about 500 tokens.
MAX_CHARACTERS = 400

# The end of a line ends a sentence, as in a heading; includes the white space behind it.
_LINE = re.compile(r"[^\n]*+(?:\n\s*+)?+")


def split_sentences(text: str) -> list[str]:
    """Split into sentences with the white space behind them; joined, they are the text."""
    return [
        piece
        for line in _LINE.findall(text)
        for sentence in _split_line(line)
        for piece in short_pieces(sentence, MAX_CHARACTERS)
    ]


def _split_line(line: str) -> Iterator[str]:
    start = 0
    for end in sentence_ends(line):
        yield line[start:end]
        start = end
    yield line[start:]
