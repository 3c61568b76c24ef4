"""The voice list in Azure's form, and in that of voice pickers.

Source: rest-text-to-speech, "Get a list of voices". Its numbers are strings. OpenAI has no list;
Open WebUI reads `id` and `name` of each of `voices`.
"""

from collections.abc import Sequence
from typing import Any

from shared.synthesis.voice_catalogue import Voice

_LANGUAGES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ka": "Georgian", "kk": "Kazakh", "kn": "Kannada", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi", "ms": "Malay",
    "mt": "Maltese", "nb": "Norwegian Bokmål", "ne": "Nepali", "nl": "Dutch", "pa": "Punjabi",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "si": "Sinhala",
    "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_REGIONS = {
    "BE": "Belgium", "BR": "Brazil", "CH": "Switzerland", "CN": "Mainland China", "ES": "Spain",
    "FR": "France", "GB": "United Kingdom", "MX": "Mexico", "PT": "Portugal",
    "US": "United States",
}  # fmt: skip


def azure_voice_list(voices: Sequence[Voice]) -> list[dict[str, Any]]:
    """Return the JSON array of `voices/list`."""
    return [_entry(voice) for voice in voices]


def openai_voice_list(voices: Sequence[Voice]) -> dict[str, Any]:
    """Return the JSON object of `/v1/audio/voices`; `id` is what `voice` takes."""
    return {
        "voices": [
            {
                "id": voice.short_name,
                "name": f"{voice.name} ({_locale_name(voice.locale)})",
                "language": voice.locale,
                "gender": voice.gender,
            }
            for voice in voices
        ]
    }


def _entry(voice: Voice) -> dict[str, Any]:
    service_name = f"{voice.name}{voice.kind}"
    return {
        "Name": f"Microsoft Server Speech Text to Speech Voice ({voice.locale}, {service_name})",
        "DisplayName": voice.name,
        "LocalName": voice.name,
        "ShortName": voice.short_name,
        "Gender": voice.gender,
        "Locale": voice.locale,
        "LocaleName": _locale_name(voice.locale),
        "SampleRateHertz": str(voice.sample_rate),
        "VoiceType": voice.kind,
        "Status": "GA",
    }


def _locale_name(locale: str) -> str:
    language, _, region = locale.partition("-")
    name = _LANGUAGES.get(language, language)
    return f"{name} ({_REGIONS.get(region, region)})" if region else name
