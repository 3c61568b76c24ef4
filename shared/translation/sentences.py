"""A text in sentences that give it back when joined: neural models read one at a time."""

import re
from collections.abc import Iterator

# Longer ones are cut at a clause, else at a space: models have a limit of about 500 tokens.
MAX_CHARACTERS = 400

_ABBREVIATIONS = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|No|Sra|Srta|Mme|Herr|bzw|Nr)\.\s$")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+[」』”]*\s*|\n+")
_CLAUSE_END = re.compile(r"[,;:—–)]\s+|[、，；：]|\s+")


def split_sentences(text: str) -> list[str]:
    """Sentences with the white space behind them; joined, they are the text."""
    return [piece for sentence in _sentences(text) for piece in _short_pieces(sentence)]


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        if _ABBREVIATIONS.search(text[start : end.end()]):
            continue
        yield text[start : end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def _short_pieces(sentence: str) -> Iterator[str]:
    while len(sentence) > MAX_CHARACTERS:
        clauses = [mark.end() for mark in _CLAUSE_END.finditer(sentence[:MAX_CHARACTERS])]
        cut = next((end for end in reversed(clauses) if end > MAX_CHARACTERS // 2), None)
        cut = cut or (clauses[-1] if clauses else MAX_CHARACTERS)
        yield sentence[:cut]
        sentence = sentence[cut:]
    if sentence:
        yield sentence
