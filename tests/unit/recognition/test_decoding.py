"""Which readings a segment gets, and which of them counts."""

from dataclasses import replace

from scripted_speech import APART, ENGLISH, SENTENCES, sentences, texts

from shared.recognition.engines.engine import AlignedToken
from shared.recognition.engines.plausibility import BEAM_SIZE
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.parts import PART_S
from shared.transcript import Dropped, DropReason

FULL = 1_500


def evenly(n_tokens, start_s, end_s):
    """Times of tokens that share a stretch."""
    step_s = (end_s - start_s) / n_tokens
    return [
        AlignedToken(start_s + place * step_s, start_s + (place + 1) * step_s, 1.0)
        for place in range(n_tokens)
    ]


SAID = ["The road is long and wide.", "The river is deep and cold."]
GUESS = -1.5
SURE = -0.1


def test_a_believed_text_costs_one_reading(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), APART, (2, 2), (0, 1))))
    assert len(recognition.engine.contexts) == 2
    assert all(n_positions < FULL for n_positions in recognition.engine.contexts)
    assert recognition.cost.n_retries == 0


def test_a_doubtful_text_is_read_once_more_at_a_wider_context_by_a_beam(scripted, utterances):
    def script(_level, _n_positions, request):
        is_again = request.beam_size == BEAM_SIZE
        return hypothesis_of("I am one.") if is_again else hypothesis_of("I", GUESS)

    recognition = scripted(script, ENGLISH)
    assert texts(recognition.of(utterances((1, 2), (0, 1)))) == ["I am one."]
    first, second = recognition.engine.contexts
    assert first < second < FULL
    assert [request.beam_size for (request,) in recognition.engine.batches] == [1, BEAM_SIZE]
    assert recognition.cost.n_retries == 1
    assert recognition.cost.n_segments == 1


def test_the_second_reading_counts_however_probable_it_is(scripted, utterances):
    def script(_level, _n_positions, request):
        if request.beam_size == BEAM_SIZE:
            return hypothesis_of("Tear down the fence and the gate.", GUESS)
        return hypothesis_of("Pair down the fence.", GUESS / 2)

    said = texts(scripted(script, ENGLISH).of(utterances((1, 3))))
    assert said == ["Tear down the fence and the gate."]


def test_a_sound_that_both_readings_have_no_speech_in_gives_no_text(scripted, utterances):
    recognition = scripted(
        lambda *_: hypothesis_of("of the", GUESS, no_speech_probability=0.5), ENGLISH
    )
    results = recognition.of(utterances((1, 4), (0, 1)))
    assert DropReason.NOISE in [one.reason for one in results if isinstance(one, Dropped)]
    assert texts(results) == []
    assert len(recognition.engine.contexts) == 2


def test_a_sound_that_one_reading_has_speech_in_keeps_its_text(scripted, utterances):
    def script(_level, _n_positions, request):
        if request.beam_size == BEAM_SIZE:
            return hypothesis_of("of the", GUESS, no_speech_probability=0.5)
        return hypothesis_of("I am going to the back of the car.", SURE, no_speech_probability=0.5)

    said = texts(scripted(script, ENGLISH).of(utterances((1, 4), (0, 1))))
    assert said == ["I am going to the back of the car."]


def test_speech_beside_a_sound_is_kept(scripted, utterances):
    """The reading of both together is of no speech; read in parts, one of them is."""

    def script(_level, _n_positions, request):
        is_part = request.max_tokens < 8 * PART_S + 17
        if is_part:
            return hypothesis_of("There was a long and winding road to it.")
        return hypothesis_of("of the", GUESS, no_speech_probability=0.5)

    said = texts(scripted(script, ENGLISH).of(utterances((1, 4), (0, 1), (2, 4))))
    assert said
    assert all("winding road" in text for text in said)


