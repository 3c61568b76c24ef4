"""An assessment -> the JSON of real time and of short audio, compared whole."""

import json
from dataclasses import replace

import pytest
from assessed_speech import HELLO, HELLO_ASSESSMENT, HELLO_RESULT

from shared.assessment import (
    AssessedPhoneme,
    AssessedWord,
    AssessmentOptions,
    ErrorType,
    GradingSystem,
    Granularity,
    PhonemeAlphabet,
    WordProsody,
)
from shared.formats.pronunciation import AssessedSpeech, flat_result, nested_result

EVERYTHING = AssessmentOptions(
    reference_text="Hello.",
    grading_system=GradingSystem.HUNDRED_MARK,
    alphabet=PhonemeAlphabet.IPA,
    is_comprehensive=True,
    miscue=True,
    prosody=True,
    n_best_phonemes=2,
)
TEXT_SCORES = ("AccuracyScore", "FluencyScore", "CompletenessScore", "PronScore")


def nested(assessment=HELLO_ASSESSMENT, phrases=(HELLO,), **changes):
    return nested_result(phrases, AssessedSpeech(assessment, replace(EVERYTHING, **changes)))


def flat(assessment=HELLO_ASSESSMENT, phrases=(HELLO,), **changes):
    return flat_result(phrases, AssessedSpeech(assessment, replace(EVERYTHING, **changes)))


def with_word(**changes):
    (word,) = HELLO_ASSESSMENT.words
    return replace(HELLO_ASSESSMENT, words=(replace(word, **changes),))


def word_of(result):
    (word,) = result["NBest"][0]["Words"]
    return word


def flattened(value):
    """Copy a nested result with the scores beside the names."""
    if isinstance(value, list):
        return [flattened(one) for one in value]
    if not isinstance(value, dict):
        return value
    scores = value.get("PronunciationAssessment", {})
    rest = {name: one for name, one in value.items() if name != "PronunciationAssessment"}
    return {name: flattened(one) for name, one in {**rest, **scores}.items()}


def test_the_result_of_real_time_is_the_documented_object():
    assert nested() == HELLO_RESULT


def test_the_result_of_short_audio_has_the_same_fields_beside_the_names():
    expected = flattened(HELLO_RESULT)
    expected["NBest"][0]["Words"][0]["Confidence"] = 0.0
    assert flat() == expected


def test_scores_of_five_points_are_a_twentieth():
    result = nested(
        replace(HELLO_ASSESSMENT, prosody=84.0), grading_system=GradingSystem.FIVE_POINT
    )
    assert result["NBest"][0]["PronunciationAssessment"] == {
        "AccuracyScore": 4.6,
        "FluencyScore": 5.0,
        "ProsodyScore": 4.2,
        "CompletenessScore": 5.0,
        "PronScore": 4.5,
    }
    word = word_of(result)
    assert word["PronunciationAssessment"]["AccuracyScore"] == 4.6
    assert word["Syllables"][0]["PronunciationAssessment"]["AccuracyScore"] == 4.2
    phoneme = word["Phonemes"][0]["PronunciationAssessment"]
    assert (phoneme["AccuracyScore"], phoneme["NBestPhonemes"][0]["Score"]) == (4.9, 5.0)
    assert result["SNR"] == 38.5


def test_scores_have_one_decimal():
    result = nested(with_word(accuracy=91.26))
    assert word_of(result)["PronunciationAssessment"]["AccuracyScore"] == 91.3


@pytest.mark.parametrize(
    ("granularity", "n_words", "n_syllables", "n_phonemes"),
    [
        (Granularity.PHONEME, 1, 2, 2),
        (Granularity.WORD, 1, 0, 0),
        (Granularity.FULL_TEXT, 0, None, None),
    ],
)
def test_real_time_always_has_the_lists_that_the_sdk_reads(
    granularity, n_words, n_syllables, n_phonemes
):
    words = nested(granularity=granularity)["NBest"][0]["Words"]
    assert len(words) == n_words
    for word in words:
        assert (len(word["Syllables"]), len(word["Phonemes"])) == (n_syllables, n_phonemes)


