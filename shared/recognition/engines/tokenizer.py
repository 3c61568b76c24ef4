"""Whisper's tokenizer: special tokens, the bytes of text tokens, and tokens of a text.

Read from the model's `tokenizer.json`. Tokens to bytes is a table; the byte-pair encoder itself is
loaded only if tokens of a text are needed, as for phrase lists.
"""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.errors import EngineUnavailable

FIRST_MERGE = ("Ġ", "t")


class Tokenizer:
    """Tokenizer of one model. May be used from any thread.

    Raises
    ------
    EngineUnavailable: the file has no vocabulary of a Whisper model.
    """

    def __init__(self, path: Path) -> None:
        try:
            definition = json.loads(path.read_bytes())
            tokens: Mapping[str, int] = definition["model"]["vocab"]
            special = {token["content"]: int(token["id"]) for token in definition["added_tokens"]}
            self.transcript_start = special["<|startoftranscript|>"]
            self.previous_start = special["<|startofprev|>"]
            self.transcribe = special["<|transcribe|>"]
            self.no_timestamps = special["<|notimestamps|>"]
            self.end_of_text = special["<|endoftext|>"]
            self.translate = special["<|translate|>"]
        except (ValueError, LookupError, TypeError, OSError) as error:
            raise EngineUnavailable(f"{path.name} is no vocabulary of a Whisper model.") from error
        self.language_tokens = {
            content[2:-2]: token
            for content, token in special.items()
            if self.transcript_start < token < self.translate
        }
        self._contents = {token: content for content, token in tokens.items()}
        self._byte_of_character = {
            character: byte for byte, character in _printable_characters().items()
        }
        self._path = path
        self._encoder: Any = None
        self._loading = threading.Lock()

    def token_bytes(self, token: int) -> bytes:
        """UTF-8 of one text token; a character may be spread over several."""
        return bytes(self._byte_of_character[character] for character in self._contents[token])

    def tokenise(self, text: str) -> list[int]:
        """Byte-level BPE tokens of a text; text that looks like a special token is plain text."""
        with self._loading:
            if self._encoder is None:
                self._encoder = self._load_encoder()
        ids: list[int] = self._encoder.encode(text, add_special_tokens=False).ids
        return ids

    def _load_encoder(self) -> Any:
        """Load the tokenizer of the file and restore its first merge.

        Conversions of Whisper lack the first merge of its vocabulary, `Ġ t`: `" the"` would become
        two tokens that never occur together in the model's training data.
        """
        import tokenizers  # noqa: PLC0415  (imported for phrase lists only)

        # The file is read again: its objects take 20 MB, which most processes do not need.
        definition = json.loads(self._path.read_bytes())
        model = definition["model"]
        if "".join(FIRST_MERGE) in model["vocab"] and not _has_first_merge(model["merges"]):
            as_text = isinstance(model["merges"][0], str)
            model["merges"].insert(0, " ".join(FIRST_MERGE) if as_text else list(FIRST_MERGE))
        tokenizer = tokenizers.Tokenizer.from_str(json.dumps(definition))
        tokenizer.encode_special_tokens = True
        return tokenizer


def _has_first_merge(merges: list[Any]) -> bool:
    return any(
        (merge.split() if isinstance(merge, str) else list(merge)) == list(FIRST_MERGE)
        for merge in merges
    )


def _printable_characters() -> dict[int, str]:
    """Character that stands for each byte in a byte-level BPE vocabulary (GPT-2).

    Printable bytes stand for themselves, the others are moved above U+00FF.
    """
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {
        byte: chr(0x100 + place) for place, byte in enumerate(moved)
    }
