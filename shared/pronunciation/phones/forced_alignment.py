"""Forced alignment: the most likely frames of the phones of known words, by CTC's posteriors.

A word has one or more pronunciations, of which the most likely is taken; an optional word may be
left out at a cost. The states of CTC form a graph:

    blank - word - blank - word - blank        a word is one chain of phones for each pronunciation,
                                               with a blank between phones that may be passed over

Source: Kuerzinger et al., "CTC-Segmentation of Large Corpora for German End-to-End Speech
Recognition", 2020, for alignment by CTC; the graph is that of Graves et al., 2006.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shared.pronunciation.phones.phone_engine import BLANK, Floats
from shared.pronunciation.phones.phone_target import PhoneTarget, emissions_of

_IMPOSSIBLE = -1e30

Pronunciation = tuple[PhoneTarget, ...]
"""Phonemes of a word, each by the phones that count as it."""


@dataclass(frozen=True, slots=True)
class ExpectedWord:
    """A word to align. `skip_cost`: log probability lost if it is left out; None: it is not."""

    pronunciations: tuple[Pronunciation, ...]
    skip_cost: float | None = None


@dataclass(frozen=True, slots=True)
class WordFrames:
    """The pronunciation of a word that fits best: its index, and the centre frame of each phone."""

    pronunciation: int
    centres: tuple[float, ...]


@dataclass(slots=True)
class _Graph:
    """States with their columns of the posteriors, and the states before each with the cost."""

    labels: list[tuple[int, ...]] = field(default_factory=list)
    before: list[list[tuple[int, float]]] = field(default_factory=list)
    # word, pronunciation and phone of a state; None for blanks
    places: list[tuple[int, int, int] | None] = field(default_factory=list)

    def add(
        self,
        label: tuple[int, ...],
        before: Sequence[tuple[int, float]],
        place: tuple[int, int, int] | None = None,
    ) -> int:
        state = len(self.labels)
        self.labels.append(label)
        self.before.append([(state, 0.0), *before])
        self.places.append(place)
        return state


def align(
    log_posteriors: Floats, words: Sequence[ExpectedWord]
) -> tuple[WordFrames | None, ...] | None:
    """Return the frames of each word, None for one that is left out.

    None: the audio has too few frames for these words.

    log_posteriors: shape `(n_frames, n_phones + 1)`.
    """
    graph, ends = _build(words)
    path = _best_path(log_posteriors, graph, ends)
    if path is None:
        return None
    return _frames_of_words(log_posteriors, graph, path, len(words))


def _build(words: Sequence[ExpectedWord]) -> tuple[_Graph, list[int]]:
    """Return the graph, and the states where the audio may end."""
    graph = _Graph()
    blank = graph.add((BLANK,), [])
    exits: list[int] = []  # last phones of the word before
    for index, word in enumerate(words):
        entries = [(blank, 0.0), *((state, 0.0) for state in exits)]
        last_phones = [
            _add_chain(graph, entries, phones, (index, number))
            for number, phones in enumerate(word.pronunciations)
        ]
        after = [(state, 0.0) for state in last_phones]
        if word.skip_cost is not None:
            after.append((blank, -word.skip_cost))
        blank = graph.add((BLANK,), after)
        exits = last_phones
    return graph, [blank, *exits]


def _add_chain(
    graph: _Graph,
    entries: Sequence[tuple[int, float]],
    phones: Pronunciation,
    place: tuple[int, int],
) -> int:
    """Add the phones of a pronunciation; return the state of the last one."""
    state = -1
    for position, phone in enumerate(phones):
        if position:
            blank = graph.add((BLANK,), [(state, 0.0)])
            entries = [(blank, 0.0), (state, 0.0)]
        # Between two equal phones there must be a blank, or they are one.
        columns = phone.columns
        before = [(one, cost) for one, cost in entries if not set(columns) & set(graph.labels[one])]
        state = graph.add(columns, before, (*place, position))
    return state


def _best_path(
    log_posteriors: Floats, graph: _Graph, ends: Sequence[int]
) -> npt.NDArray[np.int64] | None:
    """Return the state of each frame on the most likely path (Viterbi)."""
    n_frames, n_states = len(log_posteriors), len(graph.labels)
    width = max(len(before) for before in graph.before)
    before = np.full((n_states, width), n_states, np.int64)  # behind the last: an impossible state
    costs = np.full((n_states, width), _IMPOSSIBLE)
    for state, entries in enumerate(graph.before):
        before[state, : len(entries)] = [one for one, _ in entries]
        costs[state, : len(entries)] = [cost for _, cost in entries]
    # Labels are few, states are many: the matrix of all states would be frames times states.
    distinct = list(dict.fromkeys(graph.labels))
    label_of_state = np.array([distinct.index(label) for label in graph.labels])
    emissions = emissions_of(log_posteriors, distinct)
    scores = np.full(n_states + 1, _IMPOSSIBLE)
    # An audio may start with the first blank, or with a phone that follows it.
    starts = [0, *(state for state in range(1, n_states) if (0, 0.0) in graph.before[state])]
    scores[starts] = emissions[0, label_of_state[starts]]
    choices = np.zeros((n_frames, n_states), np.int8)
    rows = np.arange(n_states)
    for frame in range(1, n_frames):
        candidates = scores[before] + costs
        best = candidates.argmax(axis=1)
        choices[frame] = best
        scores[:n_states] = candidates[rows, best] + emissions[frame, label_of_state]
    state = max(ends, key=lambda one: scores[one])
    if scores[state] <= _IMPOSSIBLE / 2:
        return None
    path = np.zeros(n_frames, np.int64)
    for frame in range(n_frames - 1, -1, -1):
        path[frame] = state
        state = int(before[state, choices[frame, state]])
    return path


def _frames_of_words(
    log_posteriors: Floats, graph: _Graph, path: npt.NDArray[np.int64], n_words: int
) -> tuple[WordFrames | None, ...]:
    """Return the centre of each phone: the mean of its frames, weighted by its posterior."""
    weights: dict[tuple[int, int, int], list[tuple[int, float]]] = {}
    for frame, state in enumerate(path):
        place = graph.places[state]
        if place is not None:
            weight = float(np.exp(log_posteriors[frame, list(graph.labels[state])]).sum())
            weights.setdefault(place, []).append((frame, weight))
    chosen = {word: pronunciation for word, pronunciation, _ in weights}
    return tuple(
        WordFrames(
            chosen[word],
            tuple(
                _centre(frames)
                for place, frames in weights.items()
                if place[:2] == (word, chosen[word])
            ),
        )
        if word in chosen
        else None
        for word in range(n_words)
    )


def _centre(frames: Sequence[tuple[int, float]]) -> float:
    return sum(frame * weight for frame, weight in frames) / sum(weight for _, weight in frames)
