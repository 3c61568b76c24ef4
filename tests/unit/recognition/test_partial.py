"""A phrase while it is spoken: windows of a long one."""

import itertools

import numpy as np
import pytest

from shared.audio.segmenter import Segment, Utterance
from shared.recognition.partial import MOST_WINDOW_S, PartialReading, PhraseUnderWay
from shared.recognition.stability import PartialWord

WORD_S = 0.5
COUNTED = [f"w{number}" for number in range(100)]


class Counter:
    """Reads a counted word in each half second, and notes how much audio it was given."""

    def __init__(self, *, translates=False):
        self.translates = translates
        self.lengths_s = []

    def read_partial(self, segment, prefix, *, locates_prefix):
        """Read the words of the segment behind the prefix."""
        self.lengths_s.append(segment.duration_s)
        first = round(segment.offset_s / WORD_S) + len(prefix)
        last = round((segment.offset_s + segment.duration_s) / WORD_S)
        words = tuple(PartialWord(COUNTED[place], (place,)) for place in range(first, last))
        end_s = segment.offset_s + len(prefix) * WORD_S if locates_prefix else None
        return PartialReading(words, -0.1, "en-US", None, None, end_s)


def spoken(duration_s):
    """Uninterrupted speech from the start of the audio."""
    samples = np.zeros(round(duration_s * 16_000), np.float32)
    return Segment(samples, 0.0, (Utterance(0.0, duration_s),))


def read_while_spoken(reader, seconds):
    """Words that are shown after each half second."""
    phrase = PhraseUnderWay(reader, 2)
    shown = []
    for half in range(1, round(seconds / WORD_S) + 1):
        phrase.read(spoken(half * WORD_S))
        shown.append([word.text for word in phrase.words])
    return shown


def test_a_long_phrase_is_read_in_windows_and_loses_no_word():
    reader = Counter()
    shown = read_while_spoken(reader, 30)
    assert shown[-1] == COUNTED[: len(shown[-1])]
    assert len(shown[-1]) > 50
    assert max(reader.lengths_s) <= MOST_WINDOW_S + 2 * WORD_S


def test_no_shown_word_is_taken_back_where_a_window_begins():
    shown = read_while_spoken(Counter(), 30)
    for before, after in itertools.pairwise(shown):
        assert after[: len(before)] == before


def test_a_phrase_that_is_translated_is_read_as_a_whole():
    reader = Counter(translates=True)
    read_while_spoken(reader, 15)
    assert max(reader.lengths_s) == pytest.approx(15)


def test_a_reading_that_fails_changes_nothing():
    reader = Counter()
    phrase = PhraseUnderWay(reader, 2)
    phrase.read(spoken(1.0))
    phrase.read(spoken(1.5))
    before = phrase.words
    reader.read_partial = lambda *_args, **_options: None
    assert phrase.read(spoken(2.0)) is None
    assert phrase.words == before
