"""Locales of the contracts (`en-US`) and languages of the model (`en`).

This is the only table of both. The first locale of a language is the default where only the
language is known. Locales as in Azure AI Speech's language support page; languages as in Whisper's
tokenizer.
"""

from collections.abc import Collection

from shared.errors import UnsupportedLocale

_LOCALES_BY_LANGUAGE = {
    "af": "af-ZA", "am": "am-ET",
    "ar": "ar-SA ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-PS "
          "ar-QA ar-SY ar-TN ar-YE",
    "as": "as-IN", "az": "az-AZ", "ba": "ba-RU", "be": "be-BY", "bg": "bg-BG", "bn": "bn-IN bn-BD",
    "bo": "bo-CN", "br": "br-FR", "bs": "bs-BA", "ca": "ca-ES", "cs": "cs-CZ", "cy": "cy-GB",
    "da": "da-DK", "de": "de-DE de-AT de-CH", "el": "el-GR",
    "en": "en-US en-GB en-AU en-CA en-GH en-HK en-IE en-IN en-KE en-NG en-NZ en-PH en-SG en-TZ "
          "en-ZA",
    "es": "es-ES es-MX es-AR es-BO es-CL es-CO es-CR es-CU es-DO es-EC es-GQ es-GT es-HN es-NI "
          "es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE",
    "et": "et-EE", "eu": "eu-ES", "fa": "fa-IR", "fi": "fi-FI", "fo": "fo-FO",
    "fr": "fr-FR fr-BE fr-CA fr-CH", "gl": "gl-ES", "gu": "gu-IN", "ha": "ha-NG", "haw": "haw-US",
    "he": "he-IL", "hi": "hi-IN", "hr": "hr-HR", "ht": "ht-HT", "hu": "hu-HU", "hy": "hy-AM",
    "id": "id-ID", "is": "is-IS", "it": "it-IT it-CH", "ja": "ja-JP", "jw": "jv-ID", "ka": "ka-GE",
    "kk": "kk-KZ", "km": "km-KH", "kn": "kn-IN", "ko": "ko-KR", "la": "la-VA", "lb": "lb-LU",
    "ln": "ln-CD", "lo": "lo-LA", "lt": "lt-LT", "lv": "lv-LV", "mg": "mg-MG", "mi": "mi-NZ",
    "mk": "mk-MK", "ml": "ml-IN", "mn": "mn-MN", "mr": "mr-IN", "ms": "ms-MY", "mt": "mt-MT",
    "my": "my-MM", "ne": "ne-NP", "nl": "nl-NL nl-BE", "nn": "nn-NO", "no": "nb-NO", "oc": "oc-FR",
    "pa": "pa-IN", "pl": "pl-PL", "ps": "ps-AF", "pt": "pt-BR pt-PT", "ro": "ro-RO", "ru": "ru-RU",
    "sa": "sa-IN", "sd": "sd-PK", "si": "si-LK", "sk": "sk-SK", "sl": "sl-SI", "sn": "sn-ZW",
    "so": "so-SO", "sq": "sq-AL", "sr": "sr-RS", "su": "su-ID", "sv": "sv-SE", "sw": "sw-KE sw-TZ",
    "ta": "ta-IN", "te": "te-IN", "tg": "tg-TJ", "th": "th-TH", "tk": "tk-TM", "tl": "fil-PH",
    "tr": "tr-TR", "tt": "tt-RU", "uk": "uk-UA", "ur": "ur-IN ur-PK", "uz": "uz-UZ", "vi": "vi-VN",
    "yi": "yi-001", "yo": "yo-NG", "yue": "yue-CN zh-HK",
    "zh": "zh-CN zh-TW zh-CN-shandong zh-CN-sichuan wuu-CN",
}  # fmt: skip

_LANGUAGE_BY_LOCALE = {
    locale.lower(): (locale, language)
    for language, locales in _LOCALES_BY_LANGUAGE.items()
    for locale in locales.split()
}

# Other codes of languages in the table.
_ALIASES = {"nb": "no", "fil": "tl", "jv": "jw", "iw": "he", "in": "id", "cmn": "zh"}


def supported_locales() -> tuple[str, ...]:
    """Return every locale of the table, sorted."""
    return tuple(sorted(locale for locale, _ in _LANGUAGE_BY_LOCALE.values()))


def find_locale(text: str) -> str:
    """Return the canonical spelling of a locale; for a language, its first locale.

    Case-insensitive; `_` counts as `-`.

    Raises
    ------
    UnsupportedLocale: the table has no such locale. The message quotes at most 20 characters.
    """
    wanted = text.strip().lower().replace("_", "-")
    if wanted in _LANGUAGE_BY_LOCALE:
        return _LANGUAGE_BY_LOCALE[wanted][0]
    language = _ALIASES.get(wanted, wanted)
    if language in _LOCALES_BY_LANGUAGE:
        return default_locale(language)
    raise UnsupportedLocale(f"The locale {text[:20]} is not supported.")


def language_of(locale: str) -> str:
    """Return the model's language of a canonical locale (`pt-BR` -> `pt`)."""
    return _LANGUAGE_BY_LOCALE[locale.lower()][1]


def language_in_model(locale: str, languages: Collection[str]) -> str:
    """Return the language in which a model of these languages recognises a canonical locale.

    Cantonese came with large-v3; models before were trained on it as Chinese.
    """
    language = language_of(locale)
    return "zh" if language == "yue" and "yue" not in languages else language


def default_locale(language: str) -> str:
    """Return the first locale of a language (`pt` -> `pt-BR`)."""
    return _LOCALES_BY_LANGUAGE[language].split(maxsplit=1)[0]
