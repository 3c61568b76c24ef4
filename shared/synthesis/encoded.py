"""Spoken sentences as bytes of one encoded audio, while the later ones are still to be spoken."""

from collections.abc import Callable, Iterator

import numpy as np

from shared.audio.encode import AudioEncoder, Encoding
from shared.audio.resample import Resampler
from shared.synthesis.speaker import Line, Speaker, carry_on
from shared.synthesis.synthesizer import Samples, Speech


def encoded_speech(
    speaker: Speaker,
    lines: tuple[Line, ...],
    encoding: Encoding,
    go_on: Callable[[], None] = carry_on,
) -> Iterator[bytes]:
    """Yield the audio as it is ready: at least a piece a sentence, none of them empty.

    The length in a WAV header is right where there is one sentence, spoken on this machine; else
    there may be more to come, and it is unknown. Blocks; belongs into a thread.

    Parameters
    ----------
    go_on: see `Speaker.speak`.

    Raises
    ------
    ModelMissing, ModelCorrupt, SynthesisUnavailable: see `Speaker.speak`.
    """
    samples_of_parts = _resampled(speaker.speak(lines, go_on), encoding.sample_rate)
    if _comes_in_one(lines):
        samples = next(samples_of_parts, np.zeros(0, np.int16))
        encoder = AudioEncoder(encoding, n_samples=len(samples))
        pieces = [encoder.encode(samples), encoder.finish()]
        yield from filter(None, pieces)
        return
    encoder = AudioEncoder(encoding)
    for samples in samples_of_parts:
        if piece := encoder.encode(samples):
            yield piece
    if rest := encoder.finish():
        yield rest


def _comes_in_one(lines: tuple[Line, ...]) -> bool:
    return len(lines) <= 1 and not any(line.voice.is_remote for line in lines)


def _resampled(parts: Iterator[Speech], sample_rate: int) -> Iterator[Samples]:
    """Samples at another rate; a sentence begins and ends softly, so each is converted alone."""
    resampler: Resampler | None = None
    for part in parts:
        resampler = resampler or Resampler(part.sample_rate, 1, sample_rate)
        samples: Samples = resampler.resample(part.samples.reshape(1, -1))[0]
        if part.ends_sentence:
            samples = np.concatenate((samples, resampler.flush()[0]))
            resampler = None
        yield samples
