"""Codes of languages as people, locales and translators write them."""

import pytest

from shared.errors import UnknownLanguage
from shared.language.locales import language_of, supported_locales
from shared.translation.languages import all_languages, find_language, language_code

CODES = [
    ("en", "en"), ("EN", "en"), ("en-US", "en"), ("de_AT", "de"), (" es ", "es"),
    ("pt", "pt"), ("pt-BR", "pt"), ("PT-pt", "pt-pt"), ("fr-CA", "fr-ca"), ("fr-BE", "fr"),
    ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-hant", "zh-Hant"), ("zh-TW", "zh-Hant"),
    ("zh-CN-sichuan", "zh-Hans"), ("yue-CN", "yue"), ("nb-NO", "nb"), ("no", "nb"),
    ("sr", "sr-Cyrl"), ("sr-latn-RS", "sr-Latn"), ("fil-PH", "fil"), ("jv-ID", "jv"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "code"), CODES)
def test_a_code_or_a_locale_stands_for_a_language(written, code):
    assert language_code(written) == code


@pytest.mark.parametrize("written", ["", "xx", "klingon-the-language-of-a-people", "x-klingon"])
def test_an_unknown_language_is_refused_in_few_words(written):
    with pytest.raises(UnknownLanguage) as refused:
        find_language(written)
    assert str(refused.value) == f"The language {written[:20]} is not supported."


def test_every_language_of_recognition_has_a_language_of_text():
    """But for Hawaiian and Latin, which no translator has."""
    missing = set()
    for locale in supported_locales():
        try:
            find_language(locale)
        except UnknownLanguage:
            missing.add(language_of(locale))
    assert missing == {"haw", "la"}


def test_codes_of_other_tables_are_well_formed():
    for language in all_languages():
        assert len(language.iso639_3) == 3
        code, _, script = language.flores.partition("_")
        assert (len(code), len(script)) == (3, 4)


def test_direction_follows_the_script():
    assert {one.code for one in all_languages() if one.is_right_to_left} == {
        "ar", "fa", "he", "ps", "sd", "ur", "yi",
    }  # fmt: skip
