"""Synthesised speech as one encoded audio, streamed sentence by sentence."""

from collections.abc import Iterator

import numpy as np

from shared.audio.encode import AudioEncoder, Container, Encoding
from shared.audio.resample import Resampler
from shared.scheduling import CheckCancelled, never_cancelled
from shared.synthesis.speech_synthesis import SpeechSynthesis, SynthesisUnit
from shared.synthesis.synthesizer import Samples, Speech

# A WAV of no more text waits for all of it, and states its length: two or three short sentences,
# 8 s of speech, half of what a first sentence may have. Paragraphs are streamed.
MAX_WHOLE_CHARACTERS = 120
# Silence costs no time but memory: 20 s at 48 kHz are 2 MB.
MAX_WHOLE_PAUSES_S = 20.0


def encode_speech(
    synthesis: SpeechSynthesis,
    units: tuple[SynthesisUnit, ...],
    encoding: Encoding,
    check_cancelled: CheckCancelled = never_cancelled,
) -> Iterator[bytes]:
    """Yield encoded bytes as they are ready: at least one piece per sentence, none empty.

    A WAV header has the right sizes where a local voice speaks a short text; it is one piece then.
    The length of other speech is unknown when the header is written. Blocks: call it in a thread.

    Parameters
    ----------
    check_cancelled: see `SpeechSynthesis.speak`.

    Raises
    ------
    ModelMissing, ModelCorrupt, SynthesisUnavailable: see `SpeechSynthesis.speak`.
    """
    resampled_parts = _resample_parts(synthesis.speak(units, check_cancelled), encoding.sample_rate)
    if encoding.container is Container.WAV and _is_short(units):
        yield _encode_whole(resampled_parts, encoding)
        return
    encoder = AudioEncoder(encoding)
    for samples in resampled_parts:
        if piece := encoder.encode(samples):
            yield piece
    if rest := encoder.finish():
        yield rest


def encode_whole_speech(
    synthesis: SpeechSynthesis, units: tuple[SynthesisUnit, ...], encoding: Encoding
) -> bytes:
    """Encode all speech, at most ten minutes; a WAV header has the right sizes. Blocks.

    Raises
    ------
    ModelMissing, ModelCorrupt, SynthesisUnavailable: see `SpeechSynthesis.speak`.
    """
    return _encode_whole(_resample_parts(synthesis.speak(units), encoding.sample_rate), encoding)


def _encode_whole(parts: Iterator[Samples], encoding: Encoding) -> bytes:
    samples = np.concatenate([np.zeros(0, np.int16), *parts])
    encoder = AudioEncoder(encoding, n_samples=len(samples))
    return encoder.encode(samples) + encoder.finish()


def _is_short(units: tuple[SynthesisUnit, ...]) -> bool:
    """Whether all of it is ready about as soon as a first sentence may be."""
    if any(unit.voice.is_remote for unit in units):
        return False  # its audio is passed on as it arrives, in parts of a sentence
    n_characters = sum(len(unit.sentence.text) for unit in units if unit.sentence is not None)
    pauses_s = sum(unit.pause_s for unit in units)
    is_short = n_characters <= MAX_WHOLE_CHARACTERS and pauses_s <= MAX_WHOLE_PAUSES_S
    return is_short or len(units) == 1


def _resample_parts(parts: Iterator[Speech], sample_rate: int) -> Iterator[Samples]:
    """Resample each sentence separately: its edges are silent, so no filter state is lost."""
    resampler: Resampler | None = None
    for part in parts:
        resampler = resampler or Resampler(part.sample_rate, 1, sample_rate)
        samples: Samples = resampler.resample(part.samples.reshape(1, -1))[0]
        if part.ends_sentence:
            samples = np.concatenate((samples, resampler.flush()[0]))
            resampler = None
        yield samples
