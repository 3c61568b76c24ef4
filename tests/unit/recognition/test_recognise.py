"""The pipeline, around an engine that reads what it is told."""

from itertools import pairwise

import numpy as np
import pytest

from shared.audio.stream import RawPcm, open_audio
from shared.audio.voice_activity import VoiceActivityOptions
from shared.errors import UnsupportedLocale
from shared.recognition.log_mel import MAX_POSITIONS
from shared.recognition.options import RecognitionOptions
from shared.recognition.retry import LEAST_LOG_PROBABILITY
from shared.recognition.scripted_engine import hypothesis_of
from shared.transcript import Dropped, DropReason, Phrase

ENGLISH = RecognitionOptions(locales=("en-US",))
SENTENCES = ["", "I am one.", "We are two.", "They are three.", "You are four.", "Five of us."]
PADDING_S = VoiceActivityOptions().padding_s
APART = (0, VoiceActivityOptions().join_gap_s + 1)  # a pause that parts two segments
GUESS = LEAST_LOG_PROBABILITY - 0.1
LOOP = " ".join(["Thank you."] * 15)


def sentences(level, _n_positions, _request):
    return hypothesis_of(SENTENCES[level])


def texts(results):
    return [result.best.display for result in results if isinstance(result, Phrase)]


def reasons(results):
    return [result.reason for result in results if isinstance(result, Dropped)]


def test_phrases_come_in_the_order_they_were_said_whatever_their_length(scripted, utterances):
    """Segments are decoded by length, short ones first."""
    said = utterances((0, 1), (1, 9), APART, (2, 1), APART, (3, 5), APART, (4, 1), APART)
    results = list(scripted(sentences, ENGLISH).of(said))
    assert texts(results) == ["I am one.", "We are two.", "They are three.", "You are four."]
    offsets_s = [result.offset_s for result in results]
    assert offsets_s == sorted(offsets_s)


def test_everything_that_was_heard_or_dropped_covers_the_audio(scripted, utterances):
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


def test_what_is_ready_comes_while_the_rest_has_not_been_read(scripted, utterances):
    said = utterances(*[(1, 1), APART] * 20)
    recognition = scripted(sentences, RecognitionOptions(locales=("en-US",), batch_segments=1))
    next(recognition.of(said))
    assert recognition.statistics.audio_s < 10


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


def test_several_utterances_of_one_segment_are_read_with_time_tokens(scripted, utterances):
    """Without them the decoder may stop at the first speaker's end."""
    together = scripted(sentences, ENGLISH)
    list(together.of(utterances((1, 6), (0, 0.6), (2, 6))))
    alone = scripted(sentences, ENGLISH)
    list(alone.of(utterances((1, 12))))
    assert [request.timestamps for request in together.engine.batches[0]] == [True]
    assert [request.timestamps for request in alone.engine.batches[0]] == [False]


def test_a_doubtful_text_is_read_again_and_the_better_one_taken(scripted, utterances):
    def script(_level, _n_positions, _request):
        return next(readings)

    readings = iter([hypothesis_of("I am won", GUESS), hypothesis_of("I am one.")])
    recognition = scripted(script, ENGLISH)
    assert texts(recognition.of(utterances((1, 2), (0, 1)))) == ["I am one."]
    assert recognition.statistics.n_retries == 1
    assert recognition.statistics.n_segments == 1


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
    assert recognition.statistics.n_retries == len(contexts) - 1


def test_a_believed_text_costs_one_reading(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), APART, (2, 2), (0, 1))))
    assert len(recognition.engine.contexts) == 2
    assert recognition.statistics.n_retries == 0


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


def test_a_soft_pause_is_silence_and_a_loud_one_noise(scripted, utterances):
    quiet = utterances(APART)
    loud = quiet + 200  # -44 dB, below what the detector takes for speech
    assert reasons(scripted(sentences, ENGLISH).of(quiet)) == [DropReason.SILENCE]
    assert reasons(scripted(sentences, ENGLISH).of(loud)) == [DropReason.NOISE]


