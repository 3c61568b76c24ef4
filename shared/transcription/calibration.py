"""Calibration of the encoder context: how many words a shorter one reads otherwise than the full.

The full context is what Whisper was trained on, so it is the reference, and no transcript is
needed. A word differs where the shortest edit from one text to the other replaces, drops or adds
it. Endpointing does not depend on the context: both readings of an audio have the same segments.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shared.audio.stream import open_audio
from shared.formats.scripts import is_unspaced
from shared.recognition.options import RecognitionOptions
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Phrase, RecognitionCost
from shared.transcription.transcriber import Transcriber

Words = tuple[str, ...]

FULL = "full"  # value of `SOTTO_CONTEXT`
CALIBRATED_CONTEXTS = ("3", "5", "8", "12")  # margins in seconds, as in `SOTTO_CONTEXT`
ACCEPTED_DIFFERENCE = 0.015  # share of the words of the full context
# Fewer words say too little: with none of 500 that differs, the true share may be 0.6 %.
LEAST_WORDS = 500
_N_RESAMPLES = 2_000
_SEED = 20_261_128


@dataclass(frozen=True, slots=True)
class Reading:
    """One audio as recognised at one context.

    words: of each segment and pause in order, lower case, numbers spelled; () where it has no text.
    text: all phrases as displayed.
    processor_s: seconds of all threads of this process.
    """

    words: tuple[Words, ...]
    text: str
    cost: RecognitionCost
    processor_s: float

    @property
    def n_words(self) -> int:
        """Words of all segments."""
        return sum(map(len, self.words))


def read_audio(transcriber: Transcriber, path: Path, locales: Sequence[str] = ()) -> Reading:
    """Recognise a file as a request would, all channels mixed; detect the language by default.

    Raises
    ------
    AudioError, OSError: the file cannot be read.
    The errors of `Transcriber.recognise`.
    """
    options = RecognitionOptions(locales=tuple(locales), profanity=ProfanityMode.RAW)
    words: list[Words] = []
    texts: list[str] = []
    cost = RecognitionCost()
    started = time.process_time()
    with path.open("rb") as file, open_audio(file) as stream:
        for result in transcriber.recognise(stream, options):
            if isinstance(result, RecognitionCost):
                cost = result
            elif isinstance(result, Phrase):
                words.append(words_of(result.best.lexical))
                texts.append(result.best.display)
            else:
                words.append(())
    return Reading(tuple(words), " ".join(texts), cost, time.process_time() - started)


def words_of(text: str) -> Words:
    """Split text at spaces; a script without spaces at each character."""
    spaced = "".join(f" {one} " if is_unspaced(one) else one for one in text)
    return tuple(spaced.split())


def word_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Fewest words to replace, drop or add that make one text the other (Levenshtein 1966)."""
    numbers = {word: number for number, word in enumerate({*one, *other})}
    across = np.array([numbers[word] for word in other], np.int64)
    steps = np.arange(len(across) + 1)
    row = steps
    for word in one:
        dropped, replaced = row + 1, row[:-1] + (across != numbers[word])
        best = np.concatenate((dropped[:1], np.minimum(dropped[1:], replaced)))
        row = np.minimum.accumulate(best - steps) + steps  # words added from the left
    return int(row[-1])


