"""Subword tokenisation for translation models, and its inverse.

A folder has SentencePiece models (OPUS-MT, NLLB, M2M-100) or a `tokenizer.json`. Only this module
imports their libraries, and only where a folder needs one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from shared.errors import ConfigurationError

# One file for source and target, or one for each.
_SHARED_FILES = ("sentencepiece.bpe.model", "sentencepiece.model", "spiece.model")
_SOURCE_FILE, _TARGET_FILE = "source.spm", "target.spm"
_FAST_FILE = "tokenizer.json"


class Subwords(Protocol):
    """Subwords of source and target of a model. Methods may be called from any thread."""

    def split(self, text: str) -> list[str]:
        """Split a source text, without special tokens."""
        ...

    def join(self, pieces: Sequence[str]) -> str:
        """Join the output of the model, which has no special tokens."""
        ...


def read_subwords(folder: Path) -> Subwords:
    """Load the tokeniser of a model's folder.

    Raises
    ------
    ConfigurationError: the folder has none of a known format.
    """
    if (folder / _SOURCE_FILE).is_file() and (folder / _TARGET_FILE).is_file():
        return _SentencePieces(folder / _SOURCE_FILE, folder / _TARGET_FILE)
    for name in _SHARED_FILES:
        if (folder / name).is_file():
            return _SentencePieces(folder / name, folder / name)
    if (folder / _FAST_FILE).is_file():
        return _FastTokenizer(folder / _FAST_FILE)
    raise ConfigurationError(
        f"SOTTO_TRANSLATION_MODELS: {folder.name} has no {_SOURCE_FILE} and {_TARGET_FILE}, "
        f"{', '.join(_SHARED_FILES)} or {_FAST_FILE}."
    )


class _SentencePieces:
    def __init__(self, source: Path, target: Path) -> None:
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415

        self._source: Any = SentencePieceProcessor(model_proto=source.read_bytes())
        self._target: Any = SentencePieceProcessor(model_proto=target.read_bytes())

    def split(self, text: str) -> list[str]:
        pieces: list[str] = self._source.encode(text, out_type=str)
        return pieces

    def join(self, pieces: Sequence[str]) -> str:
        return str(self._target.decode(list(pieces)))


class _FastTokenizer:
    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415

        self._tokenizer: Any = Tokenizer.from_str(path.read_text("utf-8"))

    def split(self, text: str) -> list[str]:
        pieces: list[str] = self._tokenizer.encode(text, add_special_tokens=False).tokens
        return pieces

    def join(self, pieces: Sequence[str]) -> str:
        known = map(self._tokenizer.token_to_id, pieces)
        return str(self._tokenizer.decode([one for one in known if one is not None]))
