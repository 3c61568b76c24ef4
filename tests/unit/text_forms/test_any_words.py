"""Properties that hold for whatever words a transcriber hands over."""

import unicodedata

import pytest
from growth import grows_too_fast
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.language.locales import supported_locales
from shared.text_forms import text_forms, written_tokens
from shared.text_forms.pieces import split_words
from shared.text_forms.profanity import ProfanityMode

LANGUAGES = st.sampled_from(
    split_words("en en-GB es fr de it pt nl sv ru tr ja zh th ar hi ko sw haw xx")
)
WRITTEN = st.from_regex(r"[$€£+\-#@(]?[0-9]{0,6}[.,:/\-°½]?[0-9]{0,4}[a-z%€]{0,3}", fullmatch=True)
SPOKEN = st.sampled_from(
    split_words(
        "one two ten twenty hundred thousand million and point percent dollars pm p m at a oh "
        "minus double dot com half twenty-five first may May June , — no No. Dr. $5 2020 1/2 to "
        "from 2000 8 3.30 3:30 6.45pm 2.0.1 9-5.30pm eighties flight version las alle um tres dos "
        "mil y punto fünfzehn Uhr dreißig Punkt heures quinze e trenta två punkt"
    )
)
WORDS = st.lists(st.one_of(SPOKEN, WRITTEN, st.text(max_size=12)), max_size=12)
MODES = st.sampled_from(list(ProfanityMode))


@pytest.mark.parametrize("words", ["com dot", "it is org dot", "com com dot dot"])
def test_half_an_address_is_left_as_spoken(words):
    """Once a rewrite that moved nothing on was found here again and again, without end."""
    assert text_forms(words.split(), "en-US", ProfanityMode.RAW).lexical == words


@given(WORDS, LANGUAGES, MODES)
@settings(max_examples=400)
def test_no_words_raise_and_tokens_cover_each_word_once(words, language, mode):
    tokens = text_forms(words, language, mode).tokens
    assert [(token.first, token.last) for token in tokens] == list(
        zip(
            [0, *(token.last for token in tokens)][: len(tokens)],
            (token.last for token in tokens),
            strict=True,
        )
    )
    assert (tokens[-1].last if tokens else 0) == len(words)
    assert all(token.first < token.last for token in tokens)


@given(WORDS, LANGUAGES)
@settings(max_examples=200)
def test_the_lexical_form_is_in_lower_case(words, language):
    lexical = text_forms(words, language, ProfanityMode.MASKED).lexical
    assert lexical == lexical.lower()


LOCALES = supported_locales()
NUMBERS = st.one_of(
    WRITTEN,
    st.from_regex(
        r"v?[0-9]{1,4}(?:[.,:/\-][0-9]{1,4}){1,4}[a-z%\u00b0\u00b2]{0,2}", fullmatch=True
    ),
    st.text(st.characters(categories=["Nd", "No", "Ll"]), min_size=1, max_size=6),
)


def has_digit(text):
    return any(
        character.isdigit() or unicodedata.category(character) in {"Nd", "No"} for character in text
    )


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.sampled_from(LOCALES))
@settings(max_examples=300, deadline=None)
def test_no_lexical_form_has_a_digit_in_any_locale(words, locale):
    forms = text_forms(words, locale, ProfanityMode.RAW)
    assert not has_digit(forms.lexical)
    assert not any(has_digit(word) for token in forms.tokens for word in token.lexical)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_number_has_a_spoken_form_in_every_locale(locale):
    for written in ["0", "7", "25", "2008", "12345678", "3.14", "3,14", "2.0.1", "15:30", "5%"]:
        forms = text_forms([written], locale, ProfanityMode.RAW)
        assert forms.lexical, written
        assert not has_digit(forms.lexical), written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("es", "999999999999999\u00ba"),  # num2words recurses without end
        ("am", "12345678"),  # num2words never ends
        ("kn", "1000000000000"),
        ("km", "1000000000000"),
        ("cs", "101."),
    ],
)
def test_a_number_that_a_grammar_does_not_know_is_read_digit_by_digit(language, written):
    lexical = text_forms([written], language, ProfanityMode.RAW).lexical
    assert lexical
    assert not has_digit(lexical)


@given(
    st.lists(st.text(st.characters(categories=["L", "P"]), min_size=1, max_size=8), max_size=10),
    st.sampled_from(split_words("es fr de ru tr ar hi ko sw")),
)
@settings(max_examples=200)
def test_raw_display_without_numbers_is_the_recognised_text(words, language):
    found = text_forms(words, language, ProfanityMode.RAW)
    tokens = written_tokens(words, language)
    if all(token.last - token.first == 1 for token in tokens):
        assert found.display == " ".join(words)


@pytest.mark.parametrize("count", [1, 15, 16, 40, 400, 5000])
def test_very_long_numbers_are_read_digit_by_digit(count):
    for language in ("en", "de", "zh", "ja", "sw"):
        assert text_forms(["9" * count], language, ProfanityMode.RAW).lexical


@pytest.mark.parametrize(
    ("language", "repeated"),
    [
        ("en", "one point"),
        ("en", "2.0 point 1 dot"),
        ("en", "2000 and"),
        ("en", "3 30 a"),
        ("en", "from 3.30 to"),
        ("en", "double"),
        ("es", "dos mil y ocho mil"),
        ("es", "las tres y"),
        ("de", "zwei Punkt"),
    ],
)
def test_the_forms_of_repeated_number_words_take_time_in_proportion(language, repeated):
    """`double` was followed through all its repetitions, up to the limit of recursion."""
    few, many = ((repeated.split() * n)[:n] for n in (500, 2000))
    assert not grows_too_fast(
        lambda: text_forms(few, language, ProfanityMode.RAW),
        lambda: text_forms(many, language, ProfanityMode.RAW),
    )
