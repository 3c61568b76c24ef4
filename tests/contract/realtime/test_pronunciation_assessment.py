"""Pronunciation assessment with the native Speech SDK, unmodified: every property of its results.

https://learn.microsoft.com/azure/ai-services/speech-service/how-to-pronunciation-assessment
"""

import json

import numpy as np
import pytest

from shared.assessment import MISPRONOUNCED_BELOW
from tests.contract.realtime.conftest import LIMIT_S, listen_to, sdk
from tests.contract.realtime.test_native_speech_sdk import from_file, from_stream

TEXT = "The children are playing in the garden behind the house."
WORDS = "the children are playing in the garden behind the house".split()
HUNDRED = sdk.PronunciationAssessmentGradingSystem.HundredMark
Granularity = sdk.PronunciationAssessmentGranularity


def reading(text=TEXT, granularity=Granularity.Phoneme, *, miscue=False, grading=HUNDRED):
    return sdk.PronunciationAssessmentConfig(text, grading, granularity, miscue)


@pytest.fixture
def assess(config, sentence):
    """Recognise the sentence once; return its result and the assessment in it."""

    def recognise(assessment, pcm=sentence, language="en-US"):
        recogniser = sdk.SpeechRecognizer(config(language=language), from_stream(pcm))
        assessment.apply_to(recogniser)
        result = recogniser.recognize_once()
        return result, sdk.PronunciationAssessmentResult(result)

    return recognise


def scores_of(assessment):
    return (
        assessment.accuracy_score,
        assessment.fluency_score,
        assessment.completeness_score,
        assessment.pronunciation_score,
    )


def test_a_reading_has_scores_on_every_level(assess):
    options = reading(miscue=True)
    options.enable_prosody_assessment()
    options.phoneme_alphabet = "IPA"
    options.nbest_phoneme_count = 5
    result, assessment = assess(options)
    assert result.reason == sdk.ResultReason.RecognizedSpeech
    scores = (*scores_of(assessment), assessment.prosody_score)
    assert all(0 < score <= 100 for score in scores)
    assert assessment.completeness_score == 100
    assert [word.word for word in assessment.words] == WORDS
    for word in assessment.words:
        assert 0 <= word.accuracy_score <= 100
        expected = "Mispronunciation" if word.accuracy_score < MISPRONOUNCED_BELOW else "None"
        assert word.error_type == expected
        assert word.phonemes
        for phoneme in word.phonemes:
            assert phoneme.phoneme
            assert 0 <= phoneme.accuracy_score <= 100
            candidates = [one.score for one in phoneme.nbest_phonemes]
            assert len(candidates) == 5
            assert candidates == sorted(candidates, reverse=True)
            assert all(one.phoneme for one in phoneme.nbest_phonemes)
        assert "".join(one.grapheme for one in word.syllables) == word.word
        for syllable in word.syllables:
            assert syllable.syllable
            assert 0 <= syllable.accuracy_score <= 100
            assert syllable.duration > 0
    starts = [word.syllables[0].offset for word in assessment.words]
    assert starts == sorted(starts)
    assert [one.phoneme for one in assessment.words[-1].phonemes] == ["h", "aʊ", "s"]


def test_the_text_has_the_weighted_scores_the_noise_and_the_prosody_of_words(assess):
    options = reading()
    options.enable_prosody_assessment()
    result, assessment = assess(options)
    lowest, *others = sorted((*scores_of(assessment)[:3], assessment.prosody_score))
    expected = 0.4 * lowest + 0.2 * sum(others)
    assert assessment.pronunciation_score == pytest.approx(expected, abs=0.2)
    body = json.loads(result.json)
    assert body["SNR"] > 5  # eSpeak NG makes no noise
    for word in body["NBest"][0]["Words"]:
        prosody = word["PronunciationAssessment"]["Feedback"]["Prosody"]
        assert prosody["Break"]["BreakLength"] >= 0
        confidences = [
            prosody["Break"]["UnexpectedBreak"]["Confidence"],
            prosody["Break"]["MissingBreak"]["Confidence"],
            *prosody["Intonation"]["Monotone"].values(),
        ]
        assert all(0 <= one <= 1 for one in confidences)


def test_speech_without_a_reference_is_assessed_as_it_is_recognised(assess):
    options = reading("")
    options.phoneme_alphabet = "SAPI"
    _, assessment = assess(options)
    assert [word.word for word in assessment.words] == WORDS
    assert {word.error_type for word in assessment.words} <= {"None", "Mispronunciation"}
    assert [one.phoneme for one in assessment.words[-1].phonemes] == ["h", "aw", "s"]
    assert all(one.nbest_phonemes is None for one in assessment.words[-1].phonemes)
    assert assessment.prosody_score is None
    lowest, highest = sorted((assessment.accuracy_score, assessment.fluency_score))
    expected = 0.6 * lowest + 0.4 * highest
    assert assessment.pronunciation_score == pytest.approx(expected, abs=0.2)