@pytest.mark.parametrize(
    ("hypothesis", "reason"),
    [
        (hypothesis_of("Thank you.", -1.5, no_speech_probability=0.9), DropReason.NOISE),
        (hypothesis_of(LOOP), DropReason.LOOP),
        (hypothesis_of(""), DropReason.NO_MATCH),
    ],
)
def test_a_segment_without_a_believable_text_gives_its_reason(
    scripted, utterances, hypothesis, reason
):
    said = utterances(APART, (1, 5), APART)
    results = list(scripted(lambda *_: hypothesis, ENGLISH).of(said))
    assert texts(results) == []
    dropped = results[1]
    assert dropped.reason is reason
    assert dropped.offset_s == pytest.approx(APART[1] - PADDING_S, abs=0.05)
    assert dropped.duration_s == pytest.approx(5 + 2 * PADDING_S, abs=0.1)


def test_one_candidate_locale_is_told_without_listening(scripted, utterances):
    recognition = scripted(sentences, RecognitionOptions(locales=("en-GB",)))
    (phrase, _) = recognition.of(utterances((1, 2), (0, 1)))
    assert phrase.locale == "en-GB"
    assert recognition.engine.n_identified == 0


def test_the_language_is_settled_among_the_candidates(scripted, utterances):
    options = RecognitionOptions(locales=("en-US", "es-MX"))
    heard = {"fr": 0.8, "es": 0.15, "en": 0.05}
    recognition = scripted(sentences, options, listen=lambda _level: heard)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.locale == "es-MX"
    assert recognition.engine.batches[0][0].language == "es"


def test_without_candidates_the_language_is_what_the_model_hears(scripted, utterances):
    options = RecognitionOptions()
    heard = {"ja": 0.8, "en": 0.2}
    recognition = scripted(sentences, options, listen=lambda _level: heard)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.locale == "ja-JP"


DOUBTFUL = {"es": 0.4, "fr": 0.3, "de": 0.2, "en": 0.1}


def test_a_language_in_doubt_is_the_one_that_reads_well(scripted, utterances):
    """No language is clearly ahead; in the wrong one the text is a guess."""

    def script(level, _n_positions, request):
        return hypothesis_of(SENTENCES[level], -0.1 if request.language == "fr" else -1.5)

    recognition = scripted(script, RecognitionOptions(), listen=lambda _level: DOUBTFUL)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.locale == "fr-FR"
    assert len(recognition.engine.contexts) == 1


def test_a_language_still_in_doubt_is_identified_at_the_full_context(scripted, utterances):
    """All languages read alike: the encoder may have heard too little."""
    recognition = scripted(sentences, RecognitionOptions(), listen=lambda _level: DOUBTFUL)
    list(recognition.of(utterances((1, 2))))
    assert MAX_POSITIONS in recognition.engine.contexts


def test_the_language_is_settled_once_and_kept(scripted, utterances):
    """The second speaker sounds Spanish; the audio stays English."""
    options = RecognitionOptions(locales=("en-US", "es-ES"), batch_segments=1)
    recognition = scripted(
        sentences, options, listen=lambda level: {"en": 1.0} if level == 1 else {"es": 1.0}
    )
    said = utterances((1, 2), APART, (2, 2), APART)
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [phrase.locale for phrase in phrases] == ["en-US", "en-US"]
    assert recognition.engine.n_identified == 1


def test_the_channels_of_an_audio_share_the_language(scripted, utterances):
    options = RecognitionOptions(locales=("en-US", "es-ES"), channels=(0, 1))
    recognition = scripted(sentences, options, listen=lambda _level: {"es": 1.0})
    said = utterances((1, 2), (0, 1))
    locales = {r.locale for r in recognition.of(said, said) if isinstance(r, Phrase)}
    assert locales == {"es-ES"}


def test_a_candidate_beyond_the_model_is_refused_before_any_work(scripted):
    with pytest.raises(UnsupportedLocale):
        scripted(sentences, RecognitionOptions(locales=("en-US", "sv-SE")))


def test_every_segment_is_read_with_the_phrase_list_in_mind(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), phrases=("Contoso", "Rehaan"))
    recognition = scripted(sentences, options)
    list(recognition.of(utterances(*[(1, 2), APART] * 3)))
    hints = [r.hint for batch in recognition.engine.batches for r in batch]
    assert hints.count("Contoso, Rehaan.") == 3


