"""Parameters of pronunciation assessment, in the spellings of both wires and of users."""

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.assessment_options import (
    MAX_HEADER_CHARACTERS,
    UnusableAssessment,
    read_assessment_header,
    read_assessment_options,
)
from shared.assessment import AssessmentOptions, GradingSystem, Granularity, PhonemeAlphabet

# As the Speech SDK 1.53 sends it, and as the REST samples have it.
OF_THE_SDK = {
    "dimension": "Comprehensive",
    "enableMiscue": True,
    "referenceText": "Hello world",
    "gradingSystem": "HundredMark",
    "granularity": "Word",
    "enableProsodyAssessment": True,
    "phonemeAlphabet": "IPA",
    "nbestPhonemeCount": 5,
}
OF_REST = {
    "Dimension": "Comprehensive",
    "EnableMiscue": "True",
    "ReferenceText": "Hello world",
    "GradingSystem": "HundredMark",
    "Granularity": "Word",
    "EnableProsodyAssessment": "true",
    "PhonemeAlphabet": "IPA",
    "NBestPhonemeCount": "5",
    "ScenarioId": "4a8a1c9e-0000-0000-0000-000000000000",
}
EVERYTHING = AssessmentOptions(
    reference_text="Hello world",
    grading_system=GradingSystem.HUNDRED_MARK,
    granularity=Granularity.WORD,
    alphabet=PhonemeAlphabet.IPA,
    is_comprehensive=True,
    miscue=True,
    prosody=True,
    n_best_phonemes=5,
)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("parameters", [OF_THE_SDK, OF_REST])
def test_both_spellings_are_one_request(parameters):
    assert read_assessment_options(parameters) == EVERYTHING


def test_the_defaults_are_those_of_the_contract():
    assert read_assessment_options({}) == AssessmentOptions(
        reference_text="",
        grading_system=GradingSystem.FIVE_POINT,
        granularity=Granularity.PHONEME,
        alphabet=PhonemeAlphabet.SAPI,
        is_comprehensive=False,
        miscue=False,
        prosody=False,
        n_best_phonemes=0,
        is_continuous=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "member", "read"),
    [
        ("granularity", "fulltext", "granularity", Granularity.FULL_TEXT),
        ("GRANULARITY", " PHONEME ", "granularity", Granularity.PHONEME),
        ("gradingsystem", "hundredmark", "grading_system", GradingSystem.HUNDRED_MARK),
        ("phonemeAlphabet", "ipa", "alphabet", PhonemeAlphabet.IPA),
        ("Dimension", "comprehensive", "is_comprehensive", True),
        ("Dimension", "BASIC", "is_comprehensive", False),
        ("EnableMiscue", "False", "miscue", False),
        ("enableMiscue", True, "miscue", True),
        ("EnableProsodyAssessment", "True", "prosody", True),
        ("nBestPhonemeCount", 100, "n_best_phonemes", 100),
        ("NBestPhonemeCount", "3", "n_best_phonemes", 3),
        ("nbestphonemecount", 3.0, "n_best_phonemes", 3),
        ("referenceText", "Schöne Grüße", "reference_text", "Schöne Grüße"),
        ("referenceText", None, "reference_text", ""),
        ("granularity", None, "granularity", Granularity.PHONEME),
        ("scenarioId", 7, "reference_text", ""),
        ("nothing", {"of": "it"}, "reference_text", ""),
    ],
)
def test_names_and_values_ignore_case_and_may_be_strings(name, value, member, read):
    assert getattr(read_assessment_options({name: value}), member) == read


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("referenceText", ["Hello"], "ReferenceText of pronunciation assessment must be a string"),
        ("referenceText", 5, "ReferenceText"),
        ("gradingSystem", "TenPoint", "GradingSystem of .* must be FivePoint or HundredMark."),
        ("gradingSystem", "", "GradingSystem"),
        ("gradingSystem", 5, "GradingSystem"),
        ("granularity", "Letter", "must be Phoneme or Word or FullText"),
        ("dimension", "Full", "must be Basic or Comprehensive"),
        ("phonemeAlphabet", "X-SAMPA", "must be SAPI or IPA"),
        ("enableMiscue", "yes", "EnableMiscue of pronunciation assessment must be true or false"),
        ("enableMiscue", 1, "EnableMiscue"),
        ("enableProsodyAssessment", [], "EnableProsodyAssessment"),
        ("nbestPhonemeCount", -1, "must be a whole number from 0 to 100"),
        ("nbestPhonemeCount", 101, "NBestPhonemeCount"),
        ("nbestPhonemeCount", 2.5, "NBestPhonemeCount"),
        ("nbestPhonemeCount", "many", "NBestPhonemeCount"),
        ("nbestPhonemeCount", True, "NBestPhonemeCount"),
    ],
)  # fmt: skip
def test_other_values_are_refused_with_the_name_and_what_it_may_be(name, value, message):
    with pytest.raises(UnusableAssessment, match=message):
        read_assessment_options({name: value})


