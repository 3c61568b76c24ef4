"""The pipeline, with a scripted engine."""

from dataclasses import replace
from itertools import pairwise

import pytest
from scripted_speech import APART, ENGLISH, SENTENCES, sentences, texts

from shared.audio.segmenter import SegmentationOptions
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.scheduling import Job
from shared.transcript import Dropped, DropReason, Phrase

REASONS_COUNTED = (DropReason.NOISE, DropReason.NO_MATCH, DropReason.LOOP)
PADDING_S = SegmentationOptions().padding_s
LOOP = replace(hypothesis_of("The gut and the gullet"), hit_token_limit=True)


def reasons(results):
    return [result.reason for result in results if isinstance(result, Dropped)]


def test_phrases_come_in_the_order_they_were_said_whatever_their_length(scripted, utterances):
    """Segments are decoded by length, short ones first."""
    said = utterances((0, 1), (1, 9), APART, (2, 1), APART, (3, 5), APART, (4, 1), APART)
    results = list(scripted(sentences, ENGLISH).of(said))
    assert texts(results) == ["I am one.", "We are two.", "They are three.", "You are four."]
    offsets_s = [result.offset_s for result in results]
    assert offsets_s == sorted(offsets_s)


def test_phrases_and_dropped_stretches_cover_the_audio(scripted, utterances):
    said = utterances(APART, (1, 3), APART, (2, 1), APART)
    results = list(scripted(sentences, ENGLISH).of(said))
    kinds = [type(result) for result in results]
    assert kinds == [Dropped, Phrase, Dropped, Phrase, Dropped]
    for before, after in pairwise(results):
        end_s = before.offset_s + before.duration_s
        assert after.offset_s == pytest.approx(end_s, abs=PADDING_S + 0.05)


def test_a_phrase_has_the_time_of_its_speech(scripted, utterances):
    said = utterances((0, 2.048), (1, 1.024), APART)
    (_, phrase, _) = scripted(sentences, ENGLISH).of(said)
    assert phrase.offset_s == pytest.approx(2.048)
    assert phrase.duration_s == pytest.approx(1.024)


@pytest.mark.parametrize("batch_segments", [1, 2, 8])
def test_the_size_of_batches_does_not_change_the_result(scripted, utterances, batch_segments):
    said = utterances(*[part for level in (1, 2, 3, 4, 5) for part in ((level, level), APART)])
    options = RecognitionOptions(locales=("en-US",), batch_segments=batch_segments)
    recognition = scripted(sentences, options)
    assert texts(recognition.of(said)) == SENTENCES[1:]
    assert max(map(len, recognition.engine.batches)) <= batch_segments


def test_finished_phrases_come_before_the_rest_is_decoded(scripted, utterances):
    said = utterances(*[(1, 1), APART] * 20)
    recognition = scripted(sentences, RecognitionOptions(locales=("en-US",), batch_segments=1))
    next(recognition.of(said))
    assert recognition.cost.audio_s < 10


def test_no_speech_asks_nothing_of_the_engine(scripted, utterances):
    recognition = scripted(sentences, RecognitionOptions())
    assert reasons(recognition.of(utterances((0, 5)))) == [DropReason.SILENCE]
    assert recognition.engine.contexts == recognition.engine.batches == []


def test_all_channels_are_mixed_where_none_is_named(scripted, utterances):
    """The mean of levels 2 and 4 is 3."""
    left, right = utterances((2, 2), (0, 1)), utterances((4, 2), (0, 1))
    results = list(scripted(sentences, ENGLISH).of(left, right))
    assert texts(results) == ["They are three."]
    assert {result.channel for result in results} == {0}


def test_named_channels_are_recognised_apart(scripted, utterances):
    left = utterances((1, 2), (0, 3))
    right = utterances((0, 2), (2, 2), (0, 1))
    options = RecognitionOptions(locales=("en-US",), channels=(0, 1))
    phrases = [r for r in scripted(sentences, options).of(left, right) if isinstance(r, Phrase)]
    assert sorted((p.channel, p.best.display) for p in phrases) == [
        (0, "I am one."),
        (1, "We are two."),
    ]


def test_one_channel_alone_may_be_named(scripted, utterances):
    left, right = utterances((1, 2), (0, 1)), utterances((2, 2), (0, 1))
    options = RecognitionOptions(locales=("en-US",), channels=(1,))
    results = list(scripted(sentences, options).of(left, right))
    assert texts(results) == ["We are two."]
    assert {result.channel for result in results} == {1}


def test_results_of_one_channel_are_in_order_of_time(scripted, utterances):
    left = utterances(*[(1, 1), APART] * 6)
    right = utterances((0, 0.5), *[(2, 1), APART] * 5, (2, 0.5), APART)
    options = RecognitionOptions(locales=("en-US",), channels=(0, 1), batch_segments=2)
    results = list(scripted(sentences, options).of(left, right))
    for channel in (0, 1):
        offsets_s = [result.offset_s for result in results if result.channel == channel]
        assert offsets_s == sorted(offsets_s)


def test_mono_is_channel_0_whatever_is_named(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), channels=(0, 1))
    (phrase,) = scripted(sentences, options).of(utterances((1, 2)))
    assert phrase.channel == 0