@dataclass(frozen=True, slots=True)
class Differences:
    """Differences of readings from those at the full context, by segment.

    n_words: of the full context, shape `(n_segments,)`; n_differing likewise.
    """

    n_words: tuple[int, ...]
    n_differing: tuple[int, ...]

    @property
    def share(self) -> float:
        """Words that differ, of the words of the full context; 0..1, above 1 if many are added."""
        return sum(self.n_differing) / max(1, sum(self.n_words))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of `share`, segments resampled."""
        return share_interval(self.n_differing, self.n_words)


def differences(full: Sequence[Reading], others: Sequence[Reading]) -> Differences:
    """Compare readings of the same files, segment by segment."""
    pairs = [
        pair
        for one, other in zip(full, others, strict=True)
        for pair in _segment_pairs(one, other)
        if any(pair)
    ]
    return Differences(
        tuple(len(one) for one, _ in pairs),
        tuple(word_distance(one, other) for one, other in pairs),
    )


def _segment_pairs(full: Reading, other: Reading) -> list[tuple[Words, Words]]:
    """Words of each segment in both; of the whole audio, if their segments do not correspond."""
    if len(full.words) == len(other.words):
        return list(zip(full.words, other.words, strict=True))
    return [(sum(full.words, ()), sum(other.words, ()))]


def share_interval(parts: Sequence[int], wholes: Sequence[int]) -> tuple[float, float]:
    """95 % interval of sum(parts) / sum(wholes), drawn again with replacement in pairs."""
    if not sum(wholes):
        return 0.0, 0.0
    numerators, denominators = np.array(parts), np.array(wholes)
    chance = np.random.default_rng(_SEED)
    shares = []
    for _ in range(_N_RESAMPLES):
        drawn = chance.integers(len(numerators), size=len(numerators))
        shares.append(numerators[drawn].sum() / max(1, denominators[drawn].sum()))
    low, high = np.percentile(shares, (2.5, 97.5))
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class ContextMeasure:
    """Cost of one context, and its differences from the full one.

    context: value of `SOTTO_CONTEXT`.
    retried: share of the segments that were read again, with twice the margin or in parts.
    processor_share: seconds of the processor for a second of audio.
    """

    context: str
    found: Differences
    retried: float
    processor_share: float


def measure_context(
    context: str, full: Sequence[Reading], readings: Sequence[Reading]
) -> ContextMeasure:
    """Measure the readings of a context against those of the full one."""
    return ContextMeasure(
        context,
        differences(full, readings),
        sum(one.cost.n_retries for one in readings)
        / max(1, sum(one.cost.n_segments for one in readings)),
        sum(one.processor_s for one in readings)
        / max(1e-9, sum(one.cost.audio_s for one in readings)),
    )


def calibrate(
    transcriber_at: Callable[[str], Transcriber],
    files: Sequence[Path],
    locales: Sequence[str],
    note: Callable[[str, int, int], None],
) -> Iterator[ContextMeasure]:
    """Measure the full context, then each of `CALIBRATED_CONTEXTS`, on the same files.

    Parameters
    ----------
    transcriber_at: a transcriber at a context; one at a time is kept, since models are large.
    note: called with the context, the number of files read at it, and that of all.

    Raises
    ------
    The errors of `read_audio`.
    """
    full = _read_files(transcriber_at, FULL, files, locales, note)
    yield measure_context(FULL, full, full)
    for context in CALIBRATED_CONTEXTS:
        readings = _read_files(transcriber_at, context, files, locales, note)
        yield measure_context(context, full, readings)


def _read_files(
    transcriber_at: Callable[[str], Transcriber],
    context: str,
    files: Sequence[Path],
    locales: Sequence[str],
    note: Callable[[str, int, int], None],
) -> list[Reading]:
    transcriber = transcriber_at(context)
    transcriber.load()  # is no cost of the first file
    readings: list[Reading] = []
    for path in files:
        note(context, len(readings), len(files))
        readings.append(read_audio(transcriber, path, locales))
    note(context, len(files), len(files))
    return readings


def cheapest_faithful(measures: Sequence[ContextMeasure]) -> ContextMeasure:
    """Choose the cheapest context whose words differ at most by `ACCEPTED_DIFFERENCE`.

    The upper end of the interval counts. The full context, which must be among the measures, always
    qualifies; with fewer than `LEAST_WORDS` words nothing else does.
    """
    enough = [
        one
        for one in measures
        if one.context == FULL
        or (sum(one.found.n_words) >= LEAST_WORDS and one.found.interval[1] <= ACCEPTED_DIFFERENCE)
    ]
    return min(enough, key=lambda one: one.processor_share)
