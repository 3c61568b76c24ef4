"""Neural translation on CTranslate2: OPUS-MT, NLLB or M2M-100 models in converted form.

A model loads at its first text and stays loaded.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.errors import ConfigurationError, TranslationUnavailable
from shared.settings import Settings
from shared.text_forms.chinese_script import write_in_script
from shared.translation.sentences import split_sentences
from shared.translation.subwords import Subwords, read_subwords
from shared.translation.text_model import TextModel, read_text_model

BEAM_SIZE = 2
_BATCH_TOKENS = 1_024
_MAX_TOKENS = 512
_END = "</s>"


class CTranslate2Translator:
    """One model. Methods may be called from any thread.

    Raises
    ------
    ConfigurationError: the folder has no model, or its languages cannot be derived.
    """

    name = "ctranslate2"

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._model = read_text_model(folder)
        self._settings = settings
        self._loading = threading.Lock()
        self._loaded: tuple[Any, Subwords] | None = None

    def languages(self) -> frozenset[str]:
        """Return the languages of the pair, or of the vocabulary."""
        return self._model.languages()

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the model supports this pair."""
        return self._model.can_translate(source, target)

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate sentence by sentence; white space between them stays.

        Raises
        ------
        TranslationUnavailable: the model cannot be loaded, or fails.
        """
        engine, subwords = self._load()
        sentences = [list(_split_text(text)) for text in texts]
        written = iter(
            self._translate_batch(
                engine,
                subwords,
                [
                    _source_tokens(self._model, source, subwords, one.text)
                    for of_text in sentences
                    for one in of_text
                    if one.text
                ],
                self._model.tokens.get(target),
            )
        )
        joined = (
            "".join(one.before + (next(written) if one.text else "") + one.after for one in of_text)
            for of_text in sentences
        )
        # M2M-100 has one token for both scripts of Chinese.
        return ["".join(write_in_script([text], target)) for text in joined]

    def _translate_batch(
        self, engine: Any, subwords: Subwords, sources: list[list[str]], token: str | None
    ) -> list[str]:
        failed = False
        try:
            results = engine.translate_batch(
                sources,
                target_prefix=None if token is None else [[token]] * len(sources),
                beam_size=BEAM_SIZE,
                max_batch_size=_BATCH_TOKENS,
                batch_type="tokens",
                max_input_length=_MAX_TOKENS,
                max_decoding_length=_MAX_TOKENS,
            )
        except (RuntimeError, ValueError):
            failed = True
        if failed:  # raised outside the handler: its exception may quote tokens
            raise TranslationUnavailable("The translation model failed.")
        return [
            subwords.join([piece for piece in result.hypotheses[0] if piece != token])
            for result in results
        ]

    def _load(self) -> tuple[Any, Subwords]:
        with self._loading:
            if self._loaded is None:
                self._loaded = (self._load_engine(), read_subwords(self._model.folder))
            return self._loaded

    def _load_engine(self) -> Any:
        import ctranslate2  # noqa: PLC0415  (only where a model is used)

        settings = self._settings
        try:
            return ctranslate2.Translator(
                str(self._model.folder),
                device=settings.device,
                compute_type=settings.compute_type,
                intra_threads=settings.threads,
                inter_threads=1,
            )
        except (RuntimeError, ValueError):
            pass
        raise TranslationUnavailable(
            f"CTranslate2 cannot load the model in {self._model.folder.name}."
        )


def ctranslate2_translators(settings: Settings) -> list[CTranslate2Translator]:
    """Make a translator for each folder of the settings, in their order.

    Raises
    ------
    ConfigurationError: a folder does not exist; also as `CTranslate2Translator`.
    """
    folders = [Path(name).expanduser() for name in settings.translation_models]
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError(f"SOTTO_TRANSLATION_MODELS: {folder.name} is no folder.")
    return [CTranslate2Translator(folder, settings) for folder in folders]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence and the white space around it; `text` is empty for white space alone."""

    before: str
    text: str
    after: str


def _split_text(text: str) -> Iterator[_Sentence]:
    for piece in split_sentences(text):
        bare = piece.strip()
        start = piece.find(bare)
        yield _Sentence(piece[:start], bare, piece[start + len(bare) :])


def _source_tokens(model: TextModel, source: str, subwords: Subwords, text: str) -> list[str]:
    """Return the tokens of a sentence in the form of the model's training data."""
    token = model.tokens.get(source)
    pieces = subwords.split(text)
    return [*([token] if token else []), *pieces, *([] if model.adds_end else [_END])]