def test_a_phrase_that_is_only_heard_with_the_list_in_mind_is_taken(scripted, utterances):
    def script(_level, _n_positions, request):
        return hypothesis_of("I am Rehaan." if request.hint else "I am Rehan.")

    options = RecognitionOptions(locales=("en-US",), phrases=("Rehaan",))
    assert texts(scripted(script, options).of(utterances((1, 2)))) == ["I am Rehaan."]


def test_without_a_phrase_list_nothing_is_read_twice(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), (0, 1))))
    assert [[r.hint for r in batch] for batch in recognition.engine.batches] == [[""]]


def test_words_are_timed_where_that_is_asked_for(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), word_timestamps=True)
    (_, phrase, _) = scripted(sentences, options).of(utterances(APART, (1, 3), APART))
    assert [word.text for word in phrase.words] == ["i", "am", "one"]
    assert [word.text for word in phrase.display_words] == ["I", "am", "one."]
    for word in phrase.words:
        assert word.duration_s >= 0
        assert word.offset_s > APART[1] - 0.2
        assert word.offset_s + word.duration_s < APART[1] + 3.2


def test_word_times_cost_nothing_where_they_are_not_asked_for(scripted, utterances):
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
    with recognition.turnstile.turn(ENGLISH.priority) as waited_s:
        assert waited_s < 1


def test_an_engine_that_fails_gives_its_turn_back(scripted, utterances):
    def broken(*_):
        raise ZeroDivisionError

    recognition = scripted(broken, ENGLISH)
    with pytest.raises(ZeroDivisionError):
        list(recognition.of(utterances((1, 1))))
    with recognition.turnstile.turn(ENGLISH.priority) as waited_s:
        assert waited_s < 1


