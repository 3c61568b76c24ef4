"""Speech translation: a plan before any audio is decoded, then translation of the phrases.

locales, targets -> plan -> recognition (with Whisper's own task where it comes first)
                         -> phrases -> texts of one pair together -> phrases with translations
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.errors import UnsupportedPair
from shared.recognition.options import RecognitionOptions
from shared.transcript import Alternative, Phrase, Transcript, Translation
from shared.translation.chain import HOW_TO_SET_UP, TranslatorChain
from shared.translation.languages import find_language, language_code
from shared.translation.whisper_task import ENGLISH, WhisperTask


@dataclass(frozen=True, slots=True)
class SpeechTranslationPlan:
    """Targets and translators of one request.

    targets: languages or locales, as spelled in the request.
    to_english: recognition runs Whisper's translation task as well.
    """

    chain: TranslatorChain
    targets: tuple[str, ...]
    to_english: bool

    def options(self, options: RecognitionOptions) -> RecognitionOptions:
        """Return the options with the tasks of recognition that this plan needs."""
        return replace(options, to_english=self.to_english)

    def translated(self, transcript: Transcript) -> Transcript:
        """Return the transcript with translated phrases. Blocks; raises as `translate`."""
        return replace(transcript, phrases=tuple(self.translate(transcript.phrases)))

    def translate(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the phrases with a translation to each target, in the order of targets. Blocks.

        Raises
        ------
        UnsupportedPair: no translator has the language of a phrase.
        TranslationUnavailable: see `Translator.translate`.
        """
        by_source: dict[str, list[int]] = {}
        for place, phrase in enumerate(phrases):
            by_source.setdefault(language_code(phrase.locale), []).append(place)
        written: list[list[Translation]] = [[] for _ in phrases]
        for target in self.targets:
            for source, places in by_source.items():
                spoken = [phrases[place] for place in places]
                texts = self._translate_texts(spoken, source, language_code(target))
                for place, text in zip(places, texts, strict=True):
                    written[place].append(Translation(target, text))
        return [
            replace(phrase, translations=tuple(translations))
            for phrase, translations in zip(phrases, written, strict=True)
        ]

    def _translate_texts(self, spoken: Sequence[Phrase], source: str, target: str) -> list[str]:
        """Translate phrases of one language: by Whisper if first in the chain, else as text."""
        if source != target:
            translator = self.chain.find_for_speech(source, target)
            if isinstance(translator, WhisperTask):
                return [find_translation(phrase, ENGLISH) for phrase in spoken]
        return self.chain.translate([phrase.best.display for phrase in spoken], source, target)


def plan_speech_translation(
    chain: TranslatorChain, locales: Sequence[str], targets: Sequence[str]
) -> SpeechTranslationPlan:
    """Choose the translators of a request, before any audio is decoded.

    Parameters
    ----------
    locales: candidate locales of the speech. None means any language; then each target needs one
        translator from at least one language.
    targets: languages or locales.

    Raises
    ------
    UnknownLanguage: a target is unknown.
    UnsupportedPair: no translator has one of the locales with one of the targets. The message has
        how to set one up.
    """
    codes = [language_code(target) for target in targets]
    sources = list(dict.fromkeys(map(language_code, locales)))
    for target in codes:
        for source in sources:
            if source != target:
                chain.find_for_speech(source, target)
        if not sources and not chain.can_reach(target):
            name = find_language(target).name
            raise UnsupportedPair(f"Nothing on this server translates to {name}. {HOW_TO_SET_UP}")
    to_english = ENGLISH in codes and chain.needs_whisper_task(sources)
    return SpeechTranslationPlan(chain, tuple(targets), to_english)


def replace_with_translation(transcript: Transcript, target: str) -> Transcript:
    """Replace the text of each phrase with its translation, for formats of one text.

    Locales and times stay those of the speech. There are no words, since their times are unknown.
    """
    return replace(
        transcript, phrases=tuple(_replace_phrase(phrase, target) for phrase in transcript.phrases)
    )


def find_translation(phrase: Phrase, target: str) -> str:
    """Return the translation of a phrase to a target of the plan; empty where there is none."""
    return next((one.text for one in phrase.translations if one.target == target), "")


def _replace_phrase(phrase: Phrase, target: str) -> Phrase:
    text = find_translation(phrase, target)
    reading = Alternative(phrase.best.confidence, text, text, text, text)
    return replace(phrase, n_best=(reading,), words=(), display_words=())
