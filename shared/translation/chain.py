"""The translators of one process, the preferred first: the first that can do a pair does it."""

from collections.abc import Callable, Sequence

from shared.errors import UnsupportedPair
from shared.translation.detection import DetectedLanguage, detect_languages
from shared.translation.languages import find_language
from shared.translation.translator import Translator
from shared.translation.whisper_task import ENGLISH, WhisperTask

Detector = Callable[[Sequence[str], frozenset[str]], list[DetectedLanguage]]

HOW_TO_SET_UP = (
    "Install the Apertium package of the pair, name a CTranslate2 model in "
    "SOTTO_TRANSLATION_MODELS, or a cloud service in SOTTO_TRANSLATORS."
)


class TranslatorChain:
    """Translates with whoever comes first. Methods may be called from any thread.

    detect: tells the languages of texts; the languages that can be translated are the likelier.
    """

    def __init__(
        self,
        translators: Sequence[Translator | WhisperTask],
        detect: Detector = detect_languages,
    ) -> None:
        self._translators = tuple(translators)
        self._of_text = tuple(one for one in self._translators if not isinstance(one, WhisperTask))
        self._detect = detect

    def languages(self) -> frozenset[str]:
        """Languages of text that are translated from or to."""
        return frozenset[str]().union(*(one.languages() for one in self._of_text))

    def find(self, source: str, target: str) -> Translator:
        """Whoever translates text of this pair.

        Raises
        ------
        UnsupportedPair: nobody does. The message says what to set up.
        """
        for translator in self._of_text:
            if translator.can_translate(source, target):
                return translator
        raise _unsupported(source, target)

    def find_for_speech(self, source: str, target: str) -> Translator | WhisperTask:
        """Whoever translates speech: `find`, with Whisper's own task at its place among them.

        Raises
        ------
        UnsupportedPair: nobody does. The message says what to set up.
        """
        translator = self._first(source, target)
        if translator is None:
            raise _unsupported(source, target)
        return translator

    def hears_english(self, sources: Sequence[str]) -> bool:
        """Whether Whisper's own task comes first for one of these languages; none means any."""
        asked = sources or WhisperTask.languages
        return any(isinstance(self._first(source, ENGLISH), WhisperTask) for source in asked)

    def reaches(self, target: str) -> bool:
        """Whether speech of any language at all is translated to a target."""
        sources = self.languages() | WhisperTask.languages
        return any(self._first(source, target) is not None for source in sources)

    def _first(self, source: str, target: str) -> Translator | WhisperTask | None:
        able = (one for one in self._translators if one.can_translate(source, target))
        return next(able, None)

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translations in the order of the texts; a blank text stays as it is. Blocks.

        Raises
        ------
        UnsupportedPair: nobody does this pair.
        TranslationUnavailable: who does it failed or is not reached.
        """
        if source == target:
            return list(texts)
        translator = self.find(source, target)
        translated = list(texts)
        places = [place for place, text in enumerate(texts) if text.strip()]
        if places:
            written = translator.translate([texts[place] for place in places], source, target)
            for place, text in zip(places, written, strict=True):
                translated[place] = text
        return translated

    def detect(self, texts: Sequence[str]) -> list[DetectedLanguage]:
        """Language of each text. Blocks; the first call loads the detector, 0.3 s."""
        return self._detect(texts, self.languages())


def _unsupported(source: str, target: str) -> UnsupportedPair:
    names = f"from {find_language(source).name} to {find_language(target).name}"
    return UnsupportedPair(f"Nothing on this server translates {names}. {HOW_TO_SET_UP}")
