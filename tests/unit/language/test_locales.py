"""The table of locales and languages."""

import pytest

from shared.errors import UnsupportedLocale
from shared.language.locales import (
    default_locale,
    find_locale,
    language_in_model,
    language_of,
    supported_locales,
)


@pytest.mark.parametrize(
    ("written", "locale"),
    [
        ("en-US", "en-US"),
        ("EN-us", "en-US"),
        ("pt_br", "pt-BR"),
        (" de-AT ", "de-AT"),
        ("en", "en-US"),
        ("zh", "zh-CN"),
        ("ZH-cn-SICHUAN", "zh-CN-sichuan"),
        ("nb", "nb-NO"),
        ("no", "nb-NO"),
        ("fil", "fil-PH"),
        ("iw", "he-IL"),
        ("cmn", "zh-CN"),
        ("yi", "yi-001"),
    ],
)
def test_a_locale_is_found_however_it_is_written(written, locale):
    assert find_locale(written) == locale


@pytest.mark.parametrize("unknown", ["", "xx-XX", "english", "en-US-x-private", "de-FR"])
def test_an_unknown_locale_is_refused(unknown):
    with pytest.raises(UnsupportedLocale):
        find_locale(unknown)


def test_a_refusal_quotes_little():
    with pytest.raises(UnsupportedLocale) as refused:
        find_locale("a whole sentence that somebody has said")
    assert str(refused.value) == "The locale a whole sentence tha is not supported."


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-GB", "en"),
        ("fil-PH", "tl"),
        ("jv-ID", "jw"),
        ("nb-NO", "no"),
        ("zh-HK", "yue"),
        ("zh-TW", "zh"),
        ("wuu-CN", "zh"),
    ],
)
def test_a_locale_has_the_models_code_of_its_language(locale, language):
    assert language_of(locale) == language


@pytest.mark.parametrize("locale", supported_locales())
def test_every_locale_finds_itself_and_its_language_finds_a_locale_of_it(locale):
    assert find_locale(locale.lower()) == locale
    assert language_of(default_locale(language_of(locale))) == language_of(locale)


def test_locales_are_sorted_and_distinct():
    locales = supported_locales()
    assert list(locales) == sorted(set(locales))


@pytest.mark.parametrize(
    ("locale", "languages", "language"),
    [
        ("zh-HK", {"zh", "yue"}, "yue"),
        ("zh-HK", {"zh", "en"}, "zh"),
        ("yue-CN", {"zh", "en"}, "zh"),
        ("zh-TW", {"zh", "yue"}, "zh"),
        ("de-AT", {"zh"}, "de"),
    ],
)
def test_a_model_without_cantonese_recognises_it_as_chinese(locale, languages, language):
    assert language_in_model(locale, languages) == language
