"""Calibration of the encoder context, with an engine that mishears at short contexts."""

import wave
from dataclasses import replace

import pytest

from shared.recognition.engines.context_length import encoder_context
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.settings import Settings
from shared.transcript import RecognitionCost
from shared.transcription.calibration import (
    ContextMeasure,
    Differences,
    Reading,
    calibrate,
    cheapest_faithful,
    differences,
    measure_context,
    word_distance,
    words_of,
)
from shared.transcription.local_transcriber import LocalTranscriber


@pytest.mark.parametrize(
    ("one", "other", "n_edits"),
    [
        ("", "", 0),
        ("", "you are here", 3),
        ("you are here", "", 3),
        ("pair down the fence", "tear down the fence tear down the fence", 5),
        ("a b c d", "b c d a", 2),
        ("the the the", "the", 2),
    ],
)
def test_the_distance_is_the_least_number_of_words_to_edit(one, other, n_edits):
    assert word_distance(one.split(), other.split()) == n_edits


def test_a_script_without_spaces_is_compared_by_character():
    assert words_of("真っ昼間 Kafe") == ("真", "っ", "昼", "間", "Kafe")


def reading(*segments, n_retries=0, processor_s=1.0):
    words = tuple(tuple(segment.split()) for segment in segments)
    cost = RecognitionCost(audio_s=10.0, n_segments=len(words), n_retries=n_retries)
    return Reading(words, " ".join(segments), cost, processor_s)


def test_words_are_compared_within_their_segment():
    """The same words in the other segment are no agreement."""
    found = differences([reading("one two", "three")], [reading("two", "one three")])
    assert found == Differences((2, 1), (1, 1))


def test_readings_with_other_segments_are_compared_as_a_whole():
    found = differences([reading("one two", "three")], [reading("one", "two", "three")])
    assert found == Differences((3,), (0,))


def test_words_that_only_one_of_the_two_has_count():
    found = differences([reading("", "a b")], [reading("you", "a b")])
    assert found.share == 0.5


def measured(context, n_words, n_differing, processor_share):
    found = Differences(
        (10,) * (n_words // 10), (1,) * n_differing + (0,) * (n_words // 10 - n_differing)
    )
    return ContextMeasure(context, found, 0.0, processor_share)


def test_the_cheapest_context_within_the_limit_is_chosen():
    full = measured("full", 5_000, 0, 0.4)
    contexts = [
        measured("3", 5_000, 200, 0.1),
        measured("5", 5_000, 20, 0.2),
        measured("8", 5_000, 5, 0.3),
    ]
    assert cheapest_faithful([full, *contexts]).context == "5"


def test_the_upper_end_of_the_interval_decides():
    """1.2 % of the words differ, and up to 1.8 % may."""
    choice = cheapest_faithful([measured("full", 1_000, 0, 0.4), measured("3", 1_000, 12, 0.1)])
    assert choice.context == "full"


def test_few_words_choose_the_full_context_even_without_a_difference():
    choice = cheapest_faithful([measured("full", 400, 0, 0.4), measured("3", 400, 0, 0.1)])
    assert choice.context == "full"


def test_a_full_context_that_is_cheapest_is_chosen():
    """Where most segments are read again, a margin saves nothing."""
    choice = cheapest_faithful([measured("full", 5_000, 0, 0.3), measured("3", 5_000, 0, 0.4)])
    assert choice.context == "full"


def test_retries_and_processor_time_are_those_of_all_files():
    full = [reading("a", "b"), reading("c", "d")]
    found = measure_context(
        "3", full, [reading("a", "b", n_retries=1), reading("c", "d", processor_s=3.0)]
    )
    assert (found.retried, found.processor_share) == (0.25, 0.2)


def mishearing_engine(context):
    """An engine that hears the second word wrong where it encodes less than 8 s."""

    def read(_segment, _request):
        return hypothesis_of("good morning" if engine.contexts[-1] >= 400 else "good mourning")

    engine = ScriptedEngine(read, context=context)
    return engine


def test_every_context_is_measured_against_the_full_one(level_detector, utterances, tmp_path):
    path = tmp_path / "morning.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        file.writeframes(utterances((1, 1)).tobytes())
    loaded, noted = [], []

    def load(settings):
        loaded.append(settings.context)
        return mishearing_engine(encoder_context(settings)), level_detector

    def transcriber_at(context):
        return LocalTranscriber(replace(Settings(), context=context), load)

    measures = list(
        calibrate(transcriber_at, [path, path], ["en-US"], lambda *state: noted.append(state))
    )
    assert loaded == ["full", "3", "5", "8", "12"]
    assert {one.context: one.found.share for one in measures} == {
        "full": 0.0, "3": 0.5, "5": 0.5, "8": 0.0, "12": 0.0,
    }  # fmt: skip
    assert noted[:4] == [("full", 0, 2), ("full", 1, 2), ("full", 2, 2), ("3", 0, 2)]