def test_a_left_out_and_an_added_word_are_miscues(assess):
    text = "The small children are playing in the garden behind the."
    result, assessment = assess(reading(text, miscue=True))
    errors = {word.word: word.error_type for word in assessment.words}
    assert [word.word for word in assessment.words] == ["the", "small", *WORDS[1:]]
    assert (errors["small"], errors["house"]) == ("Omission", "Insertion")
    assert assessment.completeness_score == pytest.approx(90, abs=0.1)
    small = assessment.words[1]
    assert (small.accuracy_score, small.phonemes, small.syllables) == (0, [], [])
    assert "house" in result.text


def test_without_miscues_the_text_is_that_of_the_reference(assess):
    result, _ = assess(reading("The children are playing in the garden, behind their house."))
    assert result.text == "The children are playing in the garden, behind their house."
    assert json.loads(result.json)["NBest"][0]["Lexical"].endswith("behind their house")


@pytest.mark.parametrize(
    ("granularity", "words"), [(Granularity.Word, WORDS), (Granularity.FullText, [])]
)
def test_lower_levels_are_left_out(assess, granularity, words):
    _, assessment = assess(reading(granularity=granularity))
    assert all(0 < score <= 100 for score in scores_of(assessment))
    assert [word.word for word in assessment.words] == words
    assert all(word.phonemes == word.syllables == [] for word in assessment.words)


def test_five_points_are_the_default_scale(assess):
    _, assessment = assess(sdk.PronunciationAssessmentConfig(TEXT))
    assert all(0 < score <= 5 for score in scores_of(assessment))
    assert all(word.accuracy_score <= 5 for word in assessment.words)


def test_each_utterance_of_a_continuous_turn_is_one_assessed_phrase(config, twice):
    recogniser = sdk.SpeechRecognizer(config(), from_file(twice))
    reading(f"{TEXT} {TEXT}", miscue=True).apply_to(recogniser)
    assessed = []
    heard = listen_to(recogniser)
    recogniser.recognized.connect(
        lambda event: assessed.append(sdk.PronunciationAssessmentResult(event.result))
        if event.result.reason == sdk.ResultReason.RecognizedSpeech else None
    )  # fmt: skip
    recogniser.start_continuous_recognition_async().get()
    assert heard.stopped.wait(LIMIT_S)
    recogniser.stop_continuous_recognition_async().get()
    assert [[word.word for word in one.words] for one in assessed] == [WORDS, WORDS]
    errors = {word.error_type for one in assessed for word in one.words}
    assert errors <= {"None", "Mispronunciation"}
    assert heard.events[-1][:2] == ("canceled", "EndOfStream")


def test_silence_has_no_scores(assess):
    result, _ = assess(reading(), pcm=bytes(32_000 * 8))
    assert result.reason == sdk.ResultReason.NoMatch
    assert "NBest" not in json.loads(result.json)


@pytest.mark.parametrize(
    ("text", "language"), [("早上好。", "en-US"), ("Die Kinder spielen im Garten.", "de-DE")]
)
def test_a_text_or_a_language_that_cannot_be_assessed_ends_the_turn(assess, text, language):
    result, _ = assess(reading(text), language=language)
    assert result.reason == sdk.ResultReason.Canceled
    assert result.cancellation_details.code == sdk.CancellationErrorCode.BadRequest
    assert text not in result.cancellation_details.error_details


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("早上好。", "en-US", "not Latin"),
        ("\U0001f600 \U0001f389", "en-US", "no word"),
        ("to " * 2_001, "en-US", "more than 2000 words"),
        ("a" * 100_001, "en-US", "more than 100000 characters"),
        (TEXT, "de-DE", "in English only"),
    ],
    ids=["Chinese", "emoji", "words", "characters", "German"],
)
def test_a_refused_turn_names_its_reason_and_the_next_one_is_assessed(
    assess, text, language, reason
):
    refused, _ = assess(reading(text), language=language)
    assert reason in refused.cancellation_details.error_details
    result, assessment = assess(reading())
    assert result.reason == sdk.ResultReason.RecognizedSpeech
    assert [word.word for word in assessment.words] == WORDS


def test_a_text_that_was_not_read_is_assessed_with_poor_scores(assess):
    text = "Perhaps several elephants quarrelled over warm lemonade yesterday."
    result, assessment = assess(reading(text, miscue=True))
    assert result.reason == sdk.ResultReason.RecognizedSpeech
    assert assessment.accuracy_score < 50
    assert assessment.pronunciation_score < 60
    read = [word.word for word in assessment.words if word.error_type != "Insertion"]
    assert read == text.lower().rstrip(".").split()


def test_the_reversed_sentence_ends_as_any_audio_does(assess, sentence):
    backwards = np.frombuffer(sentence, "<i2")[::-1].tobytes()
    result, _ = assess(reading(miscue=True), pcm=backwards)
    assert result.reason in {sdk.ResultReason.RecognizedSpeech, sdk.ResultReason.NoMatch}
