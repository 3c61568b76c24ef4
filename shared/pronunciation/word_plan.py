"""The words to look for in the audio: those of the reference and those that were recognised.

    reference   the children are playing in    the garden
    recognised  the children     playing in uh the garden
    plan        the children(are)playing in(uh)the garden      in parentheses: may not be there

Recognition leaves out words that were spoken, writes others than were spoken, and writes a repeated
word once. So a word that only one of both has is looked for in the audio, as is a second one of
each word, and the audio decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.pronunciation.miscue import Pairing, differences, pair_words
from shared.pronunciation.phones.forced_alignment import ExpectedWord
from shared.pronunciation.phones.phone_target import targets_of
from shared.pronunciation.words.phonemes import Phonemes, base
from shared.pronunciation.words.reference_text import ReferenceWord

# Log probabilities that leaving a word out costs, or gains. Chosen on five readers with words cut
# out, spliced in and doubled (benchmarks/miscues.py).
_OMISSION_COST = 6.0  # of a word in whose place none, or a very different one, was recognised
_INSERTION_COST = 0.0  # of a recognised word that the reference lacks
_REPETITION_COST = -1.0  # of a word that may have been said twice
# Difference up to which a recognised word is the word of the reference, badly heard.
_SAME_WORD_DIFFERENCE = 0.5
# More neighbouring words without a recognised one were not spoken.
_UNHEARD_RUN = 3

Sounds = Mapping[str, tuple[tuple[Phonemes, ...], tuple[Phonemes, ...]]]
"""Pronunciations, and the readings of the phone recogniser's network, by word."""


@dataclass(frozen=True, slots=True)
class PlannedWord:
    """A word that the result may have.

    readings: of the word by the phone recogniser's network; see `targets_of`.
    is_reference: of the reference, or of the recognised text where there is none.
    skip_cost: see `ExpectedWord`; None: it was recognised, so it is in the audio.
    is_absent: one of many neighbouring words that were not recognised; not looked for.
    """

    text: str
    pronunciations: tuple[Phonemes, ...]
    readings: tuple[Phonemes, ...] = ()
    expects_break: bool = False
    is_reference: bool = True
    skip_cost: float | None = None
    is_absent: bool = False

    def expected(self, *, may_be_missing: bool = False) -> ExpectedWord:
        """Return what the aligner looks for. may_be_missing: even if it was recognised."""
        targets = tuple(targets_of(phonemes, self.readings) for phonemes in self.pronunciations)
        cost = self.skip_cost
        return ExpectedWord(targets, _OMISSION_COST if cost is None and may_be_missing else cost)


def plan_words(
    recognised: Sequence[str], reference: Sequence[ReferenceWord], sounds: Sounds, *, is_part: bool
) -> list[PlannedWord]:
    """Merge both in the order of speech.

    Parameters
    ----------
    reference: empty: the recognised words are the reference.
    sounds: of all words of both.
    is_part: the speech is a part of the reference.
    """
    said = [PlannedWord(text, *sounds[text]) for text in recognised]
    if not reference:
        return said
    expected = [PlannedWord(one.text, *sounds[one.text], one.expects_break) for one in reference]
    pairings = pair_words(
        [_bare(word) for word in expected], [_bare(word) for word in said], is_part=is_part
    )
    absent = _absent(pairings)
    planned = [
        word
        for index, pairing in enumerate(pairings)
        for word in _words_of(pairing, expected, said, is_absent=index in absent)
    ]
    return list(_with_repetitions(planned))


def _words_of(
    pairing: Pairing,
    expected: Sequence[PlannedWord],
    said: Sequence[PlannedWord],
    *,
    is_absent: bool,
) -> list[PlannedWord]:
    heard = said[slice(*pairing.recognised)]
    if pairing.is_insertion:
        return [replace(word, is_reference=False, skip_cost=_INSERTION_COST) for word in heard]
    words = expected[slice(*pairing.reference)]
    if pairing.is_omission or _differ(words, heard):
        return [replace(word, skip_cost=_OMISSION_COST, is_absent=is_absent) for word in words]
    return list(words)


def _differ(words: Sequence[PlannedWord], heard: Sequence[PlannedWord]) -> bool:
    """Whether a recognised word is another one; compounds are alike."""
    if len(words) + len(heard) > 2:
        return False
    pairs = [(one, other) for one in _bare(words[0]) for other in _bare(heard[0])]
    return float(differences(pairs).min()) > _SAME_WORD_DIFFERENCE


def _with_repetitions(planned: Sequence[PlannedWord]) -> Iterator[PlannedWord]:
    """Yield the words, and behind each a second one, unless that was recognised."""
    for word, following in zip(planned, [*planned[1:], None], strict=True):
        yield word
        if word.is_absent or not word.is_reference:
            continue
        if following is None or following.text != word.text:
            yield replace(word, is_reference=False, expects_break=False, skip_cost=_REPETITION_COST)


def _absent(pairings: Sequence[Pairing]) -> set[int]:
    """Return the indices of omissions in long runs of them."""
    absent: set[int] = set()
    run: list[int] = []
    for index, pairing in enumerate(pairings):
        if not pairing.is_omission:
            run = []
            continue
        run.append(index)
        if len(run) > _UNHEARD_RUN:
            absent.update(run)
    return absent


def _bare(word: PlannedWord) -> tuple[Phonemes, ...]:
    return tuple(tuple(base(one) for one in phonemes) for phonemes in word.pronunciations)
