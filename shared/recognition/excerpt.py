"""A stretch of an encoded segment, to be listened to by itself.

The encoder is most of the cost of a short segment, so who wants to know the language of each
sentence in it takes the sentence out of what is encoded already.
"""

from typing import Any

import numpy as np

from shared.recognition.engine import EncodedSegment
from shared.recognition.log_mel import POSITIONS_PER_SECOND, SAMPLE_RATE

SAMPLES_PER_POSITION = SAMPLE_RATE // POSITIONS_PER_SECOND


def excerpt(
    encoded: EncodedSegment, span: tuple[int, int], silence: tuple[int, int], n_positions: int
) -> EncodedSegment:
    """The positions of a span, followed by positions of silence up to `n_positions`.

    Without silence behind it the model hears something cut off and guesses: of 19 Spanish
    utterances 7 sound like another language then, with 1 s of silence none does.

    Parameters
    ----------
    span, silence: first position and the one after the last; `silence` is not empty and repeated
        as often as it takes.
    """
    first, last = span
    n_silent = max(0, n_positions - (last - first))
    silent = silence[0] + np.arange(n_silent) % (silence[1] - silence[0])
    positions = np.concatenate((np.arange(first, last), silent))[:n_positions]
    return EncodedSegment(_take(encoded.features, positions), n_positions)


def _take(features: Any, positions: Any) -> Any:
    """Features at these positions, of the kind the engine has made them of.

    Arrays and tensors are indexed; a `StorageView` of CTranslate2 can only be read and made.
    A scripted engine keeps samples instead, and silence beyond them is not there.
    """
    if isinstance(features, np.ndarray) and features.ndim == 1:
        starts = positions * SAMPLES_PER_POSITION
        kept = starts[starts + SAMPLES_PER_POSITION <= len(features)]
        return features[(kept[:, None] + np.arange(SAMPLES_PER_POSITION)).reshape(-1)]
    if hasattr(features, "from_array"):
        array = np.asarray(features)[:, positions]
        return type(features).from_array(np.ascontiguousarray(array))
    return features[:, positions]
