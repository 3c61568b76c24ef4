"""Assessment with prosody, which loads a network, and several assessments at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from assessed_reading import assess, assess_reading, check_rules, requests
from hypothesis import given, settings

from shared.assessment import AssessmentOptions
from shared.pronunciation.assessor import PronunciationAssessor
from shared.transcript import Alternative, Phrase, Word

SENTENCE = "the cat sat on a mat behind the red garden".split()
AT_ONCE = 8


@settings(max_examples=40)
@given(requests(prosody=True))
def test_any_words_in_any_audio_give_a_result_with_prosody(request):
    check_rules(assess(**request), request)


def test_a_reading_has_prosody_for_each_word():
    assessment = assess_reading(SENTENCE, reference_text=" ".join(SENTENCE), prosody=True)
    assert 0 < assessment.prosody <= 100
    assert all(word.prosody is not None for word in assessment.words)


def test_eight_assessments_at_once_are_each_like_one_alone(
    pronunciation_folder, spoken_clip, spoken_samples
):
    assessor = PronunciationAssessor.load(pronunciation_folder, threads=1)
    options = AssessmentOptions(
        reference_text=spoken_clip.text, miscue=True, prosody=True, n_best_phonemes=3
    )
    phrase = _heard(spoken_clip.text, len(spoken_samples) / 16_000)

    def assess_clip(_=None):
        session = assessor.start(options, "en-US", nullcontext)
        return session.assess(spoken_samples, 0.0, [phrase])

    alone = assess_clip()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        together = list(threads.map(assess_clip, range(AT_ONCE)))
    assert alone.accuracy > 50
    assert all(_described(one) == pytest.approx(_described(alone), abs=0.5) for one in together)
    errors = [[word.error for word in one.words] for one in together]
    assert errors == [[word.error for word in alone.words]] * AT_ONCE


def _heard(text, seconds):
    """Words of a text without signs, evenly over the audio."""
    texts = text.lower().rstrip(".").split()
    each_s = seconds / len(texts)
    words = tuple(Word(one, index * each_s, each_s, 0.9) for index, one in enumerate(texts))
    return Phrase(0, "en-US", 0.0, seconds, (Alternative(0.9, text, text, text, text),), words)


def _described(assessment):
    scores = [assessment.accuracy, assessment.fluency, assessment.completeness]
    scores += [assessment.prosody, assessment.pronunciation, assessment.snr_db]
    for word in assessment.words:
        scores += [word.accuracy, word.offset_s, word.duration_s]
    return scores
