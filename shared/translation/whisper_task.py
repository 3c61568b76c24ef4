"""Whisper's translation task: speech in any of its languages to English text.

It is in the chain among the translators of text, but its input is speech: `shared/recognition`
decodes the translation from the encoder output of the transcription.
"""

from shared.language.locales import language_of, supported_locales
from shared.settings import Settings
from shared.translation.languages import language_code

WHISPER = "whisper"
ENGLISH = "en"

# Models distilled for transcription only: their translation is in the language of the speech.
_TRANSCRIPTION_ONLY = ("turbo", "distil")


# Languages of Whisper that no translator of text has.
_UNNAMED = frozenset({"haw", "la"})


class WhisperTask:
    """Translation task of the configured Whisper model."""

    name = WHISPER
    languages = frozenset(
        language_code(locale)
        for locale in supported_locales()
        if language_of(locale) not in _UNNAMED
    )
    """Languages of speech; an English-only model translates none of them."""

    def __init__(self, settings: Settings) -> None:
        model = settings.model.lower()
        self._is_able = not model.endswith(".en") and not any(
            part in model for part in _TRANSCRIPTION_ONLY
        )

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the model translates speech of the source; the target must be English."""
        return self._is_able and target == ENGLISH != source and source in self.languages
