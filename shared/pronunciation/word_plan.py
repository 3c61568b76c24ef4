"""The words to look for in the audio: those of the reference and those that were recognised.

    reference   the children are playing in    the garden
    recognised  the children     playing in uh the garden
    plan        the children(are)playing in(uh)the garden      in parentheses: may not be there

Recognition leaves out words that were spoken, and writes words that were not. So a word that only
one of both has is looked for in the audio, and its place decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.pronunciation.forced_alignment import ExpectedWord
from shared.pronunciation.miscue import Pairing, pair_words
from shared.pronunciation.phone_target import targets_of
from shared.pronunciation.phonemes import Phonemes, base
from shared.pronunciation.reference_text import ReferenceWord

# Log probabilities that it costs to leave a word out. Chosen on half A of the readers with words
# cut out, spliced in and doubled (benchmarks/miscues.py).
_OMISSION_COST = 6.0  # of a word that was not recognised
_INSERTION_COST = 12.0  # of a recognised word that the reference lacks
# More neighbouring words without a recognised one were not spoken.
_MOST_UNHEARD_WORDS = 3

Sounds = Mapping[str, tuple[tuple[Phonemes, ...], tuple[Phonemes, ...]]]
"""Pronunciations, and the readings of the phone recogniser's network, by word."""


@dataclass(frozen=True, slots=True)
class PlannedWord:
    """A word that the result may have.

    readings: of the word by the phone recogniser's network; see `targets_of`.
    is_reference: of the reference, or of the recognised text where there is none.
    is_certain: both have it; else it may turn out not to be in the audio.
    is_absent: one of many neighbouring words that were not recognised; not looked for.
    """

    text: str
    pronunciations: tuple[Phonemes, ...]
    readings: tuple[Phonemes, ...] = ()
    expects_break: bool = False
    is_reference: bool = True
    is_certain: bool = True
    is_absent: bool = False

    def expected(self, *, is_certain: bool | None = None) -> ExpectedWord:
        """Return what the aligner looks for. is_certain: instead of the word's own."""
        columns = tuple(targets_of(phonemes, self.readings) for phonemes in self.pronunciations)
        if self.is_certain if is_certain is None else is_certain:
            return ExpectedWord(columns)
        return ExpectedWord(columns, _OMISSION_COST if self.is_reference else _INSERTION_COST)


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
    return [
        word
        for index, pairing in enumerate(pairings)
        for word in _words_of(pairing, expected, said, is_absent=index in absent)
    ]


def _words_of(
    pairing: Pairing,
    expected: Sequence[PlannedWord],
    said: Sequence[PlannedWord],
    *,
    is_absent: bool,
) -> list[PlannedWord]:
    if pairing.is_insertion:
        inserted = said[slice(*pairing.recognised)]
        return [replace(word, is_reference=False, is_certain=False) for word in inserted]
    is_certain = not pairing.is_omission
    words = expected[slice(*pairing.reference)]
    return [replace(word, is_certain=is_certain, is_absent=is_absent) for word in words]


def _absent(pairings: Sequence[Pairing]) -> set[int]:
    """Return the indices of omissions in long runs of them."""
    absent: set[int] = set()
    run: list[int] = []
    for index, pairing in enumerate(pairings):
        if not pairing.is_omission:
            run = []
            continue
        run.append(index)
        if len(run) > _MOST_UNHEARD_WORDS:
            absent.update(run)
    return absent


def _bare(word: PlannedWord) -> tuple[Phonemes, ...]:
    return tuple(tuple(base(one) for one in phonemes) for phonemes in word.pronunciations)
