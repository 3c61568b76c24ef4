"""Known words against audio, by the modules of pronunciation assessment, without recognition."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from shared.models.fetch import fetch_model
from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.phones.forced_alignment import ExpectedWord, align
from shared.pronunciation.phones.goodness import assess_goodness
from shared.pronunciation.phones.hama_phone_engine import HamaPhoneEngine
from shared.pronunciation.phones.phone_engine import Floats
from shared.pronunciation.phones.phone_target import PhoneTarget, targets_of
from shared.pronunciation.phones.word_timing import CentredWord, time_words
from shared.pronunciation.words.pronouncer import Pronouncer
from shared.pronunciation.words.reference_text import read_reference_text
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class AlignedText:
    """Words of a text as they lie in the audio.

    targets: of all phonemes in order.
    centres: their frames.
    """

    log_posteriors: Floats
    words: tuple[CentredWord, ...]
    targets: tuple[PhoneTarget, ...]
    centres: tuple[float, ...]

    @property
    def phones(self) -> tuple[int, ...]:
        """Column of each phoneme."""
        return tuple(target.columns[0] for target in self.targets)

    def log_ratios(self, targets: Sequence[PhoneTarget] | None = None) -> npt.NDArray[np.float64]:
        """Log ratios of each phoneme's place, `(n, n_phones)`.

        targets: other ones than those of the text, in the same number, which are aligned first.
        """
        if targets is None:
            return assess_goodness(self.log_posteriors, self.targets, self.centres).log_ratios()
        aligned = align(self.log_posteriors, [ExpectedWord((tuple(targets),))])
        centres = self.centres if aligned is None or aligned[0] is None else aligned[0].centres
        return assess_goodness(self.log_posteriors, targets, centres).log_ratios()


def align_text(samples: Floats, text: str) -> AlignedText | None:
    """Align a text with samples (mono, 16 kHz); None if it has more phonemes than fit."""
    engine, pronouncer = _models()
    words = read_reference_text(text, "en-US")
    sounds = pronouncer.pronounce_all(word.text for word in words)
    readings = pronouncer.network_readings(word.text for word in words)
    expected = [
        ExpectedWord(
            tuple(targets_of(phonemes, readings[word.text]) for phonemes in sounds[word.text])
        )
        for word in words
    ]
    log_posteriors = engine.log_posteriors(samples)
    frames = align(log_posteriors, expected)
    if frames is None:
        return None
    centred = tuple(
        CentredWord(
            word.text, sounds[word.text][found.pronunciation], found.centres, word.expects_break
        )
        for word, found in zip(words, frames, strict=True)
        if found is not None
    )
    targets = tuple(
        target for word in centred for target in targets_of(word.phonemes, readings[word.text])
    )
    centres = tuple(centre for word in centred for centre in word.centres)
    return AlignedText(log_posteriors, centred, targets, centres)


def align_words(samples: Floats, text: str) -> tuple[AlignedWord, ...]:
    """Return the words of a text with their times; none if it does not fit."""
    aligned = align_text(samples, text)
    return () if aligned is None else time_words(samples, 0.0, aligned.words)


def align_phones(samples: Floats, phones: Sequence[str]) -> list[tuple[str, float, float]]:
    """Return known phones with their start and end; none if they do not fit."""
    log_posteriors = _models()[0].log_posteriors(samples)
    aligned = align(log_posteriors, [ExpectedWord((targets_of(phones),))])
    if aligned is None or aligned[0] is None:
        return []
    word = CentredWord("", tuple(phones), aligned[0].centres)
    (timed,) = time_words(samples, 0.0, [word])
    return [(phone.phoneme, phone.start_s, phone.end_s) for phone in timed.phones]


@cache
def _models() -> tuple[HamaPhoneEngine, Pronouncer]:
    settings = Settings.from_environment()
    fetch_model("pronunciation", settings.model_folder)
    folder = settings.model_folder / "pronunciation"
    return HamaPhoneEngine(folder, settings.threads), Pronouncer.load(folder)
