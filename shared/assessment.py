"""The result of pronunciation assessment, and its options.

Scores are 0..100 whatever the grading system of the request: formats convert. Phonemes and phones
are those of the CMU dictionary, ARPAbet with the stress of vowels (`HH`, `AH0`, `L`, `OW1`);
formats name them in the alphabet of the request. Times are seconds from the start of the audio.
Source: Azure's pages on pronunciation assessment.
"""

from dataclasses import dataclass
from enum import StrEnum

MISPRONOUNCED_BELOW = 60.0  # accuracy of a word


class GradingSystem(StrEnum):
    """The scale of all scores: 0..5 or 0..100."""

    FIVE_POINT = "FivePoint"
    HUNDRED_MARK = "HundredMark"


class Granularity(StrEnum):
    """The lowest level of a result."""

    PHONEME = "Phoneme"
    WORD = "Word"
    FULL_TEXT = "FullText"


class PhonemeAlphabet(StrEnum):
    """Names of phonemes in a result."""

    SAPI = "SAPI"
    IPA = "IPA"


class ErrorType(StrEnum):
    """The mistake of a word, if it has one."""

    NONE = "None"
    OMISSION = "Omission"
    INSERTION = "Insertion"
    MISPRONUNCIATION = "Mispronunciation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentOptions:
    """Options of one assessment. Defaults are those of the contract.

    reference_text: the text to read; empty: unscripted, the words are those recognised.
    is_comprehensive: more than the accuracy.
    miscue: compare the recognised words with the reference: omissions and insertions.
    n_best_phonemes: spoken candidates for each phoneme.
    is_continuous: several utterances, each of which is a part of the reference; without miscues.
    """

    reference_text: str = ""
    grading_system: GradingSystem = GradingSystem.FIVE_POINT
    granularity: Granularity = Granularity.PHONEME
    alphabet: PhonemeAlphabet = PhonemeAlphabet.SAPI
    is_comprehensive: bool = False
    miscue: bool = False
    prosody: bool = False
    n_best_phonemes: int = 0
    is_continuous: bool = False


@dataclass(frozen=True, slots=True)
class SpokenPhone:
    """A phone that may have been spoken in place of a phoneme. `score` is 0..100."""

    phone: str
    score: float


@dataclass(frozen=True, slots=True)
class AssessedPhoneme:
    """One phoneme of the reference. `phoneme` is empty for a language without names.

    candidates: likely spoken phones, best first; empty where none were requested.
    """

    phoneme: str
    offset_s: float
    duration_s: float
    accuracy: float
    candidates: tuple[SpokenPhone, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessedSyllable:
    """A syllable: its phonemes and the letters of the word that spell it."""

    phonemes: tuple[str, ...]
    grapheme: str
    offset_s: float
    duration_s: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class WordProsody:
    """Breaks before a word, and its intonation. Confidences are 0..1.

    break_s: the pause before the word.
    unexpected_break: of a pause where the text has none.
    missing_break: of no pause where the punctuation asks for one.
    monotone: of a flat pitch in the whole utterance.
    is_flat_word, is_flat_syllables: of a flat slope of pitch over the word, and of small changes of
        pitch between its syllables.
    """

    break_s: float
    unexpected_break: float
    missing_break: float
    monotone: float
    is_flat_word: float
    is_flat_syllables: float


@dataclass(frozen=True, slots=True)
class AssessedWord:
    """One word in lexical form: of the reference, or an insertion.

    An omitted word has no time (0), no phonemes, and an accuracy of 0.
    """

    text: str
    offset_s: float
    duration_s: float
    accuracy: float
    error: ErrorType
    phonemes: tuple[AssessedPhoneme, ...] = ()
    syllables: tuple[AssessedSyllable, ...] = ()
    prosody: WordProsody | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Scores of one utterance, and its words in the order of speech.

    completeness: spoken words of the reference, in percent; 100 without a reference.
    prosody: None where it was not requested, or the language has none.
    pronunciation: the combination of the others.
    snr_db: level of speech above that of the rest of the audio.
    """

    accuracy: float
    fluency: float
    completeness: float
    prosody: float | None
    pronunciation: float
    words: tuple[AssessedWord, ...]
    snr_db: float
