"""Pronunciation assessment: the stages in order.

recognised words, reference text -> planned words         word_plan.py, miscue.py
words -> pronunciations                                   words/pronouncer.py
samples -> posteriors of phones                           phones/phone_engine.py
posteriors, planned words -> spoken words with frames     phones/forced_alignment.py
frames, samples -> times of phones, pauses                phones/word_timing.py
frames -> log ratios -> accuracy                          phones/goodness.py, phones/calibration.py
times, samples -> fluency, prosody                        prosody/fluency.py, prosody/prosody.py
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.assessment import AssessedWord, Assessment, AssessmentOptions, ErrorType
from shared.errors import UnsupportedLocale
from shared.language.locales import language_of
from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.phones.calibration import Calibration, load_calibration
from shared.pronunciation.phones.forced_alignment import WordFrames, align
from shared.pronunciation.phones.goodness import assess_goodness
from shared.pronunciation.phones.hama_phone_engine import HamaPhoneEngine
from shared.pronunciation.phones.phone_engine import Floats, PhoneEngine
from shared.pronunciation.phones.phone_target import targets_of
from shared.pronunciation.phones.word_timing import CentredWord, time_words
from shared.pronunciation.prosody.fluency import score_fluency
from shared.pronunciation.prosody.prosody import Prosody, assess_prosody
from shared.pronunciation.prosody.snr import signal_to_noise_db
from shared.pronunciation.scores import combine_scores, mean_score
from shared.pronunciation.word_accuracy import assess_word
from shared.pronunciation.word_plan import PlannedWord, Sounds, plan_words
from shared.pronunciation.words.phonemes import Phonemes
from shared.pronunciation.words.pronouncer import Pronouncer
from shared.pronunciation.words.reference_text import ReferenceWord, read_reference_text
from shared.transcript import Phrase, Word

_SAMPLE_RATE = 16_000
# Audio around the recognised words that the phone recogniser hears; their times are not exact.
_MARGIN_S = 0.5
# Accuracy of a recognised word that the reference lacks: with less it is a recogniser's mistake.
_LEAST_INSERTION = 50.0

Slot = Callable[[], AbstractContextManager[object]]
"""Enters a slot of the scheduler, in which the models run."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A planned word that is in the audio: its phonemes as aligned, and their frames."""

    planned: PlannedWord
    phonemes: Phonemes
    centres: tuple[float, ...]


class PronunciationAssessor:
    """The models of pronunciation assessment, for English. Thread-safe."""

    def __init__(
        self, engine: PhoneEngine, pronouncer: Pronouncer, calibration: Calibration
    ) -> None:
        self._engine = engine
        self._pronouncer = pronouncer
        self._calibration = calibration

    @classmethod
    def load(cls, model_folder: Path, threads: int) -> "PronunciationAssessor":
        """Load the models of a folder. `threads`: of one run of the phone recogniser."""
        engine = HamaPhoneEngine(model_folder, threads)
        return cls(engine, Pronouncer.load(model_folder), load_calibration())

    def start(self, options: AssessmentOptions, locale: str, slot: Slot) -> "UtteranceAssessments":
        """Start the assessment of one audio.

        Raises
        ------
        UnsupportedLocale: the language is not English.
        InvalidReferenceText: see `read_reference_text`.
        """
        if language_of(locale) != "en":
            raise UnsupportedLocale(
                f"Pronunciation is assessed in English only, such as en-US, not in {locale}."
            )
        reference: tuple[ReferenceWord, ...] = ()
        if options.reference_text.strip():
            reference = read_reference_text(options.reference_text, locale)
        return UtteranceAssessments(self, options, reference, slot)

    def sounds_of(self, words: Iterable[str]) -> Sounds:
        """Return the pronunciations of words, and how the phone recogniser's network reads them."""
        distinct = tuple(dict.fromkeys(words))
        pronunciations = self._pronouncer.pronounce_all(distinct)
        readings = self._pronouncer.network_readings(distinct)
        return {word: (pronunciations[word], readings[word]) for word in distinct}

    def assess(
        self,
        samples: Floats,
        offset_s: float,
        recognised: Sequence[Word],
        *,
        reference: Sequence[ReferenceWord],
        sounds: Sounds,
        options: AssessmentOptions,
    ) -> Assessment:
        """Assess one utterance.

        Parameters
        ----------
        samples, offset_s: see `AssessmentSession`.
        recognised: words with times, at least one.
        reference: words to read; empty: the recognised ones are assessed.
        sounds: of the words of the reference.
        """
        samples, offset_s = _around(samples, offset_s, recognised)
        texts = [word.text for word in recognised]
        heard = self.sounds_of(text for text in texts if text not in sounds)
        planned = plan_words(texts, reference, {**sounds, **heard}, is_part=options.is_continuous)
        log_posteriors = self._engine.log_posteriors(samples)
        found = _find(log_posteriors, planned)
        spoken = [one for _, one in found if one is not None]
        aligned = time_words(samples, offset_s, [_centred(word) for word in spoken])
        prosody = assess_prosody(samples, offset_s, aligned) if options.prosody else None
        assessed = self._words(log_posteriors, spoken, aligned, options, prosody)
        accuracy = mean_score(
            [
                phoneme.accuracy
                for word, scored in zip(spoken, assessed, strict=True)
                if word.planned.is_reference
                for phoneme in scored.phonemes
            ]
        )
        fluency = score_fluency(aligned)
        completeness = _completeness(found) if reference else None
        prosody_score = None if prosody is None else prosody.score
        return Assessment(
            accuracy=accuracy,
            fluency=fluency,
            completeness=100.0 if completeness is None else completeness,
            prosody=prosody_score,
            pronunciation=combine_scores(accuracy, fluency, completeness, prosody_score),
            words=tuple(_reported(found, assessed, options)),
            snr_db=signal_to_noise_db(samples, offset_s, aligned),
        )

    def _words(
        self,
        log_posteriors: Floats,
        spoken: Sequence[_Spoken],
        aligned: Sequence[AlignedWord],
        options: AssessmentOptions,
        prosody: Prosody | None,
    ) -> list[AssessedWord]:
        """Score the phonemes of all words at once, then each word."""
        targets = [
            one for word in spoken for one in targets_of(word.phonemes, word.planned.readings)
        ]
        if not targets:
            return []
        centres = [centre for word in spoken for centre in word.centres]
        goodness = assess_goodness(log_posteriors, targets, centres)
        accuracies = self._calibration.accuracy(goodness.log_ratios())
        ends = np.cumsum([len(word.phonemes) for word in spoken])[:-1]
        words = [
            assess_word(word, rows, options.n_best_phonemes)
            for word, rows in zip(aligned, np.split(accuracies, ends), strict=True)
        ]
        if prosody is None:
            return words
        return [replace(word, prosody=one) for word, one in zip(words, prosody.words, strict=True)]