def test_a_continuous_turn_has_no_miscues():
    options = read_assessment_options(OF_THE_SDK, is_continuous=True)
    assert (options.is_continuous, options.miscue, options.prosody) == (True, False, True)


@pytest.mark.parametrize(
    "header",
    [
        encoded(json.dumps(OF_REST)),
        encoded(json.dumps(OF_REST)).rstrip("="),
        f"  {encoded(json.dumps(OF_REST))}\t",
        base64.urlsafe_b64encode(json.dumps(OF_REST).encode()).decode(),
    ],
)
def test_a_header_is_base64_with_or_without_padding_and_blanks(header):
    assert read_assessment_header(header) == EVERYTHING


@pytest.mark.parametrize("text", ["ÿþ?>", "Ünïcödé ÿÿÿ", "你好"])
def test_both_alphabets_of_base64_are_read(text):
    body = json.dumps({"ReferenceText": text}, ensure_ascii=False).encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert read_assessment_header(encode(body).decode()).reference_text == text


def test_unpadded_headers_of_every_length_are_read():
    for n_letters in range(8):
        header = encoded(json.dumps({"ReferenceText": "a" * n_letters})).rstrip("=")
        assert read_assessment_header(header).reference_text == "a" * n_letters


@pytest.mark.parametrize(
    "header",
    [
        "",
        "   ",
        "=",
        "x",
        "{}",
        json.dumps(OF_REST),
        encoded("[]"),
        encoded('"Hello"'),
        encoded("null"),
        encoded("{"),
        encoded("[" * 20_000),
        encoded('{"NBestPhonemeCount":' + "9" * 5_000 + "}"),
        encoded('{"a": 1}')[:5] + " " + encoded('{"a": 1}')[5:],
        base64.b64encode(b'{"ReferenceText":"\xff"}').decode(),
        base64.b64encode('{"ReferenceText":"Hello"}'.encode("utf-16")).decode(),
        "Ã¼" * 8,
    ],
)
def test_a_header_of_another_form_is_refused_and_not_quoted(header):
    with pytest.raises(UnusableAssessment) as refusal:
        read_assessment_header(header)
    assert str(refusal.value) == (
        "The header Pronunciation-Assessment must be a JSON object in Base64."
    )
    assert refusal.value.__context__ is None


def test_a_header_is_bounded():
    n_letters = MAX_HEADER_CHARACTERS * 3 // 4 - len('{"ReferenceText": ""}') - 2
    longest = encoded(json.dumps({"ReferenceText": "a" * n_letters}))
    assert len(longest) > MAX_HEADER_CHARACTERS - 4
    assert read_assessment_header(longest).reference_text == "a" * n_letters
    with pytest.raises(UnusableAssessment, match=str(MAX_HEADER_CHARACTERS)):
        read_assessment_header(longest + "a" * 8)


@given(
    st.dictionaries(
        st.sampled_from([*OF_THE_SDK, *OF_REST, "else"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()),
    )
)
def test_any_object_is_read_or_refused_with_words(parameters):
    with contextlib.suppress(UnusableAssessment):
        assert 0 <= read_assessment_options(parameters).n_best_phonemes <= 100
