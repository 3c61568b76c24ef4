"""An assessor whose audio and words are made here, and the rules that each of its results keeps."""

import math
from contextlib import nullcontext

import numpy as np
from hypothesis import strategies as st
from phone_posteriors import log_posteriors

from shared.assessment import AssessmentOptions, ErrorType
from shared.pronunciation.assessor import PronunciationAssessor
from shared.pronunciation.calibration import load_calibration
from shared.pronunciation.dictionary import Dictionary
from shared.pronunciation.phone_engine import PHONES
from shared.pronunciation.pronouncer import Pronouncer
from shared.transcript import Alternative, Phrase, Word

RATE = 16_000
FRAME_SAMPLES = 320
_FRAMES_OF_PHONE = 4  # 80 ms
_FRAMES_BETWEEN_WORDS = 3
_FRAMES_BEFORE = 10

PRONUNCIATIONS = {
    "the": ("DH AH0", "DH IY0"), "cat": ("K AE1 T",), "sat": ("S AE1 T",), "on": ("AA1 N", "AO1 N"),
    "a": ("AH0", "EY1"), "mat": ("M AE1 T",), "behind": ("B IH0 HH AY1 N D",), "red": ("R EH1 D",),
    "garden": ("G AA1 R D AH0 N",), "elephants": ("EH1 L AH0 F AH0 N T S",),
    "hello": ("HH AH0 L OW1",), "five": ("F AY1 V",), "o'clock": ("AH0 K L AA1 K",),
    "slept": ("S L EH1 P T",), "well": ("W EH1 L",),
}  # fmt: skip
# Words that are written with letters in the text of a request only.
ODD_WORDS = ("x", "na\u00efve", "d'\u00e9j\u00e0", "rhythm" * 20)


def pronouncer():
    """Pronouncer of the words above, with a network that reads nothing: others by their letters."""
    lines = sorted(
        f"{word}{f'({number})' if number > 1 else ''} {phones}\n"
        for word, readings in PRONUNCIATIONS.items()
        for number, phones in enumerate(readings, 1)
    )
    return Pronouncer(Dictionary("".join(lines).encode()), lambda words: [()] * len(words))


class ScriptedPhones:
    """A phone engine that hears posteriors of the test, blank where they end."""

    def __init__(self, posteriors):
        self.posteriors = posteriors

    def log_posteriors(self, samples):
        """Of the audio's first frames; see `PhoneEngine` for their number."""
        n_frames = len(samples) // FRAME_SAMPLES + 1
        blank = log_posteriors(max(0, n_frames - len(self.posteriors)), {})
        return np.concatenate([self.posteriors[:n_frames], blank])


def assess(posteriors, samples, recognised, offset_s=0.0, **options):
    """Assess recognised words of audio in which the engine hears these posteriors."""
    assessor = PronunciationAssessor(ScriptedPhones(posteriors), pronouncer(), load_calibration())
    session = assessor.start(AssessmentOptions(**options), "en-US", nullcontext)
    return session.assess(samples, offset_s, [_phrase(recognised)])


def assess_reading(spoken, recognised=None, **options):
    """Assess words of which all phones are heard clearly.

    spoken: words; or a word and the phones that are heard instead of its own, `cat=K AH T`.
    recognised: words; without them those that are spoken.
    """
    heard = [word.partition("=")[::2] for word in spoken]
    peaks, tones, words = {}, [], []
    frame = _FRAMES_BEFORE
    for word, phones in heard:
        first = frame
        for phone in (phones or PRONUNCIATIONS[word][0]).split():
            peaks[frame] = phone.rstrip("012")
            frame += _FRAMES_OF_PHONE
        tones.append((first - 2, frame - 2))
        words.append(_word(word, first, frame))
        frame += _FRAMES_BETWEEN_WORDS
    n_frames = frame + _FRAMES_BEFORE
    if recognised is not None:
        # Times of a recogniser cover the speech evenly, whatever it makes of it.
        bounds = np.linspace(_FRAMES_BEFORE, frame, len(recognised) + 1)
        words = [_word(*one) for one in zip(recognised, bounds[:-1], bounds[1:], strict=True)]
    samples = np.random.default_rng(0).normal(0, 1e-3, n_frames * FRAME_SAMPLES)
    for first, last in tones:
        place = slice(first * FRAME_SAMPLES, last * FRAME_SAMPLES)
        samples[place] += 0.2 * np.sin(np.arange(place.stop - place.start) * 2 * np.pi * 150 / RATE)
    return assess(log_posteriors(n_frames, peaks), samples.astype(np.float32), words, **options)