class UtteranceAssessments:
    """Adapter of `AssessmentSession`: the utterances of one audio against one reference."""

    def __init__(
        self,
        assessor: PronunciationAssessor,
        options: AssessmentOptions,
        reference: Sequence[ReferenceWord],
        slot: Slot,
    ) -> None:
        self._assessor = assessor
        self._options = options
        self._reference = reference
        self._slot = slot
        self._sounds: Sounds | None = None  # of the reference, for all utterances

    def assess(
        self, samples: npt.NDArray[np.float32], offset_s: float, phrases: Sequence[Phrase]
    ) -> Assessment:
        """See `AssessmentSession`."""
        words = [word for phrase in phrases for word in phrase.words]
        with self._slot():
            if self._sounds is None:
                self._sounds = self._assessor.sounds_of(word.text for word in self._reference)
            return self._assessor.assess(
                samples,
                offset_s,
                words,
                reference=self._reference,
                sounds=self._sounds,
                options=self._options,
            )


def _around(samples: Floats, offset_s: float, recognised: Sequence[Word]) -> tuple[Floats, float]:
    """Return the samples from just before the first recognised word to just behind the last."""
    start_s = min(word.offset_s for word in recognised) - offset_s - _MARGIN_S
    end_s = max(word.offset_s + word.duration_s for word in recognised) - offset_s + _MARGIN_S
    # Their times may even lie beyond the audio.
    first, last = (
        min(max(0, int(time_s * _SAMPLE_RATE)), len(samples)) for time_s in (start_s, end_s)
    )
    return samples[first:last], offset_s + first / _SAMPLE_RATE


def _find(
    log_posteriors: Floats, planned: Sequence[PlannedWord]
) -> list[tuple[PlannedWord, _Spoken | None]]:
    """Return the words of the result, and those of them that are in the audio.

    Where the audio is too short for all certain words, any of them may be left out.
    """
    sought = [word for word in planned if not word.is_absent]
    frames = align(log_posteriors, [word.expected() for word in sought])
    if frames is None:
        frames = align(log_posteriors, [word.expected(may_be_missing=True) for word in sought])
    placed = iter(frames or [None] * len(sought))
    found = [(word, None if word.is_absent else _placed(word, next(placed))) for word in planned]
    # A recognised word that neither reference nor audio has was a mistake of the recogniser.
    return [(word, spoken) for word, spoken in found if spoken or word.is_reference]


def _placed(word: PlannedWord, frames: WordFrames | None) -> _Spoken | None:
    if frames is None:
        return None
    return _Spoken(word, word.pronunciations[frames.pronunciation], frames.centres)


def _centred(word: _Spoken) -> CentredWord:
    planned = word.planned
    return CentredWord(planned.text, word.phonemes, word.centres, planned.expects_break)


def _completeness(found: Sequence[tuple[PlannedWord, _Spoken | None]]) -> float:
    """Return the part of the words of the reference that were spoken, in percent."""
    is_spoken = [spoken is not None for word, spoken in found if word.is_reference]
    return 100.0 * sum(is_spoken) / len(is_spoken) if is_spoken else 0.0


def _reported(
    found: Sequence[tuple[PlannedWord, _Spoken | None]],
    assessed: Sequence[AssessedWord],
    options: AssessmentOptions,
) -> Iterator[AssessedWord]:
    """Yield the words of the result; omissions and insertions where miscues are wanted.

    Without them, and without a reference, a word that was not spoken is a mispronunciation without
    any accuracy.
    """
    is_scripted = bool(options.reference_text.strip())
    has_miscues = options.miscue and is_scripted and not options.is_continuous
    missing = ErrorType.OMISSION if has_miscues else ErrorType.MISPRONUNCIATION
    scored = iter(assessed)
    for word, spoken in found:
        if spoken is None:
            yield AssessedWord(word.text, 0.0, 0.0, 0.0, missing)
            continue
        result = next(scored)
        if word.is_reference:
            yield result
        elif has_miscues and result.accuracy >= _LEAST_INSERTION:
            yield replace(result, error=ErrorType.INSERTION)
