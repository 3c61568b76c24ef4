"""Parts of a sentence joined: level normalised, edges faded, silence appended.

The only module that uses pydub, and only on samples in memory: its decoding and export write
temporary files. It is imported at first use, since its import searches for programs.
"""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from shared.synthesis.synthesizer import Speech

# Voices differ by 10 dB. Telephony and broadcast speech have about this level.
LEVEL_DBFS = -20.0
PEAK_DBFS = -1.0
EDGE_MS = 5


def join_parts(parts: Sequence[Speech], *, gain_db: float = 0.0, pause_s: float = 0.0) -> Speech:
    """Join the parts of one sentence, which share a sample rate, and normalise their level.

    Parameters
    ----------
    gain_db: added to `LEVEL_DBFS`; peaks stay below full scale at any gain.
    pause_s: silence behind the sentence.
    """
    sample_rate = parts[0].sample_rate
    segment_of = _audio_segment()
    joined = _segment(segment_of, parts[0])
    for part in parts[1:]:
        # Without crossfade: pydub would mix in a temporary file.
        joined = joined.append(_segment(segment_of, part), crossfade=0)
    if joined.max > 0:
        gain = LEVEL_DBFS + gain_db - joined.dBFS
        joined = joined.apply_gain(min(gain, PEAK_DBFS - joined.max_dBFS))
        joined = joined.fade_in(EDGE_MS).fade_out(EDGE_MS)
    joined = joined.append(
        segment_of.silent(round(1000 * pause_s), frame_rate=sample_rate), crossfade=0
    )
    return Speech(np.frombuffer(joined.raw_data, np.int16), sample_rate)


def amplify(speech: Speech, gain_db: float) -> Speech:
    """Apply a gain to a part of a sentence; samples clip at full scale."""
    if gain_db == 0:
        return speech
    amplified = _segment(_audio_segment(), speech).apply_gain(gain_db)
    return replace(speech, samples=np.frombuffer(amplified.raw_data, np.int16))


def _segment(segment_of: Any, speech: Speech) -> Any:
    return segment_of(
        data=speech.samples.tobytes(), sample_width=2, frame_rate=speech.sample_rate, channels=1
    )


def _audio_segment() -> Any:
    """Import pydub's `AudioSegment` without the warnings of its import."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Couldn't find (ffmpeg|ffprobe|avconv|ffplay)", RuntimeWarning, "pydub"
        )
        warnings.filterwarnings("ignore", ".*invalid escape sequence", SyntaxWarning)
        # Python 3.11 and 3.12 deprecate audioop.
        warnings.filterwarnings("ignore", ".*invalid escape sequence", DeprecationWarning)
        warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
        from pydub import AudioSegment  # noqa: PLC0415

    return AudioSegment
