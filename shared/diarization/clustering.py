"""Clustering of voice embeddings: the number of speakers, and the mean vector of each.

Average linkage by cosine. Since all vectors have length one, the average similarity of two
clusters is the product of their mean vectors: no matrix of all pairs is built, and a cluster costs
one row. Long audio takes two passes, so that time grows with its length and not with the square:
the first joins similar voices within a block of time, the second clusters the result.

Source: Müllner, "Modern hierarchical, agglomerative clustering algorithms", 2011 (nearest-neighbour
chain; average linkage with weights is reducible, so the chain finds its tree).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.diarization.speaker_range import SpeakerRange
from shared.scheduling import CheckCancelled, never_cancelled

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

# Voices per block of the first pass; 600 take 0.1 s.
BLOCK_VOICES = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteringOptions:
    """Thresholds of the clustering.

    similarity: average cosine from which two clusters are the same speaker; `calibration` finds
        it for a recording, and this is what it finds without a pair of voices.
    short_allowance_s: a short voice is less similar to its speaker. So this, divided by the seconds
        of the shorter cluster, is added to the cosine of two clusters when no others are similar.
    certain_margin: added to `similarity` for the first pass over a long audio, whose errors are
        final.
    least_voice_s: a shorter voice is too uncertain to start a cluster.
    least_speaker_s, least_share: a cluster of less speech, or less than this share of all speech,
        is an outlier and no speaker.

    All were chosen on conversations of one half of the readers: see `docs/diarization.md`.
    """

    similarity: float = 0.545
    short_allowance_s: float = 0.12
    certain_margin: float = 0.1
    least_voice_s: float = 0.6
    least_speaker_s: float = 1.2
    least_share: float = 0.001


def find_speakers(
    vectors: Floats,
    durations_s: Doubles,
    bounds: SpeakerRange,
    options: ClusteringOptions | None = None,
    check_cancelled: CheckCancelled = never_cancelled,
) -> Floats:
    """Return the mean of each speaker's unit vectors, shape `(n_speakers, n_dimensions)`.

    Its product with a unit vector is the average cosine to the speaker's voices.

    Parameters
    ----------
    vectors: unit vectors of voices in order of time, shape `(n_voices, n_dimensions)`.
    durations_s: seconds of speech of each, shape `(n_voices,)`.
    bounds: kept where the voices permit it: two voices cannot be three speakers.
    check_cancelled: called for each merge; an exception of it propagates. 10,000 voices that are
        all dissimilar, of an hour of noise, take minutes.
    """
    options = options or ClusteringOptions()
    if not len(vectors):
        return vectors
    trusted = durations_s >= min(options.least_voice_s, durations_s.max())
    means, weights = vectors[trusted].astype(np.float32), durations_s[trusted]
    if len(means) > BLOCK_VOICES:
        certain = options.similarity + options.certain_margin
        means, weights = _join_neighbours(means, weights, certain, check_cancelled)
    tree = link(means, weights, check_cancelled)
    tree = _link_short(tree, means, weights, options, check_cancelled)
    least_s = max(options.least_speaker_s, options.least_share * float(weights.sum()))
    least_s = min(least_s, float(weights.sum()) / 2)
    n_merges = _choose_cut(tree, weights, least_s, bounds, options.similarity)
    sums = _cluster_sums(tree[:n_merges], means, weights)
    durations = _cluster_sums(tree[:n_merges], np.ones((len(means), 1), np.float32), weights)[:, 0]
    chosen = _select_speakers(durations, least_s, bounds)
    return np.asarray(sums[chosen] / durations[chosen, None], np.float32)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge of two clusters, each named by its first member; `first` names the result."""

    first: int
    second: int
    similarity: float


def link(
    means: Floats, weights: Doubles, check_cancelled: CheckCancelled = never_cancelled
) -> list[Merge]:
    """Return the dendrogram of average linkage: all merges, most similar first.

    Parameters
    ----------
    means: unit vectors, or means of unit vectors, shape `(n, n_dimensions)`.
    weights: of each in the averages, shape `(n,)`.
    """
    means, weights = means.astype(np.float32).copy(), weights.astype(np.float64).copy()
    alive = np.ones(len(means), bool)
    height = np.full(len(means), np.inf)
    merges: list[Merge] = []
    chain: list[int] = []
    for _ in range(len(means) - 1):
        check_cancelled()
        if not chain:
            chain.append(int(np.argmax(alive)))
        while True:
            tip = chain[-1]
            similarities = means @ means[tip]
            similarities[~alive] = -np.inf
            similarities[tip] = -np.inf
            nearest = int(np.argmax(similarities))
            # A tie goes to the previous element, or the chain would cycle.
            if len(chain) > 1 and similarities[chain[-2]] >= similarities[nearest]:
                break
            chain.append(nearest)
        one, other = sorted((chain.pop(), chain.pop()))
        # Rounding must not put a merge before those that made its clusters.
        height[one] = min(float(means[one] @ means[other]), height[one], height[other])
        merges.append(Merge(one, other, float(height[one])))
        total = weights[one] + weights[other]
        means[one] = (weights[one] * means[one] + weights[other] * means[other]) / total
        weights[one] = total
        alive[other] = False
    return sorted(merges, key=lambda merge: -merge.similarity)


