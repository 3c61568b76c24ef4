"""A text in sentences that give it back when joined: neural models read one at a time."""

import re
from collections.abc import Iterator

from shared.sentences import sentence_ends, short_pieces

# Longer ones are cut at a clause, else at a space: models have a limit of about 500 tokens.
MAX_CHARACTERS = 400

# A line is a sentence, such as a heading; with the white space behind it.
_LINE = re.compile(r"[^\n]*+(?:\n\s*+)?+")


def split_sentences(text: str) -> list[str]:
    """Sentences with the white space behind them; joined, they are the text."""
    return [
        piece
        for line in _LINE.findall(text)
        for sentence in _sentences(line)
        for piece in short_pieces(sentence, MAX_CHARACTERS)
    ]


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for end in sentence_ends(line):
        yield line[start:end]
        start = end
    yield line[start:]
