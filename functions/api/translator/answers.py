"""What Translator's routes answer: texts translated, and the JSON of both versions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from functions.api.translator.request import VERSION_3, Text, TranslationRequest
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.languages import find_language
from shared.translation.markup import translate_html
from shared.translation.sentences import split_sentences

# Below this a detected language is less likely than what the client suggests.
_SURE_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """One text in its targets' order. detected: where the client gave no source."""

    detected: DetectedLanguage | None
    translations: tuple[str, ...]


def translate_texts(chain: TranslatorChain, asked: TranslationRequest) -> list[TranslatedText]:
    """Translate all texts; those of one pair go together. Blocks.

    Raises
    ------
    UnsupportedPair: before anything is translated.
    TranslationUnavailable: see `Translator.translate`.
    """
    detected = _detect(chain, asked.texts)
    sources = [
        text.source or (found.language if found else "")
        for text, found in zip(asked.texts, detected, strict=True)
    ]
    groups: dict[tuple[str, str, bool], list[int]] = {}
    for place, (text, source) in enumerate(zip(asked.texts, sources, strict=True)):
        for asked_for in text.targets:
            pair = (source, asked_for.language, text.is_html)
            groups.setdefault(pair, []).append(place)
    for source, target, _ in groups:
        if source != target:
            chain.find(source, target)
    written: dict[tuple[int, str], str] = {}
    for (source, target, is_html), places in groups.items():
        texts = [asked.texts[place].text for place in places]
        translated = _translate(chain, texts, (source, target), is_html=is_html)
        written |= {(place, target): one for place, one in zip(places, translated, strict=True)}
    return [
        TranslatedText(found, tuple(written[place, target.language] for target in text.targets))
        for place, (text, found) in enumerate(zip(asked.texts, detected, strict=True))
    ]


def version_3_answer(
    asked: TranslationRequest, translated: Sequence[TranslatedText]
) -> list[dict[str, Any]]:
    """The array of version 3.0."""
    answer = []
    for text, result in zip(asked.texts, translated, strict=True):
        translations = []
        for target, written in zip(text.targets, result.translations, strict=True):
            translation: dict[str, Any] = {"text": written, "to": target.asked}
            if asked.with_lengths:
                translation["sentLen"] = {
                    "srcSentLen": list(map(len, split_sentences(text.text))),
                    "transSentLen": list(map(len, split_sentences(written))),
                }
            translations.append(translation)
        answer.append(_detection(result) | {"translations": translations})
    return answer


def later_answer(asked: TranslationRequest, translated: Sequence[TranslatedText]) -> dict[str, Any]:
    """The object of versions after 3.0."""
    return {
        "value": [
            _detection(result)
            | {
                "translations": [
                    {
                        "language": target.asked,
                        "text": written,
                        "sourceCharacters": len(text.text),
                    }
                    for target, written in zip(text.targets, result.translations, strict=True)
                ]
            }
            for text, result in zip(asked.texts, translated, strict=True)
        ]
    }


def detected_languages(chain: TranslatorChain, texts: Sequence[str]) -> list[dict[str, Any]]:
    """The array of `/detect`. Blocks."""
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


def supported_languages(
    chain: TranslatorChain, version: str, scopes: Collection[str]
) -> dict[str, Any]:
    """The object of `/languages`; scripts and dictionaries are asked for in vain."""
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
    unknown = [place for place, text in enumerate(texts) if text.source is None]
    detected: list[DetectedLanguage | None] = [None] * len(texts)
    if unknown:
        found = chain.detect([texts[place].text for place in unknown])
        for place, language in zip(unknown, found, strict=True):
            suggested = texts[place].suggested_source
            if suggested is not None and language.score < _SURE_SCORE:
                language = DetectedLanguage(suggested, language.score)  # noqa: PLW2901
            detected[place] = language
    return detected


def _translate(
    chain: TranslatorChain, texts: Sequence[str], pair: tuple[str, str], *, is_html: bool
) -> list[str]:
    if is_html:
        return translate_html(texts, lambda pieces: chain.translate(pieces, *pair))
    return chain.translate(texts, *pair)


def _detection(result: TranslatedText) -> dict[str, Any]:
    if result.detected is None:
        return {}
    found = result.detected
    return {"detectedLanguage": {"language": found.language, "score": found.score}}
