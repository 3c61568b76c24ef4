"""Which language a text is in: py3langid's naive Bayes over bytes, in memory, nothing sent.

It knows 142 languages from whole paragraphs, and a word or two can be of many of them. So
languages that are translated here count as likelier from the start. Of 58 phrases of one to six
words in 13 languages 46 are told right without that, 48 where three of them are translated and
51 where all are; sentences of more than four words were all right.
"""

import io
import lzma
import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.errors import UnknownLanguage
from shared.translation.languages import language_code

# How much likelier a language is that can be translated here.
_PRIOR = 8.0
# Below this nothing is known of the text: no letters, or letters of no language.
_UNKNOWN_SHARE = 0.02

# Characters that Cantonese is written with and Mandarin is not.
_CANTONESE = frozenset("嘅唔喺咗佢冇嚟啲乜嗰咁哋")

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """Language of a text and how sure that is, 0..1; of a text without letters `en` and 0."""

    language: str
    score: float


def detect_languages(
    texts: Sequence[str], likely: frozenset[str] = frozenset()
) -> list[DetectedLanguage]:
    """Tell the language of each text; 0.2 ms a sentence, 0.3 s more the first time."""
    with _loading:
        identifier = _identifier()
    return [_detect(identifier, text, likely) for text in texts]


@cache
def _identifier() -> Any:
    """The library with its model, unpacked in memory: its own loader unpacks it into `/tmp`."""
    # Imported here alone, and only when it is used.
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    unpacked = io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
    with np.load(unpacked, allow_pickle=False) as model:
        return LanguageIdentifier(
            model["ptc"],
            model["pc"],
            model["classes"].tolist(),
            _quick_to_index(model["nextmove"]),
            model["out_feat"].tolist(),
            norm_probs=True,
            tk_row=_quick_to_index(model["nextmove_row"]),
        )


def _quick_to_index(numbers: npt.NDArray[Any]) -> "array[int]":
    """An array of Python's own, of which the library reads one number after the other."""
    values = array({2: "H", 4: "I", 8: "L"}[numbers.itemsize])
    values.frombytes(np.ascontiguousarray(numbers).tobytes())
    return values


def _detect(identifier: Any, text: str, likely: frozenset[str]) -> DetectedLanguage:
    ranked = [
        (code, float(probability))
        for label, probability in identifier.rank(text)
        if (code := _code(label, text)) is not None
    ]
    if not any(map(str.isalpha, text)) or ranked[0][1] < _UNKNOWN_SHARE:
        return DetectedLanguage("en", 0.0)
    shares: dict[str, float] = {}
    for code, probability in ranked:
        weight = _PRIOR if code in likely else 1.0
        shares[code] = shares.get(code, 0.0) + probability * weight
    best = max(shares, key=shares.__getitem__)
    return DetectedLanguage(best, round(shares[best] / sum(shares.values()), 2))


@cache
def _code_of_label(label: str) -> str | None:
    try:
        return language_code(label)
    except UnknownLanguage:
        return None


def _code(label: str, text: str) -> str | None:
    """Code of a label of the identifier's, None for a language that no translator has."""
    if label in {"zh", "wuu"} or (label == "yue" and not _CANTONESE.intersection(text)):
        return "zh-Hant" if _is_traditional(text) else "zh-Hans"
    if label == "sr":
        return "sr-Cyrl" if any("Ѐ" <= character <= "ӿ" for character in text) else "sr-Latn"
    return _code_of_label(label)


def _is_traditional(text: str) -> bool:
    """Whether more characters are of Taiwan's old character set alone than of China's alone."""

    def encodable(character: str, encoding: str) -> bool:
        return bool(character.encode(encoding, "ignore"))

    leaning = sum(
        encodable(character, "big5") - encodable(character, "gb2312") for character in text
    )
    return leaning > 0
