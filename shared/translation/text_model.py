"""Languages of a translation model, derived from its folder's name and vocabulary.

opus-mt-en-es/        OPUS-MT and other models of one pair: the name ends with the pair
nllb-200-distilled/   languages are tokens of the vocabulary, `spa_Latn`
m2m100_418M/          likewise, `__es__`
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.errors import ConfigurationError, UnknownLanguage
from shared.translation.languages import Language, all_languages, language_code

_VOCABULARIES = ("shared_vocabulary", "source_vocabulary")

# M2M-100's codes that differ from Translator's, or stand for two of them.
_M2M_CODES = {
    "zh-Hans": "zh", "zh-Hant": "zh", "nb": "no", "pt-pt": "pt", "fr-ca": "fr", "fil": "tl",
    "sr-Cyrl": "sr", "sr-Latn": "sr", "mn-Cyrl": "mn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextModel:
    """One model. pair: of a model of one pair. tokens: language tokens of a multilingual model.

    adds_end: the engine appends the end-of-sentence token to the source.
    """

    folder: Path
    pair: tuple[str, str] | None
    tokens: Mapping[str, str]
    adds_end: bool

    def languages(self) -> frozenset[str]:
        """Return every language of source or target."""
        return frozenset(self.tokens) | frozenset(self.pair or ())

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the model supports this pair."""
        if self.pair is not None:
            return (source, target) == self.pair
        # `pt` and `pt-pt` may share a token: the model could only copy.
        one, other = self.tokens.get(source), self.tokens.get(target)
        return one is not None and other is not None and one != other


def read_text_model(folder: Path) -> TextModel:
    """Read the description of a model; loads no weights.

    Raises
    ------
    ConfigurationError: the folder has no model of CTranslate2, or its languages cannot be derived.
    """
    if not (folder / "model.bin").is_file():
        raise _configuration_error(folder, "has no model.bin of CTranslate2")
    vocabulary = _vocabulary(folder)
    tokens = _language_tokens(vocabulary)
    pair = None if tokens else _pair_of(folder.name)
    if not tokens and pair is None:
        raise _configuration_error(folder, "is named after no pair, such as opus-mt-en-es")
    return TextModel(folder, pair, tokens, bool(_configuration(folder).get("add_source_eos")))


def _language_tokens(vocabulary: frozenset[str]) -> dict[str, str]:
    """Return the language tokens of the vocabulary; empty for a model of one pair."""
    for spelled in (_nllb_token, _m2m_token):
        tokens = {language.code: spelled(language) for language in all_languages()}
        found = {code: token for code, token in tokens.items() if token in vocabulary}
        if len(found) > 1:
            return found
    return {}


def _nllb_token(language: Language) -> str:
    return language.flores


def _m2m_token(language: Language) -> str:
    return f"__{_M2M_CODES.get(language.code, language.code)}__"


def _pair_of(name: str) -> tuple[str, str] | None:
    """Return the pair at the end of a name: `opus-mt-tc-big-en-es` -> en, es."""
    *_, source, target = ("", *name.split("-"))
    try:
        pair = language_code(source), language_code(target)
    except (UnknownLanguage, ValueError):
        return None
    return None if pair[0] == pair[1] else pair


def _vocabulary(folder: Path) -> frozenset[str]:
    for name in _VOCABULARIES:
        as_json, as_lines = folder / f"{name}.json", folder / f"{name}.txt"
        if as_json.is_file():
            return frozenset(map(str, _json(folder, as_json)))
        if as_lines.is_file():
            return frozenset(as_lines.read_text("utf-8").splitlines())
    raise _configuration_error(folder, f"has no {_VOCABULARIES[0]}.json")


def _configuration(folder: Path) -> Mapping[str, Any]:
    path = folder / "config.json"
    found = _json(folder, path) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def _json(folder: Path, path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        raise _configuration_error(folder, f"has a {path.name} that is no JSON") from None


def _configuration_error(folder: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(f"SOTTO_TRANSLATION_MODELS: {folder.name} {reason}.")
