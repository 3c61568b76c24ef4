"""Assessment of an utterance from its recognised words to its result, with phones of the test."""

import numpy as np
import pytest
from assessed_reading import assess, assess_reading, check_rules, requests
from hypothesis import given, settings
from phone_posteriors import log_posteriors

from shared.assessment import ErrorType
from shared.transcript import Word

SENTENCE = "the cat sat on a mat behind the red garden".split()


def words_of(assessment):
    return [word.text for word in assessment.words]


def errors_of(assessment, *kinds):
    return [(word.text, word.error.value) for word in assessment.words if word.error in kinds]


@settings(max_examples=100)
@given(requests(prosody=False))
def test_any_words_in_any_audio_give_a_result(request):
    check_rules(assess(**request), request)


@pytest.mark.parametrize("prefix", [0.0, 600.0])
def test_words_before_and_behind_the_audio_are_not_spoken(prefix):
    """In two seconds at ten minutes, words that the recogniser puts elsewhere."""
    samples = np.zeros(32_000, np.float32)
    for time_s in (prefix + 9.0, max(0.0, prefix - 9.0)):
        assessment = assess(
            log_posteriors(101, {}), samples, [Word("elephants", time_s, 0.5, 0.5)], prefix
        )
        assert words_of(assessment) == ["elephants"]
        assert assessment.accuracy < 1


def test_a_perfect_reading_scores_near_100():
    assessment = assess_reading(
        SENTENCE, reference_text="The cat sat on a mat behind the red garden."
    )
    assert words_of(assessment) == SENTENCE
    assert {word.error for word in assessment.words} == {ErrorType.NONE}
    assert assessment.completeness == 100
    assert min(assessment.accuracy, assessment.fluency, assessment.pronunciation) > 85
    assert min(word.accuracy for word in assessment.words) > 85


def test_a_swapped_phone_lowers_its_word_and_no_other():
    text = " ".join(SENTENCE)
    swapped = ["cat=K UW T" if word == "cat" else word for word in SENTENCE]
    right = assess_reading(SENTENCE, reference_text=text)
    wrong = assess_reading(swapped, SENTENCE, reference_text=text, n_best_phonemes=1)
    losses = [
        before.accuracy - after.accuracy
        for before, after in zip(right.words, wrong.words, strict=True)
    ]
    assert losses[1] > 25
    assert max(losses[0], *losses[2:]) < 2
    vowel = wrong.words[1].phonemes[1]
    assert vowel.accuracy < 20
    assert vowel.candidates[0].phone == "UW"


def test_an_omitted_word_is_an_omission_where_miscues_are_wanted():
    said = [word for word in SENTENCE if word != "behind"]
    assessment = assess_reading(said, reference_text=" ".join(SENTENCE), miscue=True)
    assert words_of(assessment) == SENTENCE
    assert errors_of(assessment, ErrorType.OMISSION) == [("behind", "Omission")]
    assert assessment.completeness == pytest.approx(90)
    assert assessment.accuracy > 85


def test_an_omitted_word_is_a_mispronunciation_without_accuracy_otherwise():
    said = [word for word in SENTENCE if word != "behind"]
    assessment = assess_reading(said, reference_text=" ".join(SENTENCE))
    (omitted,) = (word for word in assessment.words if word.error is not ErrorType.NONE)
    assert (omitted.text, omitted.error) == ("behind", ErrorType.MISPRONUNCIATION)
    assert (omitted.accuracy, omitted.phonemes) == (0, ())


def test_a_recognised_word_that_the_reference_lacks_is_an_insertion_only_with_miscues():
    said = ["the", "cat", "elephants", *SENTENCE[2:]]
    text = " ".join(SENTENCE)
    with_miscues = assess_reading(said, reference_text=text, miscue=True)
    assert errors_of(with_miscues, *ErrorType) == [
        (word, "Insertion" if word == "elephants" else "None") for word in said
    ]
    assert with_miscues.completeness == 100
    assert words_of(assess_reading(said, reference_text=text)) == SENTENCE


def test_a_word_said_twice_and_recognised_once_is_an_insertion():
    said = ["the", "cat", "cat", *SENTENCE[2:]]
    assessment = assess_reading(said, SENTENCE, reference_text=" ".join(SENTENCE), miscue=True)
    assert words_of(assessment) == said
    assert errors_of(assessment, ErrorType.INSERTION, ErrorType.OMISSION) == [("cat", "Insertion")]


def test_a_word_recognised_but_not_said_is_an_omission():
    said = [word for word in SENTENCE if word != "behind"]
    reference = " ".join(SENTENCE)
    heard = ["hello" if word == "behind" else word for word in SENTENCE]
    assessment = assess_reading(said, heard, reference_text=reference, miscue=True)
    assert errors_of(assessment, *set(ErrorType) - {ErrorType.NONE}) == [("behind", "Omission")]


def test_an_utterance_of_a_continuous_turn_is_assessed_against_its_part_of_the_reference():
    text = " ".join(SENTENCE)
    assessment = assess_reading(SENTENCE[2:6], reference_text=text, miscue=True, is_continuous=True)
    assert words_of(assessment) == SENTENCE[2:6]
    assert assessment.completeness == 100
    assert {word.error for word in assessment.words} == {ErrorType.NONE}


def test_speech_without_a_reference_is_complete():
    assessment = assess_reading(SENTENCE, miscue=True)
    assert words_of(assessment) == SENTENCE
    assert assessment.completeness == 100
    assert assessment.accuracy > 85


def test_too_little_audio_for_words_without_a_reference_has_no_miscues():
    """A frame of audio has room for one phone."""
    words = [Word(text, 0.0, 0.0, 0.5) for text in ("hello", "garden")]
    assessment = assess(log_posteriors(1, {}), np.zeros(100, np.float32), words, miscue=True)
    assert [(word.text, word.error) for word in assessment.words] == [
        ("hello", ErrorType.MISPRONUNCIATION), ("garden", ErrorType.MISPRONUNCIATION),
    ]  # fmt: skip
    assert (assessment.accuracy, assessment.completeness) == (0, 100)


def test_a_reading_of_another_text_is_a_poor_result_and_no_error():
    text = "Perhaps nothing of this occurs, whatever one hears."
    assessment = assess_reading(SENTENCE, reference_text=text, miscue=True)
    assert max(assessment.accuracy, assessment.pronunciation) < 70
    assert len(errors_of(assessment, ErrorType.OMISSION, ErrorType.MISPRONUNCIATION)) > 4
