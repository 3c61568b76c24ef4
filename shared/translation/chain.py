"""Chain of translators, the preferred first: the first that supports a pair translates it."""

from collections.abc import Callable, Sequence

from shared.errors import UnsupportedPair
from shared.translation.detection import DetectedLanguage, detect_languages
from shared.translation.languages import find_language
from shared.translation.translator import Translator
from shared.translation.whisper_task import ENGLISH, WhisperTask

Detector = Callable[[Sequence[str], frozenset[str]], list[DetectedLanguage]]

HOW_TO_SET_UP = (
    "Install the Apertium package of the pair (`apt-cache search ^apertium-` lists them), "
    "name a CTranslate2 model in SOTTO_TRANSLATION_MODELS, or a cloud service in "
    "SOTTO_TRANSLATORS."
)


class TranslatorChain:
    """Translates with the first translator of a pair. Methods may be called from any thread.

    detect: detects the language of texts; languages that can be translated have a higher prior.
    """

    def __init__(
        self,
        translators: Sequence[Translator | WhisperTask],
        detect: Detector = detect_languages,
    ) -> None:
        self._translators = tuple(translators)
        self._text_translators = tuple(
            one for one in self._translators if not isinstance(one, WhisperTask)
        )
        self._detect = detect

    def languages(self) -> frozenset[str]:
        """Return the languages of text that are translated from or to."""
        return frozenset[str]().union(*(one.languages() for one in self._text_translators))

    def find(self, source: str, target: str) -> Translator:
        """Find the translator of text for a pair.

        Raises
        ------
        UnsupportedPair: there is none. The message has how to set one up.
        """
        for translator in self._text_translators:
            if translator.can_translate(source, target):
                return translator
        raise _unsupported(source, target)

    def find_for_speech(self, source: str, target: str) -> Translator | WhisperTask:
        """Find the translator of speech: as `find`, but including Whisper's translation task.

        Raises
        ------
        UnsupportedPair: there is none. The message has how to set one up.
        """
        translator = self._find_first(source, target)
        if translator is None:
            raise _unsupported(source, target)
        return translator

    def needs_whisper_task(self, sources: Sequence[str]) -> bool:
        """Whether Whisper's task translates one of these languages to English; none means any."""
        candidates = sources or WhisperTask.languages
        return any(
            isinstance(self._find_first(source, ENGLISH), WhisperTask) for source in candidates
        )

    def can_reach(self, target: str) -> bool:
        """Whether speech of at least one language can be translated to a target."""
        sources = self.languages() | WhisperTask.languages
        return any(self._find_first(source, target) is not None for source in sources)

    def _find_first(self, source: str, target: str) -> Translator | WhisperTask | None:
        able = (one for one in self._translators if one.can_translate(source, target))
        return next(able, None)

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Return the translations in the order of the texts. Blocks.

        A text without letters and digits stays: neural models invent a sentence for a full stop.

        Raises
        ------
        UnsupportedPair: no translator has this pair.
        TranslationUnavailable: the translator failed or cannot be reached.
        """
        if source == target:
            return list(texts)
        translator = self.find(source, target)
        translated = list(texts)
        places = [place for place, text in enumerate(texts) if any(map(str.isalnum, text))]
        if places:
            written = translator.translate([texts[place] for place in places], source, target)
            for place, text in zip(places, written, strict=True):
                translated[place] = text
        return translated

    def detect(self, texts: Sequence[str]) -> list[DetectedLanguage]:
        """Detect the language of each text. Blocks; the first call loads the detector, 0.3 s."""
        return self._detect(texts, self.languages())


def _unsupported(source: str, target: str) -> UnsupportedPair:
    names = f"from {find_language(source).name} to {find_language(target).name}"
    return UnsupportedPair(f"Nothing on this server translates {names}. {HOW_TO_SET_UP}")
