"""Spoken sentences as bytes of one encoded audio, while the later ones are still to be spoken."""

from collections.abc import Iterator

import numpy as np

from shared.audio.encode import AudioEncoder, Encoding
from shared.audio.resample import Resampler
from shared.synthesis.speaker import Line, Speaker
from shared.synthesis.synthesizer import Samples, Speech


def encoded_speech(
    speaker: Speaker, lines: tuple[Line, ...], encoding: Encoding
) -> Iterator[bytes]:
    """Yield the audio as it is ready: at least a piece a sentence, none of them empty.

    The length in a WAV header is right where there is one sentence, and unknown where a second
    one is still to come. Blocks; belongs into a thread.

    Raises
    ------
    ModelMissing, ModelCorrupt, SynthesisUnavailable: see `Speaker.speak`.
    """
    sentences = (resampled(speech, encoding.sample_rate) for speech in speaker.speak(lines))
    if len(lines) <= 1:
        samples = next(sentences, np.zeros(0, np.int16))
        encoder = AudioEncoder(encoding, n_samples=len(samples))
        pieces = [encoder.encode(samples), encoder.finish()]
        yield from filter(None, pieces)
        return
    encoder = AudioEncoder(encoding)
    for samples in sentences:
        if piece := encoder.encode(samples):
            yield piece
    if rest := encoder.finish():
        yield rest


def resampled(speech: Speech, sample_rate: int) -> Samples:
    """Samples at another rate; a sentence begins and ends softly, so each is converted alone."""
    resampler = Resampler(speech.sample_rate, 1, sample_rate)
    block = speech.samples.reshape(1, -1)
    converted: Samples = np.concatenate((resampler.resample(block), resampler.flush()), axis=1)[0]
    return converted