def _link_short(
    tree: list[Merge],
    means: Floats,
    weights: Doubles,
    options: ClusteringOptions,
    check_cancelled: CheckCancelled,
) -> list[Merge]:
    """Link what is left at the threshold anew, with an allowance for clusters of little speech.

    More than a block of clusters are noise, and stay as they are.
    """
    kept = [merge for merge in tree if merge.similarity >= options.similarity]
    ids = np.setdiff1d(np.arange(len(means)), [merge.second for merge in kept])
    if len(ids) > BLOCK_VOICES:
        return tree
    seconds = _cluster_sums(kept, np.ones((len(means), 1), np.float32), weights)[:, 0]
    centres = _cluster_sums(kept, means, weights) / seconds[:, None]
    while len(ids) > 1:
        check_cancelled()
        shorter_s = np.minimum(seconds[:, None], seconds)
        similarities = centres @ centres.T + options.short_allowance_s / shorter_s
        np.fill_diagonal(similarities, -np.inf)
        one, other = sorted(divmod(int(similarities.argmax()), len(ids)))
        kept.append(Merge(int(ids[one]), int(ids[other]), float(similarities[one, other])))
        total_s = seconds[one] + seconds[other]
        centres[one] = (seconds[one] * centres[one] + seconds[other] * centres[other]) / total_s
        seconds[one] = total_s
        ids, seconds = np.delete(ids, other), np.delete(seconds, other)
        centres = np.delete(centres, other, axis=0)
    return kept


def _join_neighbours(
    means: Floats, weights: Doubles, similarity: float, check_cancelled: CheckCancelled
) -> tuple[Floats, Doubles]:
    """Merge similar voices within each block; return means and weights of the clusters."""
    joined: list[Floats] = []
    totals: list[Doubles] = []
    for first in range(0, len(means), BLOCK_VOICES):
        block = means[first : first + BLOCK_VOICES]
        block_weights = weights[first : first + BLOCK_VOICES]
        tree = link(block, block_weights, check_cancelled)
        merges = [merge for merge in tree if merge.similarity >= similarity]
        total = _cluster_sums(merges, np.ones((len(block), 1), np.float32), block_weights)
        joined.append(_cluster_sums(merges, block, block_weights) / total)
        totals.append(total[:, 0].astype(np.float64))
    return np.concatenate(joined), np.concatenate(totals)


def _cluster_sums(merges: list[Merge], means: Floats, weights: Doubles) -> Floats:
    """Weighted sums of the clusters after some merges, shape `(n_clusters, n_dimensions)`."""
    sums = means * weights[:, None].astype(np.float32)
    left = np.ones(len(means), bool)
    for merge in merges:
        sums[merge.first] += sums[merge.second]
        left[merge.second] = False
    return sums[left]


def _choose_cut(
    tree: list[Merge],
    weights: Doubles,
    least_s: float,
    bounds: SpeakerRange,
    similarity: float,
) -> int:
    """Return the number of merges at the best cut of the dendrogram.

    Of the cuts within the bounds it is the one nearest to `similarity`; where no cut is, the one
    with the fewest speakers too many or too few.
    """
    durations = weights.copy()
    n_speakers = int((durations >= least_s).sum())
    most = bounds.most if bounds.most is not None else len(weights)
    below = (place for place, merge in enumerate(tree) if merge.similarity < similarity)
    wanted = next(below, len(tree))
    best = (_distance(n_speakers, bounds.least, most), abs(wanted), 0)
    for n_merges, merge in enumerate(tree, start=1):
        pair = durations[merge.first], durations[merge.second]
        durations[merge.first] = sum(pair)
        n_speakers += int(sum(pair) >= least_s) - sum(int(part >= least_s) for part in pair)
        candidate = (_distance(n_speakers, bounds.least, most), abs(wanted - n_merges), n_merges)
        best = min(best, candidate)
    return best[2]


def _distance(n_speakers: int, least: int, most: int) -> int:
    return max(least - n_speakers, n_speakers - most, 0)


def _select_speakers(
    durations: Floats, least_s: float, bounds: SpeakerRange
) -> npt.NDArray[np.intp]:
    """Return the indices of the clusters with enough speech, at least the longest."""
    longest_first = np.argsort(-durations, kind="stable")
    n_speakers = max(int((durations >= least_s).sum()), 1, bounds.least)
    if bounds.most is not None:
        n_speakers = min(n_speakers, bounds.most)
    return np.sort(longest_first[:n_speakers])