def test_long_segments_of_several_utterances_are_read_without_time_tokens(scripted, utterances):
    recognition = scripted(lambda *_: hypothesis_of(" ".join(map(str, range(30))), GUESS), ENGLISH)
    list(recognition.of(utterances((1, 6), (0, 0.6), (2, 6))))
    requests = [request for (request,) in recognition.engine.batches]
    assert [request.timestamps for request in requests] == [False, False]
    assert [request.beam_size for request in requests] == [1, BEAM_SIZE]


def test_speech_behind_the_end_of_a_text_is_read_too(scripted, utterances):
    """The decoder is certain of each sentence, and stops after it."""

    def covers_five_seconds(_segments, _language, hypotheses, durations_s):
        return [
            evenly(len(hypothesis.tokens), 0.0, min(duration_s, 5.0))
            for hypothesis, duration_s in zip(hypotheses, durations_s, strict=True)
        ]

    recognition = scripted(lambda *_: hypothesis_of("A long and winding road."), ENGLISH)
    recognition.engine.align = covers_five_seconds
    found = texts(recognition.of(utterances((1, 14))))
    assert found == ["A long and winding road."] * 3


def test_speech_that_a_text_leaves_out_is_read_too(scripted, utterances):
    """The decoder reads two sentences, and nothing of what is called between them."""

    def script(level, _n_positions, request):
        is_whole = request.max_tokens > 8 * 10
        if is_whole:
            return hypothesis_of(" ".join(SAID))
        return hypothesis_of([None, *SAID, "Hey, you over there."][level])

    def gap_in_the_middle(_segments, _language, hypotheses, durations_s):
        (hypothesis,), (duration_s,) = hypotheses, durations_s
        n_tokens = len(hypothesis.tokens)
        if duration_s < 10:
            return [evenly(n_tokens, 0.0, duration_s)]
        half = n_tokens // 2
        return [
            [*evenly(half, 0.0, 3.2), *evenly(1, 3.2, 9.4), *evenly(n_tokens - half - 1, 9.4, 13.0)]
        ]

    recognition = scripted(script, ENGLISH)
    recognition.engine.align = gap_in_the_middle
    said = utterances((0, 0.5), (1, 2.5), (0, 0.8), (3, 5), (0, 0.8), (2, 3))
    assert texts(recognition.of(said)) == [SAID[0], "Hey, you over there.", SAID[1]]


def test_a_text_is_kept_where_its_parts_have_less(scripted, utterances):
    def script(_level, _n_positions, request):
        is_whole = request.max_tokens > 8 * 13
        return hypothesis_of(" ".join(SAID) if is_whole else "The road.")

    recognition = scripted(script, ENGLISH)
    recognition.engine.align = lambda _segments, _language, hypotheses, durations_s: [
        [*evenly(len(hypotheses[0].tokens) - 1, 0.0, 3.2), *evenly(1, 3.2, durations_s[0])]
    ]
    said = utterances((0, 0.5), (1, 2.5), (0, 0.8), (1, 5), (0, 0.8), (1, 3))
    assert texts(recognition.of(said)) == [" ".join(SAID)]
    assert recognition.cost.n_segments == 1


def test_a_text_that_lasts_as_long_as_its_speech_is_read_once(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 9))))
    assert len(recognition.engine.contexts) == 1


def test_speech_that_repeats_itself_is_kept(scripted, utterances):
    """The scripted engine finds every word equally probable, and spaces words evenly."""
    recognition = scripted(lambda *_: hypothesis_of("No, no, no, no."), ENGLISH)
    (found,) = texts(recognition.of(utterances((1, 3))))
    assert found.lower().count("no") >= 3


def test_a_text_that_ends_counts_before_a_second_one_that_does_not(scripted, utterances):
    def script(level, _n_positions, request):
        if request.beam_size == BEAM_SIZE:
            return replace(hypothesis_of("The gut and the gullet", SURE), hit_token_limit=True)
        return hypothesis_of(SENTENCES[level], GUESS)

    assert texts(scripted(script, ENGLISH).of(utterances((1, 2)))) == ["I am one."]