def test_short_audio_has_the_levels_of_the_granularity_alone():
    assert flat(granularity=Granularity.FULL_TEXT)["NBest"][0]["Words"] == []
    word = word_of(flat(granularity=Granularity.WORD, prosody=False))
    assert set(word) == {
        "Word", "Offset", "Duration", "Confidence", "AccuracyScore", "ErrorType",
    }  # fmt: skip


def test_basic_is_the_accuracy_alone_but_real_time_has_what_the_sdk_needs():
    basic = {"is_comprehensive": False, "prosody": False}
    best = flat(**basic)["NBest"][0]
    assert [name for name in TEXT_SCORES if name in best] == ["AccuracyScore"]
    assert "ErrorType" not in word_of(flat(**basic))
    result = nested(**basic)
    assert set(result["NBest"][0]["PronunciationAssessment"]) == set(TEXT_SCORES)
    assert word_of(result)["PronunciationAssessment"]["ErrorType"] == "None"


def test_without_prosody_there_is_neither_its_score_nor_feedback():
    assert "ProsodyScore" not in nested(prosody=False)["NBest"][0]["PronunciationAssessment"]
    assert "Feedback" not in word_of(nested(prosody=False))["PronunciationAssessment"]
    without = replace(HELLO_ASSESSMENT, prosody=None)
    assert "ProsodyScore" not in nested(without)["NBest"][0]["PronunciationAssessment"]


def test_breaks_are_left_to_the_client_and_a_flat_pitch_is_named():
    heard = WordProsody(0.42, 0.93, 0.0, 0.8, 0.71234567, 0.9)
    result = nested(with_word(prosody=heard))
    prosody = word_of(result)["PronunciationAssessment"]["Feedback"]["Prosody"]
    assert prosody == {
        "Break": {
            "ErrorTypes": ["None"],
            "UnexpectedBreak": {"Confidence": 0.93},
            "MissingBreak": {"Confidence": 0.0},
            "BreakLength": 4_200_000,
        },
        "Intonation": {
            "ErrorTypes": ["Monotone"],
            "Monotone": {
                "Confidence": 0.8,
                "WordPitchSlopeConfidence": 0.7123,
                "SyllablePitchDeltaConfidence": 0.9,
            },
        },
    }


def test_candidates_are_there_where_they_were_requested():
    assert "NBestPhonemes" not in json.dumps(nested(n_best_phonemes=0))
    nothing_else = (AssessedPhoneme("HH", 0.75, 0.35, 98.0),)
    phoneme = word_of(nested(with_word(phonemes=nothing_else)))["Phonemes"][0]
    assert phoneme["PronunciationAssessment"]["NBestPhonemes"] == []


def test_names_are_of_the_alphabet_of_the_request():
    word = word_of(nested(alphabet=PhonemeAlphabet.SAPI))
    assert [one["Phoneme"] for one in word["Phonemes"]] == ["h", "eh"]
    assert [one["Syllable"] for one in word["Syllables"]] == ["heh", "low"]


def test_a_phoneme_without_a_name_has_an_empty_one():
    phonemes = (AssessedPhoneme("", 0.75, 0.35, 98.0),)
    assert word_of(nested(with_word(phonemes=phonemes)))["Phonemes"][0]["Phoneme"] == ""


def test_an_omitted_word_has_no_time_and_empty_lists():
    omitted = AssessedWord("there", 0.0, 0.0, 0.0, ErrorType.OMISSION)
    words = (*HELLO_ASSESSMENT.words, omitted)
    result = nested(replace(HELLO_ASSESSMENT, words=words))
    assert result["NBest"][0]["Words"][1] == {
        "Word": "there",
        "Offset": 0,
        "Duration": 0,
        "PronunciationAssessment": {"AccuracyScore": 0.0, "ErrorType": "Omission"},
        "Syllables": [],
        "Phonemes": [],
    }


def test_several_phrases_are_one_result():
    later = replace(HELLO, offset_s=2.5, duration_s=0.5)
    result = nested(phrases=(HELLO, later))
    assert (result["Offset"], result["Duration"]) == (7_500_000, 22_500_000)
    assert result["DisplayText"] == "Hello. Hello."
    assert len(result["NBest"]) == 1
