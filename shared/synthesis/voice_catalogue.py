"""Voices by the names that clients send: Azure's short names, its full names, OpenAI's.

Sotto's voices have names in Azure's form (`en-US-HeartNeural`). Well-known names of Azure and
OpenAI are aliases of the nearest local voice; an unknown name selects the default voice of its
locale prefix.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.errors import UnknownVoice

FEMALE, MALE, NEUTRAL = "Female", "Male", "Neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice.

    Parameters
    ----------
    name: display name, such as `Heart`.
    engine: key of its synthesizer in `Voices.engines`.
    speaker: the engine's name of the voice.
    sample_rate: of the engine's output, Hz.
    """

    name: str
    locale: str
    gender: str
    engine: str
    speaker: str
    sample_rate: int

    @property
    def short_name(self) -> str:
        """Name in Azure's form: locale, name, kind."""
        return f"{self.locale}-{self.name}{self.kind}"

    @property
    def kind(self) -> str:
        """`Neural`, or `Standard` for formant synthesis."""
        return "Standard" if self.engine == ESPEAK else "Neural"

    @property
    def is_remote(self) -> bool:
        """Whether a remote service synthesises: its parts are streamed without levelling."""
        return self.engine == AZURE


KOKORO, PIPER, ESPEAK, AZURE = "kokoro", "piper", "espeak-ng", "azure"

# Kokoro names its voices by language and gender: `af_heart` is American and female. Its Chinese,
# Hindi and Japanese voices are left out: they need front ends that Sotto does not have.
KOKORO_LOCALES = {
    "a": "en-US", "b": "en-GB", "e": "es-ES", "f": "fr-FR", "i": "it-IT", "p": "pt-BR",
}  # fmt: skip
_KOKORO_RATE = 24_000
_ESPEAK_RATE = 22_050

# The description of a Piper voice has no gender.
PIPER_GENDERS = {"joe": MALE}

# Voices of eSpeak NG by locale. Of several locales with the same voice the first is listed.
ESPEAK_VOICES = {
    "af-ZA": "af", "am-ET": "am", "ar-SA": "ar", "az-AZ": "az", "be-BY": "be", "bg-BG": "bg",
    "bn-IN": "bn", "bs-BA": "bs", "ca-ES": "ca", "cs-CZ": "cs", "cy-GB": "cy", "da-DK": "da",
    "de-DE": "de", "el-GR": "el", "en-GB": "en-gb-x-rp", "en-US": "en-us", "es-ES": "es",
    "es-MX": "es-419", "et-EE": "et", "eu-ES": "eu", "fa-IR": "fa", "fi-FI": "fi",
    "fr-BE": "fr-be", "fr-CH": "fr-ch", "fr-FR": "fr", "gu-IN": "gu", "he-IL": "he",
    "hi-IN": "hi", "hr-HR": "hr", "hu-HU": "hu", "hy-AM": "hy", "id-ID": "id", "is-IS": "is",
    "it-IT": "it", "ka-GE": "ka", "kk-KZ": "kk", "kn-IN": "kn", "ko-KR": "ko", "lt-LT": "lt",
    "lv-LV": "lv", "mk-MK": "mk", "ml-IN": "ml", "mr-IN": "mr", "ms-MY": "ms", "mt-MT": "mt",
    "nb-NO": "nb", "ne-NP": "ne", "nl-NL": "nl", "pa-IN": "pa", "pl-PL": "pl", "pt-BR": "pt-br",
    "pt-PT": "pt", "ro-RO": "ro", "ru-RU": "ru", "si-LK": "si", "sk-SK": "sk", "sl-SI": "sl",
    "sq-AL": "sq", "sr-RS": "sr", "sv-SE": "sv", "sw-KE": "sw", "ta-IN": "ta", "te-IN": "te",
    "tr-TR": "tr", "uk-UA": "uk", "ur-PK": "ur", "uz-UZ": "uz", "vi-VN": "vi", "zh-CN": "cmn",
}  # fmt: skip

