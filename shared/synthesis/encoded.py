"""Synthesised speech as one encoded audio, streamed sentence by sentence."""

from collections.abc import Iterator

import numpy as np

from shared.audio.encode import AudioEncoder, Encoding
from shared.audio.resample import Resampler
from shared.scheduling import CheckCancelled, never_cancelled
from shared.synthesis.speech_synthesis import SpeechSynthesis, SynthesisUnit
from shared.synthesis.synthesizer import Samples, Speech


def encode_speech(
    synthesis: SpeechSynthesis,
    units: tuple[SynthesisUnit, ...],
    encoding: Encoding,
    check_cancelled: CheckCancelled = never_cancelled,
) -> Iterator[bytes]:
    """Yield encoded bytes as they are ready: at least one piece per sentence, none empty.

    A WAV header has the right length where there is one sentence and a local voice; otherwise
    the length is unknown when the header is written. Blocks: call it in a thread.

    Parameters
    ----------
    check_cancelled: see `SpeechSynthesis.speak`.

    Raises
    ------
    ModelMissing, ModelCorrupt, SynthesisUnavailable: see `SpeechSynthesis.speak`.
    """
    resampled_parts = _resample_parts(synthesis.speak(units, check_cancelled), encoding.sample_rate)
    if _is_single_part(units):
        samples = next(resampled_parts, np.zeros(0, np.int16))
        encoder = AudioEncoder(encoding, n_samples=len(samples))
        pieces = [encoder.encode(samples), encoder.finish()]
        yield from filter(None, pieces)
        return
    encoder = AudioEncoder(encoding)
    for samples in resampled_parts:
        if piece := encoder.encode(samples):
            yield piece
    if rest := encoder.finish():
        yield rest


def _is_single_part(units: tuple[SynthesisUnit, ...]) -> bool:
    return len(units) <= 1 and not any(unit.voice.is_remote for unit in units)


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