def test_the_turn_is_not_held_while_the_caller_looks_at_a_phrase(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    for _ in recognition.of(utterances((1, 1), APART, (2, 1))):
        with recognition.turnstile.turn(ENGLISH.priority) as waited_s:
            assert waited_s < 1


def test_statistics_count_the_audio_the_segments_and_the_seconds(scripted, utterances):
    recognition = scripted(sentences, ENGLISH)
    list(recognition.of(utterances((1, 2), APART, (2, 2), (0, 1))))
    statistics = recognition.statistics
    assert statistics.audio_s == pytest.approx(5.0 + APART[1])
    assert statistics.n_segments == 2
    assert statistics.recognition_s > 0
    assert 0 <= statistics.queue_s < 1


BOTH = RecognitionOptions(locales=("en-US", "es-MX"), language_per_phrase=True)


def hears(*spanish, otherwise="en"):
    """A listener that is sure: Spanish at these levels, else the other language."""
    return lambda level: (
        {"es": 0.99, "en": 0.01} if level in spanish else {otherwise: 0.99, "es": 0.01}
    )


def locales(results):
    return [result.locale for result in results if isinstance(result, Phrase)]


def test_each_phrase_has_the_locale_it_is_spoken_in(scripted, utterances):
    said = utterances((1, 2), APART, (2, 2), APART, (3, 2), APART)
    recognition = scripted(sentences, BOTH, listen=hears(2))
    assert locales(recognition.of(said)) == ["en-US", "es-MX", "en-US"]
    languages = [request.language for batch in recognition.engine.batches for request in batch]
    assert sorted(languages) == ["en", "en", "es"]


def test_languages_follow_each_other_in_time_whatever_the_length_of_segments(scripted, utterances):
    """The middle one is unclear and the shortest: it is read first, but stays with the others."""
    said = utterances((1, 9), APART, (2, 1), APART, (3, 5), APART)
    unclear = lambda level: {"es": 0.7, "en": 0.3} if level == 2 else {"en": 1.0}  # noqa: E731
    recognition = scripted(sentences, BOTH, listen=unclear)
    assert locales(recognition.of(said)) == ["en-US", "en-US", "en-US"]


def test_a_segment_is_cut_where_its_language_changes(scripted, utterances):
    """A pause of 0.6 s does not part segments."""
    said = utterances((0, 1), (1, 2), (0, 0.6), (2, 2), (0, 1))
    recognition = scripted(sentences, BOTH, listen=hears(2))
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [(p.locale, p.best.display) for p in phrases] == [
        ("en-US", "I am one."),
        ("es-MX", "We are two."),
    ]
    assert phrases[1].offset_s == pytest.approx(3.6, abs=0.05)


def spoken_at(level, segment):
    """How much of a segment is spoken at a level of scripted audio, 0 to 1."""
    levels = np.rint(np.abs(segment.features) * 32_768 / 1_000)
    return float((levels == level).sum() / max(1, (levels > 0).sum()))


def test_a_segment_is_cut_within_an_utterance_too(scripted, utterances):
    """Two speakers without a pause between them: the change is found to half a second."""
    said = utterances((0, 1), (1, 8), (2, 8), (0, 1))
    recognition = scripted(sentences, BOTH)
    recognition.engine.identify_language = lambda segments: [
        {"es": spoken_at(2, segment), "en": spoken_at(1, segment)} for segment in segments
    ]
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [p.locale for p in phrases] == ["en-US", "es-MX"]
    assert phrases[1].offset_s == pytest.approx(9.0, abs=0.5)


def test_one_language_costs_no_second_encoding(scripted, utterances):
    said = utterances((1, 2), (0, 0.6), (2, 4), APART, (3, 8), APART)
    recognition = scripted(sentences, BOTH, listen=hears())
    assert set(locales(recognition.of(said))) == {"en-US"}
    assert len(recognition.engine.contexts) == recognition.statistics.n_segments == 2


def test_a_change_that_the_parts_by_themselves_deny_is_none(scripted, utterances):
    """Among others it sounds Spanish; alone, with all its context, English."""
    said = utterances((1, 2), (0, 0.6), (2, 2))
    recognition = scripted(sentences, BOTH, listen=lambda _level: {"en": 1.0})
    engine = recognition.engine
    engine.identify_language = lambda segments: [
        {"es": 1.0} if len(segments) > 1 and place == 1 else {"en": 1.0}
        for place, _ in enumerate(segments)
    ]
    assert set(locales(recognition.of(said))) == {"en-US"}


def test_channels_have_languages_of_their_own(scripted, utterances):
    options = RecognitionOptions(
        locales=("en-US", "es-MX"), channels=(0, 1), language_per_phrase=True
    )
    recognition = scripted(sentences, options, listen=hears(2))
    left, right = utterances((1, 2), (0, 1)), utterances((2, 2), (0, 1))
    found = {r.channel: r.locale for r in recognition.of(left, right) if isinstance(r, Phrase)}
    assert found == {0: "en-US", 1: "es-MX"}


def test_words_of_each_language_are_timed_in_it(scripted, utterances):
    options = RecognitionOptions(
        locales=("en-US", "es-MX"), word_timestamps=True, language_per_phrase=True
    )
    recognition = scripted(sentences, options, listen=hears(2))
    said = utterances((1, 2), APART, (2, 2), APART)
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [p.locale for p in phrases] == ["en-US", "es-MX"]
    assert all(p.words for p in phrases)


def test_one_candidate_per_phrase_is_told_without_listening(scripted, utterances):
    options = RecognitionOptions(locales=("en-GB",), language_per_phrase=True)
    recognition = scripted(sentences, options)
    assert locales(recognition.of(utterances((1, 2)))) == ["en-GB"]
    assert recognition.engine.n_identified == 0


def test_silence_has_no_language(scripted, utterances):
    recognition = scripted(sentences, BOTH)
    assert locales(recognition.of(utterances((0, 5)))) == []
    with stream_of(utterances((0, 5))) as stream:
        assert recognition._recognition.identify_language(stream) is None
    assert recognition.engine.n_identified == 0


def test_the_language_of_an_audio_comes_with_its_probability(scripted, utterances):
    options = RecognitionOptions(locales=("en-US", "es-MX", "fr-FR"))
    heard = {"ja": 0.5, "es": 0.4, "en": 0.1}
    recognition = scripted(sentences, options, listen=lambda _level: heard)
    with stream_of(utterances((1, 2), APART, (2, 2))) as stream:
        identified = recognition._recognition.identify_language(stream)
    assert identified.locale == "es-MX"
    assert identified.probability == pytest.approx(0.8, abs=0.01)
    assert [locale for locale, _ in identified.alternatives] == ["es-MX", "en-US", "fr-FR"]
    assert recognition.engine.batches == []


def stream_of(samples):
    return open_audio(samples.tobytes(), raw=RawPcm(n_channels=1))
