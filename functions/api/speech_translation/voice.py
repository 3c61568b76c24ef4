"""Translations as speech: voices found before any audio is recognised, texts spoken afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.api.speech_translation.definition import SpokenTranslation
from shared.errors import UnknownVoice, UnsupportedLocale
from shared.formats.speech_translation import translated_text
from shared.language.locales import find_locale
from shared.synthesis.encoded import encoded_speech
from shared.synthesis.output_formats import OutputFormat, find_output_format
from shared.synthesis.speaker import Speaker
from shared.synthesis.ssml import Manner, Passage
from shared.synthesis.synthesizer import Span
from shared.synthesis.voices import find_voice
from shared.transcript import Transcript

# Where a locale is not the language's first or its code is not in the table of locales.
_LOCALES = {
    "zh-hans": "zh-CN", "zh-hant": "zh-TW", "sr-cyrl": "sr-RS", "sr-latn": "sr-RS",
    "mn-cyrl": "mn-MN",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TranslatedSpeech:
    """What all phrases are in one target, spoken."""

    target: str
    voice: str
    media_type: str
    audio: bytes


class TranslationVoices:
    """A voice for each target.

    Raises
    ------
    UnsupportedOutput: the output format can not be encoded here.
    UnknownVoice: nothing speaks one of the targets.
    SynthesisUnavailable: nothing speaks at all. The message says what to set up.
    """

    def __init__(self, speaker: Speaker, targets: Sequence[str], asked: SpokenTranslation) -> None:
        self._speaker = speaker
        self._output: OutputFormat = find_output_format(asked.output_format)
        self._manners = {}
        self._names = {}
        for target in targets:
            locale = _locale_of(target)
            name = (asked.voices or {}).get(target)
            voice = find_voice(speaker.voices(), name, locale)
            self._manners[target] = Manner(
                voice=voice.short_name, voice_locale=locale, language=locale
            )
            self._names[target] = voice.short_name

    def speak(self, transcript: Transcript, target: str) -> TranslatedSpeech:
        """Speak all of a transcript in a target; at most ten minutes of it. Blocks."""
        spans = (Span(translated_text(transcript.phrases, target)),)
        lines = self._speaker.cast((Passage(spans, self._manners[target]),))
        audio = b"".join(encoded_speech(self._speaker, lines, self._output.encoding))
        return TranslatedSpeech(target, self._names[target], self._output.media_type, audio)


def _locale_of(target: str) -> str:
    """Locale that a target is spoken in."""
    try:
        return find_locale(_LOCALES.get(target.lower(), target))
    except UnsupportedLocale:
        pass
    raise UnknownVoice("No voice here speaks one of the targets.")
