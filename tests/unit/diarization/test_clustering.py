"""Voices of made-up speakers: directions in 192 dimensions with noise, as alike as real ones.

Real voices of CAM++ have a cosine of 0.5 to 0.8 within a speaker and of 0.3 to 0.5 between two.
"""

import itertools

import numpy as np
import pytest

from shared.diarization.clustering import (
    BLOCK_VOICES,
    SpeakerRange,
    find_speakers,
    link,
)

ANY = SpeakerRange()


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def make_voices(who, seed=0, noise=0.6):
    """Vectors of these speakers, and the speakers."""
    random = np.random.default_rng(seed)
    speakers = unit(0.8 * unit(np.ones(192)) + unit(random.standard_normal((max(who) + 1, 192))))
    noisy = speakers[who] + noise * random.standard_normal((len(who), 192)) / 192**0.5
    return unit(noisy), speakers


@pytest.mark.parametrize("n_speakers", [1, 2, 5, 12])
def test_the_number_of_speakers_is_found(n_speakers):
    voices, speakers = make_voices(list(range(n_speakers)) * 10)
    found = find_speakers(voices, np.full(len(voices), 4.0), ANY)
    assert found.shape == (n_speakers, 192)
    assert (np.linalg.norm(found, axis=1) < 1).all()
    assert ((unit(found) @ speakers.T).max(axis=1) > 0.9).all()


def test_the_tree_is_that_of_average_linkage():
    """Against the definition: the mean of all pairs, the most similar clusters first."""
    voices, _ = make_voices([0, 1, 2, 0, 1, 2, 3, 3, 0])
    weights = np.ones(len(voices))
    clusters = {index: [index] for index in range(len(voices))}
    similarities = voices @ voices.T
    expected = []
    while len(clusters) > 1:
        pairs = [(a, b) for a in clusters for b in clusters if a < b]
        mean = {(a, b): similarities[np.ix_(clusters[a], clusters[b])].mean() for a, b in pairs}
        first, second = max(mean, key=mean.get)
        expected.append((first, second, mean[first, second]))
        clusters[first] += clusters.pop(second)
    found = [(merge.first, merge.second, merge.similarity) for merge in link(voices, weights)]
    assert [pair[:2] for pair in found] == [pair[:2] for pair in expected]
    np.testing.assert_allclose([p[2] for p in found], [p[2] for p in expected], rtol=1e-4)


def test_long_audio_in_two_passes_has_the_same_speakers():
    who = np.random.default_rng(1).integers(0, 35, 3 * BLOCK_VOICES).tolist()
    voices, speakers = make_voices(who)
    found = find_speakers(voices, np.full(len(voices), 4.0), ANY)
    assert len(found) == 35
    assert sorted((found @ speakers.T).argmax(axis=1).tolist()) == list(range(35))


@pytest.mark.parametrize(
    ("least", "most", "expected"), [(1, 2, 2), (1, 1, 1), (6, 6, 6), (5, 9, 5)]
)
def test_bounds_are_kept(least, most, expected):
    """Of four speakers."""
    voices, _ = make_voices([0, 1, 2, 3] * 8)
    found = find_speakers(voices, np.full(len(voices), 4.0), SpeakerRange(least, most))
    assert len(found) == expected


def test_bounds_around_the_estimate_change_nothing():
    voices, _ = make_voices([0, 1, 2, 3] * 8)
    durations_s = np.full(len(voices), 4.0)
    within = find_speakers(voices, durations_s, SpeakerRange(2, 10))
    np.testing.assert_allclose(within, find_speakers(voices, durations_s, ANY), atol=1e-5)


def test_there_are_no_more_speakers_than_voices():
    voices, _ = make_voices([0, 1])
    assert len(find_speakers(voices, np.full(2, 4.0), SpeakerRange(5))) == 2


def test_two_seconds_of_a_short_recording_are_a_speaker():
    """In pieces of 1 s, beside 5 s of another speaker."""
    voices, _ = make_voices([0] * 5 + [1] * 2)
    assert len(find_speakers(voices, np.full(7, 1.0), ANY)) == 2


def test_a_short_voice_needs_less_similarity_to_be_its_speakers_own():
    """A cosine of 0.5 parts clusters of ten seconds each, and not one of them from 1.5 s."""
    first, second = np.eye(192, dtype=np.float32)[:2]
    voices = np.stack([first, unit(0.5 * first + (1 - 0.5**2) ** 0.5 * second)])
    assert len(find_speakers(voices, np.array([10.0, 10.0]), ANY)) == 2
    assert len(find_speakers(voices, np.array([10.0, 1.5]), ANY)) == 1


def test_a_chance_sound_is_no_speaker():
    """One voice of 1 s that resembles no other, among two minutes of two speakers."""
    voices, speakers = make_voices([0, 1] * 15 + [2])
    durations_s = np.array([4.0] * 30 + [1.0])
    found = find_speakers(voices, durations_s, ANY)
    assert sorted((found @ speakers.T).argmax(axis=1).tolist()) == [0, 1]


def test_one_short_voice_is_one_speaker():
    voices, _ = make_voices([0])
    assert len(find_speakers(voices, np.array([0.4]), ANY)) == 1


def test_no_voice_is_no_speaker():
    assert find_speakers(np.zeros((0, 192), np.float32), np.zeros(0), ANY).shape == (0, 192)


@pytest.mark.parametrize("n_voices", [200, 3 * BLOCK_VOICES])
def test_clustering_ends_where_the_work_is_cancelled(n_voices):
    """Of one block of voices, and of several."""
    voices, _ = make_voices([0, 1] * (n_voices // 2))
    n_checks = itertools.count(1)

    def cancel_at_the_hundredth():
        if next(n_checks) == 100:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        find_speakers(
            voices, np.full(len(voices), 4.0), ANY, check_cancelled=cancel_at_the_hundredth
        )
    assert next(n_checks) == 101
