"""Answers of Translator's routes: translations, and the JSON of both versions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from functions.api.translator.request import VERSION_3, Text, TranslationRequest
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.dynamic_dictionary import (
    mask,
    replace_with_content,
    translate_plain_text,
)
from shared.translation.languages import find_language
from shared.translation.markup import translate_html
from shared.translation.sentences import split_sentences

# Below this score the language that the client suggests is more likely than the detected one.
_MIN_DETECTION_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """Translations of one text, in the order of its targets. detected: None with a given source."""

    detected: DetectedLanguage | None
    translations: tuple[str, ...]


def translate_texts(chain: TranslatorChain, request: TranslationRequest) -> list[TranslatedText]:
    """Translate all texts; texts of one pair form a batch. Blocks.

    Raises
    ------
    UnsupportedPair: raised before any text is translated.
    TranslationUnavailable: see `Translator.translate`.
    """
    detected = _detect(chain, request.texts)
    sources = [
        text.source or (found.language if found else "")
        for text, found in zip(request.texts, detected, strict=True)
    ]
    groups: dict[tuple[str, str, bool], list[int]] = {}
    for index, (text, source) in enumerate(zip(request.texts, sources, strict=True)):
        for target in text.targets:
            pair = (source, target.language, text.is_html)
            groups.setdefault(pair, []).append(index)
    for source, target_language, _ in groups:
        if source != target_language:
            chain.find(source, target_language)
    translations: dict[tuple[int, str], str] = {}
    for (source, target_language, is_html), indices in groups.items():
        texts = [request.texts[index].text for index in indices]
        translated = _translate(chain, texts, (source, target_language), is_html=is_html)
        translations |= {
            (index, target_language): text for index, text in zip(indices, translated, strict=True)
        }
    return [
        TranslatedText(
            found, tuple(translations[index, target.language] for target in text.targets)
        )
        for index, (text, found) in enumerate(zip(request.texts, detected, strict=True))
    ]


def version_3_answer(
    request: TranslationRequest, translated: Sequence[TranslatedText]
) -> list[dict[str, Any]]:
    """JSON array of version 3.0."""
    answer = []
    for text, result in zip(request.texts, translated, strict=True):
        translations = []
        for target, translated_text in zip(text.targets, result.translations, strict=True):
            translation: dict[str, Any] = {"text": translated_text, "to": target.client_code}
            if request.with_lengths:
                translation["sentLen"] = {
                    "srcSentLen": _sentence_lengths(mask(text.text)),
                    "transSentLen": _sentence_lengths(translated_text),
                }
            translations.append(translation)
        answer.append(_detection(result.detected) | {"translations": translations})
    return answer


def later_answer(
    request: TranslationRequest, translated: Sequence[TranslatedText]
) -> dict[str, Any]:
    """JSON object of versions after 3.0."""
    return {
        "value": [
            _detection(result.detected)
            | {
                "translations": [
                    {
                        "language": target.client_code,
                        "text": translated_text,
                        "sourceCharacters": len(text.text),
                    }
                    for target, translated_text in zip(
                        text.targets, result.translations, strict=True
                    )
                ]
            }
            for text, result in zip(request.texts, translated, strict=True)
        ]
    }


def detected_languages(chain: TranslatorChain, texts: Sequence[str]) -> list[dict[str, Any]]:
    """JSON array of `/detect`. Blocks."""
    translated = chain.languages()
    return [
        {
            "language": found.language,
            "score": found.score,
            "isTranslationSupported": found.language in translated,
            "isTransliterationSupported": False,
        }
        for found in chain.detect(texts)
    ]


def sentence_boundaries(
    chain: TranslatorChain, texts: Sequence[str], language: str | None
) -> list[dict[str, Any]]:
    """JSON array of `/breaksentence`. Blocks.

    language: of all texts; None: detected, though the ends of sentences do not depend on it.
    """
    detected = chain.detect(texts) if language is None else [None] * len(texts)
    return [
        _detection(found) | {"sentLen": _sentence_lengths(text)}
        for text, found in zip(texts, detected, strict=True)
    ]


def supported_languages(
    chain: TranslatorChain, version: str, scopes: Collection[str]
) -> dict[str, Any]:
    """JSON object of `/languages`; scripts and dictionaries are always empty."""
    is_later = version != VERSION_3
    listed: dict[str, Any] = {}
    if "translation" in scopes:
        listed["translation"] = {
            language.code: {
                "name": language.name,
                "nativeName": language.native_name,
                "dir": "rtl" if language.is_right_to_left else "ltr",
                **({"models": ["general"]} if is_later else {}),
            }
            for language in map(find_language, sorted(chain.languages()))
        }
    if "transliteration" in scopes:
        listed["transliteration"] = {}
    if "dictionary" in scopes and not is_later:
        listed["dictionary"] = {}
    if is_later:
        listed["models"] = ["general"]
    return listed


def _detect(chain: TranslatorChain, texts: Sequence[Text]) -> list[DetectedLanguage | None]:
    unknown = [index for index, text in enumerate(texts) if text.source is None]
    detected: list[DetectedLanguage | None] = [None] * len(texts)
    if unknown:
        found = chain.detect([replace_with_content(texts[index].text) for index in unknown])
        for index, language in zip(unknown, found, strict=True):
            suggested = texts[index].suggested_source
            if suggested is not None and language.score < _MIN_DETECTION_SCORE:
                language = DetectedLanguage(suggested, language.score)  # noqa: PLW2901
            detected[index] = language
    return detected


def _translate(
    chain: TranslatorChain, texts: Sequence[str], pair: tuple[str, str], *, is_html: bool
) -> list[str]:
    translate = translate_html if is_html else translate_plain_text
    return translate(texts, lambda pieces: chain.translate(pieces, *pair))


def _sentence_lengths(text: str) -> list[int]:
    return list(map(len, split_sentences(text)))


def _detection(found: DetectedLanguage | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {"detectedLanguage": {"language": found.language, "score": found.score}}
