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


class WhisperTask:
    """What the configured Whisper model can translate."""

    name = WHISPER

    def __init__(self, settings: Settings) -> None:
        model = settings.model.lower()
        is_able = not model.endswith(".en") and not any(part in model for part in _TRANSCRIBERS)
        self._sources = (
            frozenset(map(language_code, filter(_is_named, supported_locales())))
            if is_able
            else frozenset()
        )

    def can_translate(self, source: str, target: str) -> bool:
        """Whether it turns speech of this language into that text; the text can only be English."""
        return target == ENGLISH and source in self._sources


def _is_named(locale: str) -> bool:
    """Hawaiian and Latin are languages of Whisper's that no translator of text has."""
    return language_of(locale) not in {"haw", "la"}
