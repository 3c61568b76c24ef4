"""Speech synthesis of translations: voices are found before recognition, texts spoken after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.api.speech_translation.definition import SpokenTranslation
from shared.errors import UnknownVoice, UnsupportedLocale
from shared.formats.speech_translation import translated_text
from shared.language.locales import find_locale
from shared.synthesis.encoded import encode_whole_speech
from shared.synthesis.output_formats import OutputFormat, find_output_format
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import Passage, VoiceStyle
from shared.synthesis.synthesizer import Span
from shared.synthesis.voice_catalogue import find_voice
from shared.transcript import Phrase

# Languages whose code is not in the table of locales, or whose first locale is not the right one.
_LOCALES = {
    "zh-hans": "zh-CN", "zh-hant": "zh-TW", "sr-cyrl": "sr-RS", "sr-latn": "sr-RS",
    "mn-cyrl": "mn-MN",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TranslatedSpeech:
    """Synthesised translation of all phrases to one target."""

    target: str
    voice: str
    media_type: str
    audio: bytes


class TranslationVoices:
    """A voice for each target.

    Raises
    ------
    UnsupportedOutput: this server cannot encode the output format.
    UnknownVoice: there is no voice for one of the targets.
    SynthesisUnavailable: there is no voice at all. The message says what to set up.
    """

    def __init__(
        self, synthesis: SpeechSynthesis, targets: Sequence[str], options: SpokenTranslation
    ) -> None:
        self._synthesis = synthesis
        self._output: OutputFormat = find_output_format(options.output_format)
        self._styles = {}
        self._names = {}
        for target in targets:
            locale = _locale_of(target)
            name = (options.voices or {}).get(target)
            voice = find_voice(synthesis.voices(), name, locale)
            self._styles[target] = VoiceStyle(
                voice=voice.short_name, voice_locale=locale, language=locale
            )
            self._names[target] = voice.short_name

    @property
    def targets(self) -> tuple[str, ...]:
        """Targets, in the order of the request."""
        return tuple(self._styles)

    def speak(self, phrases: Sequence[Phrase], target: str) -> TranslatedSpeech:
        """Synthesise the translation of phrases, at most ten minutes of speech. Blocks."""
        spans = (Span(translated_text(phrases, target)),)
        lines = self._synthesis.assign_voices((Passage(spans, self._styles[target]),))
        audio = encode_whole_speech(self._synthesis, lines, self._output.encoding)
        return TranslatedSpeech(target, self._names[target], self._output.media_type, audio)


def _locale_of(target: str) -> str:
    """Locale of the voice for a target."""
    try:
        return find_locale(_LOCALES.get(target.lower(), target))
    except UnsupportedLocale:
        pass
    raise UnknownVoice("No voice here speaks one of the targets.")
