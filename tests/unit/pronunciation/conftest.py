"""Words and sounds made here: a word is a stretch of tone, a pause is silence."""

import numpy as np
import pytest

from shared.pronunciation.aligned_word import AlignedPhone, AlignedWord

RATE = 16_000
# Consonant, vowel, consonant, vowel: 0.08, 0.12, 0.08 and 0.06 s.
SYLLABLES = (("B", 0.08), ("AA1", 0.12), ("D", 0.08), ("AH0", 0.06))


@pytest.fixture(scope="session")
def make_words():
    """Give words of two syllables, from the pause before each; the first begins after 0.2 s."""

    def build(pauses_s, speed=1.0, breaks=(), offset_s=0.0, phones=SYLLABLES):
        words, time_s = [], offset_s + 0.2
        for index, pause_s in enumerate((0.0, *pauses_s)):
            time_s += pause_s
            aligned = []
            for phoneme, seconds in phones:
                aligned.append(AlignedPhone(phoneme, time_s, time_s + seconds / speed))
                time_s += seconds / speed
            words.append(AlignedWord("body", tuple(aligned), index in breaks))
        return tuple(words)

    return build


@pytest.fixture(scope="session")
def make_samples():
    """Give the sound of words: a tone of 150 Hz in each, noise 50 dB below it elsewhere."""

    def build(words, offset_s=0.0, noise=0.001, level=0.3):
        n_samples = round((words[-1].end_s - offset_s + 0.2) * RATE)
        samples = noise * np.random.default_rng(0).standard_normal(n_samples)
        times_s = offset_s + np.arange(n_samples) / RATE
        for word in words:
            within = (times_s >= word.start_s) & (times_s < word.end_s)
            samples[within] += level * np.sin(2 * np.pi * 150 * times_s[within])
        return samples.astype(np.float32)

    return build