@st.composite
def audios(draw):
    """Posteriors and samples: from nothing to half a minute; noise, silence, a clipped tone."""
    n_samples = draw(st.sampled_from((0, 1, 319, 320, 1_600, 16_000, 96_000, 480_000)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_frames = n_samples // FRAME_SAMPLES + 1
    sharpness = draw(st.sampled_from((0.0, 1.0, 5.0, 100.0)))
    logits = sharpness * random.standard_normal((n_frames, len(PHONES) + 1))
    logits[:, -1] += draw(st.sampled_from((0.0, 3.0, 50.0)))
    # As of the recogniser: no phone is impossible.
    phones = np.exp(logits - logits.max(axis=1, keepdims=True)) + 1e-3
    posteriors = np.log(phones / phones.sum(axis=1, keepdims=True)).astype(np.float32)
    samples = draw(
        st.sampled_from(
            (
                np.zeros(n_samples),
                random.uniform(-1, 1, n_samples),
                np.sign(np.sin(np.arange(n_samples) / 20)),
                random.normal(0, 0.1, n_samples) * (np.arange(n_samples) // 4_000 % 2),
            )
        )
    )
    return posteriors, samples.astype(np.float32)


_TEXTS = st.sampled_from([*PRONUNCIATIONS, *ODD_WORDS, "unheard"])
_TIMES_S = st.one_of(st.floats(0, 31), st.sampled_from((0.0, 0.01, 30.0, 1e4)))
RECOGNISED = st.lists(
    st.builds(Word, _TEXTS, _TIMES_S, st.one_of(st.just(0.0), st.floats(0, 31)), st.just(0.5)),
    min_size=1,
    max_size=60,
)
REFERENCES = st.one_of(
    st.just(()),
    st.lists(_TEXTS, min_size=1, max_size=1),
    st.lists(_TEXTS, min_size=1, max_size=40),
    st.lists(_TEXTS, min_size=1, max_size=5).map(lambda words: (words * 300)[:300]),
    st.just(("perhaps", "nothing", "of", "this", "occurs")),
)


@st.composite
def requests(draw, *, prosody):
    """Arguments of `assess`."""
    posteriors, samples = draw(audios())
    separator = draw(st.sampled_from((" ", ", ", ". ")))
    return {
        "posteriors": posteriors,
        "samples": samples,
        "recognised": draw(RECOGNISED),
        "offset_s": draw(st.sampled_from((0.0, 0.3, 600.0))),
        "reference_text": separator.join(draw(REFERENCES)),
        "miscue": draw(st.booleans()),
        "is_continuous": draw(st.booleans()),
        "n_best_phonemes": draw(st.sampled_from((0, 1, 5, 39, 100))),
        "prosody": prosody,
    }


def check_rules(assessment, request):
    """Check what holds of each result, whatever was heard."""
    scores = [assessment.accuracy, assessment.fluency, assessment.completeness]
    scores += [assessment.pronunciation, *([assessment.prosody] if request["prosody"] else [])]
    assert all(_is_score(score) for score in scores)
    assert 0 <= assessment.snr_db <= 60
    assert (assessment.prosody is not None) == request["prosody"]
    words = assessment.words
    for word in words:
        _check_word(word, request)
    reference = request["reference_text"].replace(",", "").replace(".", "").split()
    if not reference:
        assert [word.text for word in words] == [word.text for word in request["recognised"]]
        assert assessment.completeness == 100
    errors = {word.error for word in words}
    if not reference or not request["miscue"] or request["is_continuous"]:
        assert errors <= {ErrorType.NONE, ErrorType.MISPRONUNCIATION}
    of_reference = [word.text for word in words if word.error is not ErrorType.INSERTION]
    if reference and request["is_continuous"]:
        assert f" {' '.join(of_reference)} " in f" {' '.join(reference)} " or not of_reference
    elif reference:
        assert of_reference == reference
    starts = [word.offset_s for word in words if word.phonemes]
    assert starts == sorted(starts)


def _check_word(word, request):
    assert _is_score(word.accuracy)
    if not word.phonemes:
        assert (word.offset_s, word.duration_s, word.accuracy, word.syllables) == (0, 0, 0, ())
        assert word.error in {ErrorType.OMISSION, ErrorType.MISPRONUNCIATION}
        return
    assert (word.prosody is not None) == request["prosody"]
    assert "".join(one.grapheme for one in word.syllables) == word.text
    assert sum(len(one.phonemes) for one in word.syllables) == len(word.phonemes)
    end_s = word.offset_s + word.duration_s
    for parts in (word.phonemes, word.syllables):
        time_s = word.offset_s
        for part in parts:
            assert _is_score(part.accuracy)
            assert part.duration_s >= 0
            assert math.isclose(part.offset_s, time_s, abs_tol=1e-6)
            time_s = part.offset_s + part.duration_s
        assert math.isclose(time_s, end_s, abs_tol=1e-6)
    assert request["offset_s"] <= word.offset_s
    audio_s = len(request["samples"]) / RATE
    assert end_s <= request["offset_s"] + audio_s + FRAME_SAMPLES / RATE
    expected = min(request["n_best_phonemes"], len(PHONES))
    for phoneme in word.phonemes:
        candidates = [one.score for one in phoneme.candidates]
        assert len(candidates) == expected
        assert all(map(_is_score, candidates))
        assert candidates == sorted(candidates, reverse=True)
    if word.prosody is not None:
        assert math.isfinite(word.prosody.break_s)
        assert word.prosody.break_s >= 0
        confidences = (
            word.prosody.unexpected_break, word.prosody.missing_break, word.prosody.monotone,
            word.prosody.is_flat_word, word.prosody.is_flat_syllables,
        )  # fmt: skip
        assert all(0 <= one <= 1 for one in confidences)


def _is_score(value):
    return math.isfinite(value) and 0 <= value <= 100 + 1e-9


def _word(text, first_frame, last_frame):
    frame_s = FRAME_SAMPLES / RATE
    return Word(text, first_frame * frame_s, (last_frame - first_frame) * frame_s, 0.9)


def _phrase(words):
    text = " ".join(word.text for word in words)
    end_s = max(word.offset_s + word.duration_s for word in words)
    best = Alternative(0.9, text, text, text, text)
    return Phrase(0, "en-US", words[0].offset_s, end_s, (best,), tuple(words))