# Names of Azure and OpenAI, and the Kokoro voices that they select.
ALIASES = {
    "en-us-jennyneural": "af_heart", "en-us-avaneural": "af_heart", "en-us-arianeural": "af_bella",
    "en-us-emmaneural": "af_nicole", "en-us-saraneural": "af_sarah", "en-us-janeneural": "af_kore",
    "en-us-michelleneural": "af_nova", "en-us-ananeural": "af_sky", "en-us-guyneural": "am_michael",
    "en-us-andrewneural": "am_fenrir", "en-us-brianneural": "am_puck",
    "en-us-davisneural": "am_onyx", "en-us-ericneural": "am_eric", "en-us-tonyneural": "am_liam",
    "en-us-jasonneural": "am_echo", "en-us-christopherneural": "am_adam",
    "en-gb-sonianeural": "bf_emma", "en-gb-libbyneural": "bf_isabella",
    "en-gb-maisieneural": "bf_lily", "en-gb-ryanneural": "bm_george",
    "en-gb-thomasneural": "bm_fable", "es-es-elviraneural": "ef_dora",
    "es-es-alvaroneural": "em_alex", "es-mx-dalianeural": "ef_dora",
    "es-mx-jorgeneural": "em_alex", "fr-fr-deniseneural": "ff_siwis",
    "it-it-elsaneural": "if_sara", "it-it-isabellaneural": "if_sara",
    "it-it-diegoneural": "im_nicola", "pt-br-franciscaneural": "pf_dora",
    "pt-br-antonioneural": "pm_alex",
    "alloy": "af_alloy", "ash": "am_michael", "ballad": "bm_fable", "cedar": "am_fenrir",
    "coral": "af_bella", "echo": "am_echo", "fable": "bm_fable", "marin": "af_heart",
    "nova": "af_nova", "onyx": "am_onyx", "sage": "af_sarah", "shimmer": "af_sky",
    "verse": "am_puck",
}  # fmt: skip

_FULL_NAME = re.compile(r".*\(\s*([A-Za-z-]+)\s*,\s*(\w+)\s*\)\s*")
_LOCALE_IN_FRONT = re.compile(r"([a-z]{2,3}(?:-[a-z]{4})?-[a-z]{2})(?:-.*)?", re.IGNORECASE)


def kokoro_voice(speaker: str) -> Voice:
    """Describe one of Kokoro's voices."""
    return Voice(
        name=speaker[3:].capitalize(),
        locale=KOKORO_LOCALES[speaker[0]],
        gender=FEMALE if speaker[1] == "f" else MALE,
        engine=KOKORO,
        speaker=speaker,
        sample_rate=_KOKORO_RATE,
    )


def espeak_voices() -> Iterable[Voice]:
    """Describe eSpeak NG's voices, one per locale."""
    for locale, speaker in ESPEAK_VOICES.items():
        yield Voice(
            name="Espeak",
            locale=locale,
            gender=MALE,
            engine=ESPEAK,
            speaker=speaker,
            sample_rate=_ESPEAK_RATE,
        )


def find_voice(
    voices: Sequence[Voice],
    name: str | None,
    locale: str | None = None,
    gender: str | None = None,
) -> Voice:
    """Find the voice of a request; of several candidates the first.

    Parameters
    ----------
    voices: available voices, the preferred first.
    name: short or full name in Azure's form, OpenAI's name, or the engine's name.
    locale, gender: used where there is no name, or only the locale of the name is known.

    Raises
    ------
    UnknownVoice: no voice speaks that language. The message does not quote the name.
    """
    if name:
        wanted = _short_name(name)
        meant = ALIASES.get(wanted, wanted)
        for voice in voices:
            if {meant, wanted} & {voice.short_name.lower(), voice.speaker.lower()}:
                return voice
        if wanted in ALIASES:
            alias = kokoro_voice(meant)
            locale, gender = alias.locale, alias.gender
        if in_front := _LOCALE_IN_FRONT.fullmatch(wanted):
            locale = in_front[1]
        elif wanted not in ALIASES:
            raise UnknownVoice("There is no voice of that name here.")
    if locale is None:
        raise UnknownVoice("Neither the name nor the locale of a voice is given.")
    return default_voice(voices, locale, gender)


def default_voice(voices: Sequence[Voice], locale: str, gender: str | None = None) -> Voice:
    """Choose a voice by locale, else by language; gender decides within one engine.

    Raises
    ------
    UnknownVoice: no voice speaks that language.
    """
    locale = locale.lower().replace("_", "-")
    language = locale.partition("-")[0]
    fitting = [voice for voice in voices if voice.locale.lower() == locale]
    same_language = [voice for voice in voices if voice.locale.lower().split("-")[0] == language]
    # A neural voice of another country is better than formant synthesis.
    fitting += same_language
    if not fitting:
        raise UnknownVoice("No voice here speaks that language.")
    best = min(fitting, key=lambda voice: voice.engine == ESPEAK)
    alike = [
        voice for voice in fitting if voice.engine == best.engine and voice.locale == best.locale
    ]
    wanted = (gender or "").lower()
    return next((voice for voice in alike if voice.gender.lower() == wanted), best)


def _short_name(name: str) -> str:
    """Return the short name, lower case, also of `Microsoft Server … (en-US, JennyNeural)`."""
    full = _FULL_NAME.fullmatch(name)
    short = f"{full[1]}-{full[2]}" if full else name
    return short.strip().lower()
