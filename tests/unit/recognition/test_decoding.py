"""Fallback decoding: an uncertain text by a beam, an implausible one at more context."""

from scripted_speech import APART, ENGLISH, SENTENCES, sentences, texts

from shared.recognition.engines.plausibility import (
    BEAM_SIZE,
    CERTAIN_LOG_PROBABILITY,
    LEAST_LOG_PROBABILITY,
)
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.options import RecognitionOptions

GUESS = LEAST_LOG_PROBABILITY - 0.1
UNCERTAIN = CERTAIN_LOG_PROBABILITY - 0.1


def test_an_uncertain_text_is_searched_wider_in_the_same_encoding(scripted, utterances):
    def script(level, _n_positions, request):
        found = SENTENCES[level] if request.beam_size == BEAM_SIZE else "I am won"
        return hypothesis_of(found, UNCERTAIN + 0.05 * (request.beam_size > 1))

    recognition = scripted(script, ENGLISH)
    assert texts(recognition.of(utterances((1, 2), (0, 1)))) == ["I am one."]
    assert [request.beam_size for (request,) in recognition.engine.batches] == [1, BEAM_SIZE]
    assert len(recognition.engine.contexts) == 1


def test_a_less_probable_text_of_a_wider_search_is_not_taken(scripted, utterances):
    def script(_level, _n_positions, request):
        if request.beam_size > 1:
            return hypothesis_of("I am won", UNCERTAIN - 0.1)
        return hypothesis_of("I am one.", UNCERTAIN)

    assert texts(scripted(script, ENGLISH).of(utterances((1, 2)))) == ["I am one."]


def test_a_text_with_time_tokens_is_never_searched_wider(scripted, utterances):
    """Two utterances of more than ten seconds together."""
    recognition = scripted(lambda *_: hypothesis_of("I am one.", UNCERTAIN), ENGLISH)
    list(recognition.of(utterances((1, 6), (0, 1), (2, 6))))
    ((request,),) = recognition.engine.batches
    assert request.timestamps
    assert request.beam_size == 1


def test_a_doubtful_text_is_read_again_and_the_better_one_taken(scripted, utterances):
    def script(_level, n_positions, _request):
        return hypothesis_of("I am one.") if n_positions > 300 else hypothesis_of("I am won", GUESS)

    recognition = scripted(script, ENGLISH)
    assert texts(recognition.of(utterances((1, 2), (0, 1)))) == ["I am one."]
    assert recognition.cost.n_retries == 1
    assert recognition.cost.n_segments == 1


def test_a_worse_second_text_is_not_taken(scripted, utterances):
    def script(_level, n_positions, _request):
        seen.add(n_positions)
        if n_positions == min(seen):
            return hypothesis_of("I am one.", GUESS)
        return hypothesis_of("I am won", -2.0)

    seen = set()

    assert texts(scripted(script, ENGLISH).of(utterances((1, 2)))) == ["I am one."]


def test_each_retry_has_more_context_and_the_last_the_full_one(scripted, utterances):
    recognition = scripted(lambda *_: hypothesis_of("I am won", GUESS), ENGLISH)
    list(recognition.of(utterances((1, 2), (0, 1))))
    contexts = recognition.engine.contexts
    assert contexts == sorted(set(contexts))
    assert contexts[-1] == 1_500
    assert recognition.cost.n_retries == len(contexts) - 1


def test_a_believed_text_costs_one_reading(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), APART, (2, 2), (0, 1))))
    assert len(recognition.engine.contexts) == 2
    assert recognition.cost.n_retries == 0


def test_others_of_the_batch_are_not_read_again(scripted, utterances):
    def script(level, n_positions, _request):
        doubtful = level == 2 and n_positions < 1_500
        return hypothesis_of(SENTENCES[level], GUESS if doubtful else -0.1)

    recognition = scripted(script, ENGLISH)
    said = utterances((1, 2), APART, (2, 2), APART, (3, 2), (0, 1))
    assert texts(recognition.of(said)) == SENTENCES[1:4]
    together, *again = map(len, recognition.engine.batches)
    assert together == 3
    assert set(again) == {1}


def test_a_text_that_never_ends_is_read_again(scripted, utterances):
    def script(_level, _n_positions, _request):
        return next(readings)

    endless = " ".join(f"word{place}" for place in range(300))
    readings = iter([hypothesis_of(endless), hypothesis_of("I am one.")])
    assert texts(scripted(script, ENGLISH).of(utterances((1, 2)))) == ["I am one."]


def test_words_are_timed_on_the_output_they_were_read_from(scripted, utterances):
    """One believed at once and one read again have different contexts: two calls."""

    def script(level, n_positions, _request):
        doubtful = level == 2 and n_positions < 1_500
        return hypothesis_of(SENTENCES[level], GUESS if doubtful else -0.1)

    options = RecognitionOptions(locales=("en-US",), word_timestamps=True)
    recognition = scripted(script, options)
    results = list(recognition.of(utterances((1, 2), APART, (2, 2), (0, 1))))
    assert " ".join(texts(results)) == "I am one. We are two."
    assert recognition.engine.n_aligned == 2
