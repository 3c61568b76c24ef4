"""Whisper's own translation: speech in any of its languages to English text.

It stands in the chain among the translators of text, but hears: `shared/recognition` does the
work, on the encoder output that was decoded to the words.
"""

from shared.language.locales import language_of, supported_locales
from shared.settings import Settings
from shared.translation.languages import language_code

WHISPER = "whisper"
ENGLISH = "en"

# Distilled to transcribe alone: asked to translate, they write the language that they hear.
_TRANSCRIBERS = ("turbo", "distil")


# Languages of Whisper's that no translator of text has.
_UNNAMED = frozenset({"haw", "la"})


class WhisperTask:
    """What the configured Whisper model can translate."""

    name = WHISPER
    languages = frozenset(
        language_code(locale)
        for locale in supported_locales()
        if language_of(locale) not in _UNNAMED
    )
    """Every language of speech that is known; a model of English alone translates none."""

    def __init__(self, settings: Settings) -> None:
        model = settings.model.lower()
        self._is_able = not model.endswith(".en") and not any(
            part in model for part in _TRANSCRIBERS
        )

    def can_translate(self, source: str, target: str) -> bool:
        """Whether it turns speech of this language into that text; the text can only be English."""
        return self._is_able and target == ENGLISH != source and source in self.languages