def test_a_soft_pause_is_silence_and_a_loud_one_noise(scripted, utterances):
    quiet = utterances(APART)
    loud = quiet + 200  # -44 dB, below what the detector takes for speech
    assert reasons(scripted(sentences, ENGLISH).of(quiet)) == [DropReason.SILENCE]
    assert reasons(scripted(sentences, ENGLISH).of(loud)) == [DropReason.NOISE]


@pytest.mark.parametrize(
    ("hypothesis", "reason"),
    [
        (hypothesis_of("Thank you.", -1.5, no_speech_probability=0.9), DropReason.NOISE),
        (LOOP, DropReason.LOOP),
        (hypothesis_of(""), DropReason.NO_MATCH),
    ],
)
def test_a_segment_without_a_believable_text_gives_its_reason(
    scripted, utterances, hypothesis, reason
):
    said = utterances(APART, (1, 2), APART)
    recognition = scripted(lambda *_: hypothesis, ENGLISH)
    results = list(recognition.of(said))
    assert texts(results) == []
    dropped = results[1]
    assert dropped.reason is reason
    assert dropped.offset_s == pytest.approx(APART[1] - PADDING_S, abs=0.05)
    assert dropped.duration_s == pytest.approx(2 + 2 * PADDING_S, abs=0.1)
    counts = recognition.cost.n_noise, recognition.cost.n_no_match, recognition.cost.n_loops
    assert dict(zip(REASONS_COUNTED, counts, strict=True)) == {
        counted: int(counted is reason) for counted in REASONS_COUNTED
    }


def test_every_segment_is_read_with_the_phrase_list_in_mind(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), phrases=("Contoso", "Rehaan"))
    recognition = scripted(sentences, options)
    list(recognition.of(utterances(*[(1, 2), APART] * 3)))
    hints = [r.hint for batch in recognition.engine.batches for r in batch]
    assert hints.count("Contoso, Rehaan.") == 3


def test_a_phrase_that_is_only_recognised_with_the_list_is_taken(scripted, utterances):
    def script(_level, _n_positions, request):
        return hypothesis_of("I am Rehaan." if request.hint else "I am Rehan.")

    options = RecognitionOptions(locales=("en-US",), phrases=("Rehaan",))
    assert texts(scripted(script, options).of(utterances((1, 2)))) == ["I am Rehaan."]


def test_without_a_phrase_list_nothing_is_read_twice(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), (0, 1))))
    assert [[r.hint for r in batch] for batch in recognition.engine.batches] == [[""]]


def test_words_are_timed_if_requested(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), word_timestamps=True)
    (_, phrase, _) = scripted(sentences, options).of(utterances(APART, (1, 3), APART))
    assert [word.text for word in phrase.words] == ["i", "am", "one"]
    assert [word.text for word in phrase.display_words] == ["I", "am", "one."]
    for word in phrase.words:
        assert word.duration_s >= 0
        assert word.offset_s > APART[1] - 0.2
        assert word.offset_s + word.duration_s < APART[1] + 3.2


def test_word_times_cost_nothing_unless_requested(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.words == phrase.display_words == ()
    assert recognition.engine.n_aligned == 0


def test_texts_are_the_same_with_and_without_word_times(scripted, utterances):
    said = utterances((1, 2), APART, (2, 2))
    timed = RecognitionOptions(locales=("en-US",), word_timestamps=True)
    with_times, without = (
        " ".join(texts(scripted(sentences, options).of(said))) for options in (timed, ENGLISH)
    )
    assert with_times == without


def test_closing_leaves_the_rest_of_the_work_undone(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), batch_segments=1)
    recognition = scripted(sentences, options)
    results = recognition.of(utterances(*[(1, 1), APART] * 20))
    next(results)
    results.close()
    assert len(recognition.engine.contexts) <= 2


def test_closing_frees_the_engine_for_others(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    results = recognition.of(utterances((1, 1), APART))
    next(results)
    results.close()
    with recognition.scheduler.slot(Job(ENGLISH.priority)) as slot:
        assert slot.waited_s < 1


def test_an_engine_that_fails_gives_its_slot_back(scripted, utterances):
    def broken(*_):
        raise ZeroDivisionError

    recognition = scripted(broken, ENGLISH)
    with pytest.raises(ZeroDivisionError):
        list(recognition.of(utterances((1, 1))))
    with recognition.scheduler.slot(Job(ENGLISH.priority)) as slot:
        assert slot.waited_s < 1


def test_the_slot_is_not_held_while_the_caller_looks_at_a_phrase(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    for _ in recognition.of(utterances((1, 1), APART, (2, 1))):
        with recognition.scheduler.slot(Job(ENGLISH.priority)) as slot:
            assert slot.waited_s < 1


def test_the_cost_counts_the_audio_the_segments_and_the_seconds(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), APART, (2, 2), (0, 1))))
    cost = recognition.cost
    assert cost.audio_s == pytest.approx(5.0 + APART[1])
    assert cost.n_segments == 2
    assert cost.recognition_s > 0
    assert 0 <= cost.queue_s < 1
