"""Speech translation: who translates what, settled before any audio, then phrase by phrase.

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
    """What is to be translated to what. targets: as whoever asked for them wrote them."""

    chain: TranslatorChain
    targets: tuple[str, ...]
    to_english: bool

    def options(self, options: RecognitionOptions) -> RecognitionOptions:
        """Options of a recognition that gives what this plan needs of it."""
        return replace(options, to_english=self.to_english)

    def translated(self, transcript: Transcript) -> Transcript:
        """The transcript with its phrases translated. Blocks; raises what `translate` does."""
        return replace(transcript, phrases=tuple(self.translate(transcript.phrases)))

    def translate(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Phrases with a translation to each target, in the targets' order. Blocks.

        Raises
        ------
        UnsupportedPair: a phrase is in a language that nobody can translate.
        TranslationUnavailable: see `Translator.translate`.
        """
        by_source: dict[str, list[int]] = {}
        for place, phrase in enumerate(phrases):
            by_source.setdefault(language_code(phrase.locale), []).append(place)
        written: list[list[Translation]] = [[] for _ in phrases]
        for asked in self.targets:
            for source, places in by_source.items():
                said = [phrases[place] for place in places]
                texts = self._texts(said, source, language_code(asked))
                for place, text in zip(places, texts, strict=True):
                    written[place].append(Translation(asked, text))
        return [
            replace(phrase, translations=tuple(translations))
            for phrase, translations in zip(phrases, written, strict=True)
        ]

    def _texts(self, said: Sequence[Phrase], source: str, target: str) -> list[str]:
        """Phrases of one language in another: what Whisper has heard, or text of text."""
        if source != target:
            translator = self.chain.find_for_speech(source, target)
            if isinstance(translator, WhisperTask):
                return [translation_of(phrase, ENGLISH) for phrase in said]
        return self.chain.translate([phrase.best.display for phrase in said], source, target)


def plan_speech_translation(
    chain: TranslatorChain, locales: Sequence[str], targets: Sequence[str]
) -> SpeechTranslationPlan:
    """Settle who translates, before any audio is decoded.

    Parameters
    ----------
    locales: what may be spoken; none means any language, and then only one of them must be one
        that each target can be reached from.
    targets: languages or locales.

    Raises
    ------
    UnknownLanguage: a target that is none.
    UnsupportedPair: nobody translates one of the locales to one of the targets. The message says
        what to set up.
    """
    codes = [language_code(target) for target in targets]
    sources = list(dict.fromkeys(map(language_code, locales)))
    for target in codes:
        for source in sources:
            if source != target:
                chain.find_for_speech(source, target)
        if not sources and not chain.reaches(target):
            name = find_language(target).name
            raise UnsupportedPair(f"Nothing on this server translates to {name}. {HOW_TO_SET_UP}")
    to_english = ENGLISH in codes and chain.hears_english(sources)
    return SpeechTranslationPlan(chain, tuple(targets), to_english)


def in_language(transcript: Transcript, target: str) -> Transcript:
    """The transcript as if it had been spoken in a target of its phrases: for formats of one text.

    Locales stay those of the speech, and so do times. There are no words: theirs are not known.
    """
    return replace(
        transcript, phrases=tuple(_in_language(phrase, target) for phrase in transcript.phrases)
    )


def translation_of(phrase: Phrase, target: str) -> str:
    """Text of a phrase in a target, spelled as it was asked for; empty where there is none."""
    return next((one.text for one in phrase.translations if one.target == target), "")


def _in_language(phrase: Phrase, target: str) -> Phrase:
    text = translation_of(phrase, target)
    reading = Alternative(phrase.best.confidence, text, text, text, text)
    return replace(phrase, n_best=(reading,), words=(), display_words=())
