"""Segments of speech from probabilities that are given."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audio.segmenter import Pause, Segment, SegmentationOptions, Segmenter

WINDOW = 512
WINDOW_S = 0.032
SPEECH, HESITATION, SILENCE = 0.9, 0.4, 0.05
OPTIONS = SegmentationOptions(
    min_speech_s=0.1, min_silence_s=0.32, join_gap_s=0.64, max_segment_s=4.8, padding_s=0.16
)


class ScriptedDetector:
    """Returns the given probabilities, window by window; the state counts them."""

    def __init__(self, probabilities):
        self._probabilities = probabilities

    def initial_state(self):
        """No window yet."""
        return 0, None

    def probabilities(self, windows, state):
        """Those of the windows that come next."""
        first = state[0]
        last = first + len(windows)
        return np.array(self._probabilities[first:last], np.float32), (last, None)


def segment(probabilities, *, samples=None, block_samples=WINDOW, options=OPTIONS):
    """Results for audio of these windows, pushed in blocks of one size."""
    if samples is None:
        samples = np.ones(len(probabilities) * WINDOW, np.float32)
    segmenter = Segmenter(ScriptedDetector(probabilities), options)
    results = []
    for first in range(0, len(samples), block_samples):
        results += segmenter.push(samples[first : first + block_samples])
    return [*results, *segmenter.finish()]


def script(*parts):
    """Probabilities by (probability, windows)."""
    return [probability for probability, n_windows in parts for _ in range(n_windows)]


def utterances(results):
    """First and last (exclusive) window of the utterances of each segment."""
    return [
        [(round(u.start_s / WINDOW_S), round(u.end_s / WINDOW_S)) for u in result.utterances]
        for result in results
        if isinstance(result, Segment)
    ]


def test_silence_gives_one_pause():
    assert segment(script((SILENCE, 40)), samples=np.zeros(40 * WINDOW, np.float32)) == [
        Pause(0.0, pytest.approx(40 * WINDOW_S), -120.0)
    ]


def test_no_audio_gives_nothing():
    assert segment([]) == []


def test_a_pause_tells_how_loud_it_was():
    """A tenth of full scale is -20 dB."""
    samples = np.full(40 * WINDOW, 0.1, np.float32)
    (pause,) = segment(script((SILENCE, 40)), samples=samples)
    assert pause.level_db == pytest.approx(-20.0, abs=1e-3)


def test_speech_between_silence_is_a_segment_with_padding():
    before, spoken, after = segment(script((SILENCE, 20), (SPEECH, 30), (SILENCE, 40)))
    assert utterances([spoken]) == [[(20, 50)]]
    assert spoken.offset_s == pytest.approx(20 * WINDOW_S - 0.16)
    assert spoken.duration_s == pytest.approx(30 * WINDOW_S + 2 * 0.16)
    assert spoken.speech_s == pytest.approx(30 * WINDOW_S)
    assert (before.offset_s, before.duration_s) == (0.0, pytest.approx(spoken.offset_s))
    assert after.offset_s == pytest.approx(spoken.offset_s + spoken.duration_s)


def test_speech_that_has_begun_goes_on_at_a_lower_probability_than_it_takes_to_begin():
    results = segment(script((HESITATION, 10), (SPEECH, 10), (HESITATION, 20), (SILENCE, 30)))
    assert utterances(results) == [[(10, 40)]]


def test_probabilities_below_the_onset_are_no_speech():
    assert utterances(segment(script((HESITATION, 100)))) == []


@pytest.mark.parametrize(("n_windows", "expected"), [(3, []), (4, [[(10, 14)]])])
def test_a_burst_shorter_than_the_least_speech_is_noise(n_windows, expected):
    """0.1 s is a little more than three windows."""
    burst = script((SILENCE, 10), (SPEECH, n_windows), (SILENCE, 30))
    assert utterances(segment(burst)) == expected


def test_a_short_pause_does_not_end_an_utterance():
    results = segment(script((SPEECH, 20), (SILENCE, 9), (SPEECH, 20), (SILENCE, 30)))
    assert utterances(results) == [[(0, 49)]]


def test_utterances_with_a_small_gap_are_recognised_together():
    results = segment(script((SPEECH, 20), (SILENCE, 15), (SPEECH, 20), (SILENCE, 30)))
    assert utterances(results) == [[(0, 20), (35, 55)]]


def test_utterances_with_a_wide_gap_are_not():
    results = segment(script((SPEECH, 20), (SILENCE, 21), (SPEECH, 20), (SILENCE, 30)))
    assert utterances(results) == [[(0, 20)], [(41, 61)]]


def test_utterances_are_not_joined_beyond_the_longest_segment():
    """4.8 s are 150 windows; the three take 165."""
    results = segment(
        script((SPEECH, 45), (SILENCE, 15), (SPEECH, 45), (SILENCE, 15), (SPEECH, 45))
    )
    assert utterances(results) == [[(0, 45), (60, 105)], [(120, 165)]]


def test_long_speech_is_cut_at_its_least_speech_like_window_of_the_second_half():
    probabilities = script((SPEECH, 200), (SILENCE, 30))
    probabilities[40] = 0.4  # in the first half: a cut there would leave a short piece
    probabilities[110] = 0.5
    assert utterances(segment(probabilities)) == [[(0, 110)], [(110, 200)]]


def test_a_cut_gives_the_next_segment_its_first_sounds():
    probabilities = script((SPEECH, 200), (SILENCE, 30))
    probabilities[110] = 0.5
    first, second = (r for r in segment(probabilities) if isinstance(r, Segment))
    assert first.offset_s + first.duration_s == pytest.approx(110 * WINDOW_S)
    assert second.offset_s == pytest.approx(110 * WINDOW_S)


def test_speech_until_the_last_sample_is_complete():
    results = segment(script((SILENCE, 10), (SPEECH, 20)))
    assert utterances(results) == [[(10, 30)]]


def test_the_samples_of_a_segment_are_those_of_its_time():
    samples = np.arange(90 * WINDOW, dtype=np.float32)
    spoken = segment(script((SILENCE, 20), (SPEECH, 30), (SILENCE, 40)), samples=samples)[1]
    first = round(spoken.offset_s * 16_000)
    np.testing.assert_array_equal(spoken.samples, samples[first : first + len(spoken.samples)])
    assert spoken.samples.base is None


def test_a_segment_does_not_wait_for_the_next_speech():
    """Once nothing can be joined any more the segment is there, so that text follows speech."""
    segmenter = Segmenter(ScriptedDetector(script((SPEECH, 20), (SILENCE, 40))), OPTIONS)
    arrived = [
        n_windows
        for n_windows in range(60)
        if any(isinstance(r, Segment) for r in segmenter.push(np.zeros(WINDOW, np.float32)))
    ]
    assert arrived == [20 + 20]


def test_two_segmenters_of_one_detector_do_not_mix():
    detector = ScriptedDetector(script((SPEECH, 20), (SILENCE, 40)))
    left, right = Segmenter(detector, OPTIONS), Segmenter(detector, OPTIONS)
    block = np.ones(60 * WINDOW, np.float32)
    assert utterances([*left.push(block), *left.finish()]) == utterances(
        [*right.push(block), *right.finish()]
    )


probabilities_of_windows = st.lists(
    st.tuples(st.sampled_from([SILENCE, 0.34, HESITATION, 0.5, 0.7, SPEECH]), st.integers(1, 60)),
    max_size=20,
).map(lambda parts: script(*parts))
audio_options = st.builds(
    SegmentationOptions,
    min_speech_s=st.sampled_from([0.03, 0.1, 0.25]),
    min_silence_s=st.sampled_from([0.2, 0.3, 0.5]),
    join_gap_s=st.sampled_from([0.3, 0.5, 1.0]),
    max_segment_s=st.sampled_from([1.0, 2.5, 12.0]),
    padding_s=st.sampled_from([0.0, 0.2, 0.5]),
)


def numbered(n_samples):
    return np.arange(n_samples, dtype=np.float32) / 1e6


@given(probabilities_of_windows, audio_options, st.integers(0, WINDOW - 1))
def test_segments_and_pauses_cover_every_sample_once_in_order(probabilities, options, n_missing):
    """The last window may be a part of one."""
    n_samples = max(0, len(probabilities) * WINDOW - n_missing)
    results = segment(probabilities, samples=numbered(n_samples), options=options)
    place = 0
    for result in results:
        assert round(result.offset_s * 16_000) == place
        assert result.duration_s > 0
        place += round(result.duration_s * 16_000)
    assert place == n_samples


@given(probabilities_of_windows, audio_options, st.integers(0, WINDOW - 1))
def test_utterances_lie_within_their_segment_and_apart(probabilities, options, n_missing):
    n_samples = max(0, len(probabilities) * WINDOW - n_missing)
    results = segment(probabilities, samples=numbered(n_samples), options=options)
    for spoken in (r for r in results if isinstance(r, Segment)):
        times_s = [t for u in spoken.utterances for t in (u.start_s, u.end_s)]
        assert times_s == sorted(times_s)
        assert times_s[0] >= spoken.offset_s - 1e-9
        assert times_s[-1] <= spoken.offset_s + spoken.duration_s + 1e-9


@given(probabilities_of_windows, audio_options)
def test_no_segment_is_longer_than_the_limit_and_its_padding(probabilities, options):
    longest_s = options.max_segment_s + 2 * options.padding_s + WINDOW_S
    for result in segment(probabilities, options=options):
        assert isinstance(result, Pause) or result.duration_s <= longest_s


@given(probabilities_of_windows, audio_options, st.sampled_from([1, 160, 700, 16_000, 10**7]))
def test_the_sizes_of_blocks_do_not_matter(probabilities, options, block_samples):
    """A client that sends slowly, and a file read at once, get the same segments."""
    if block_samples == 1:
        probabilities = probabilities[:20]
    samples = numbered(len(probabilities) * WINDOW)
    by_window = segment(probabilities, samples=samples, options=options)
    by_block = segment(probabilities, samples=samples, options=options, block_samples=block_samples)
    for one, other in itertools.zip_longest(by_window, by_block):
        assert type(one) is type(other)
        assert (one.offset_s, one.duration_s) == (other.offset_s, other.duration_s)
        if isinstance(one, Segment):
            assert one.utterances == other.utterances
            np.testing.assert_array_equal(one.samples, other.samples)
        else:
            assert one.level_db == pytest.approx(other.level_db, abs=0.01)


def test_silence_does_not_gather_in_memory():
    """Ten minutes of it leave less than a second behind."""

    class Deaf:
        def initial_state(self):
            return None, None

        def probabilities(self, windows, state):
            return np.zeros(len(windows), np.float32), state

    segmenter = Segmenter(Deaf(), OPTIONS)
    second = np.zeros(16_000, np.float32)
    for _ in range(600):
        assert not [*segmenter.push(second)]
    held = segmenter._samples
    assert sum(len(block) for block in held._blocks) < 16_000
    (pause,) = segmenter.finish()
    assert pause.duration_s == 600.0


def test_speech_under_way_is_visible_before_its_segment_is_complete():
    segmenter = Segmenter(ScriptedDetector(script((SILENCE, 20), (SPEECH, 10))), OPTIONS)
    samples = np.arange(30 * WINDOW, dtype=np.float32) / (30 * WINDOW)
    assert list(segmenter.push(samples)) == []
    assert segmenter.onset_s == pytest.approx(20 * WINDOW_S)
    pending = segmenter.pending()
    assert pending.offset_s == pytest.approx(20 * WINDOW_S - OPTIONS.padding_s)
    assert pending.duration_s == pytest.approx(10 * WINDOW_S + OPTIONS.padding_s)
    np.testing.assert_array_equal(pending.samples, samples[-len(pending.samples) :])
    assert [u.start_s for u in pending.utterances] == [segmenter.onset_s]


def test_looking_at_pending_speech_changes_no_result():
    probabilities = script((SILENCE, 9), (SPEECH, 40), (SILENCE, 25), (SPEECH, 30), (SILENCE, 90))
    segmenter = Segmenter(ScriptedDetector(probabilities), OPTIONS)
    samples = np.ones(len(probabilities) * WINDOW, np.float32)
    results = []
    for first in range(0, len(samples), WINDOW):
        results += segmenter.push(samples[first : first + WINDOW])
        segmenter.pending()
    results += segmenter.finish()
    undisturbed = segment(probabilities)
    assert utterances(results) == utterances(undisturbed)
    assert [r.duration_s for r in results] == [r.duration_s for r in undisturbed]


def test_neither_silence_nor_a_click_is_pending():
    segmenter = Segmenter(ScriptedDetector(script((SILENCE, 20), (SPEECH, 2))), OPTIONS)
    assert list(segmenter.push(np.ones(22 * WINDOW, np.float32))) == []
    assert segmenter.onset_s is None
    assert segmenter.pending() is None


def test_without_a_join_gap_a_segment_ends_right_behind_its_padding():
    session = replace(OPTIONS, join_gap_s=0.0)
    probabilities = script((SPEECH, 20), (SILENCE, 60))
    segmenter = Segmenter(ScriptedDetector(probabilities), session)
    n_windows = 1
    while not any(isinstance(r, Segment) for r in segmenter.push(np.ones(WINDOW, np.float32))):
        n_windows += 1
    waited_s = (n_windows - 20) * WINDOW_S
    assert OPTIONS.min_silence_s <= waited_s < OPTIONS.min_silence_s + OPTIONS.padding_s


def test_a_settled_segment_is_the_one_that_follows_if_the_silence_goes_on():
    probabilities = script((SPEECH, 10), (SILENCE, 40))
    samples = np.arange(len(probabilities) * WINDOW, dtype=np.float32)
    segmenter = Segmenter(ScriptedDetector(probabilities), OPTIONS)
    settled, complete = [], []
    for first in range(0, len(samples), WINDOW):
        found = segmenter.push(samples[first : first + WINDOW])
        complete += [one for one in found if isinstance(one, Segment)]
        if not complete and (one := segmenter.settled()) is not None:
            settled.append(one)
    assert len(settled) > 5
    for one in settled:
        assert one.offset_s == complete[0].offset_s
        assert one.utterances == complete[0].utterances
        assert np.array_equal(one.samples, complete[0].samples)


def test_nothing_is_settled_before_the_padding_or_once_speech_goes_on():
    segmenter = Segmenter(
        ScriptedDetector(script((SPEECH, 10), (SILENCE, 16), (SPEECH, 20))), OPTIONS
    )
    settled = []
    for _ in range(40):
        list(segmenter.push(np.ones(WINDOW, np.float32)))
        settled.append(segmenter.settled() is not None)
    assert not any(settled[:15])
    assert any(settled[15:26])
    assert not any(settled[27:])


def test_the_silence_behind_speech_under_way_is_measured():
    segmenter = Segmenter(ScriptedDetector(script((SPEECH, 10), (SILENCE, 16))), OPTIONS)
    lengths_s = []
    for _ in range(26):
        list(segmenter.push(np.ones(WINDOW, np.float32)))
        lengths_s.append(segmenter.silence_s)
    assert lengths_s[9] == 0
    assert lengths_s[13] == pytest.approx(4 * WINDOW_S)


def test_the_level_of_silence_that_lasts_is_known():
    segmenter = Segmenter(ScriptedDetector(script((SILENCE, 40))), OPTIONS)
    for _ in range(40):
        list(segmenter.push(np.full(WINDOW, 0.1, np.float32)))
    assert segmenter.quiet_level_db() == pytest.approx(-20)
