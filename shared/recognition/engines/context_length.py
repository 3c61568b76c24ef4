"""Encoder context of a segment: how much silence the encoder sees behind it.

Whisper was trained on 30 s, and the cost of its encoder grows with the context. A context of the
segment's length and a margin makes recognition several times faster, and reads a few words in a
hundred otherwise than the full context does; `decoding.py` reads again where that is likely, with
twice the margin. The full context is no better there: it invents words behind doubtful speech.

The decoder needs less of it than the encoder: at the first reading it is given `DECODED_MARGIN_S`
behind the segment, which saves time at each of its steps, and memory.

How many words differ at a margin depends on the model, so each model has its own. A model without
a measurement is read at the full context.
"""

import math
from dataclasses import dataclass

from shared.recognition.engines.log_mel import MAX_POSITIONS, POSITIONS_PER_SECOND
from shared.settings import Settings

GRAIN_POSITIONS = 25  # 0.5 s: segments of almost the same length share a batch

# Silence behind a segment that the decoder sees.
DECODED_MARGIN_S = 2.0

# Margins that were measured, by name of the model (docs/engines.md, "Context").
MEASURED_MARGINS_S = {"base": 5.0}


@dataclass(frozen=True, slots=True)
class EncoderContext:
    """Context of a model: a margin of silence after the segment, or the full context.

    margin_s: None reads every segment at the full context.
    """

    margin_s: float | None

    def n_positions(self, duration_s: float) -> int:
        """Context of a segment at its first reading, in positions of 20 ms."""
        return self._with_margins(duration_s, 1)

    def n_positions_again(self, duration_s: float) -> int:
        """Context of a segment that is read again: it has twice the margin."""
        return self._with_margins(duration_s, 2)

    def n_positions_decoded(self, duration_s: float) -> int:
        """Positions of a segment that are decoded at its first reading, of those encoded."""
        if self.margin_s is None:
            return MAX_POSITIONS
        return positions_of(duration_s + min(self.margin_s, DECODED_MARGIN_S))

    def _with_margins(self, duration_s: float, n_margins: int) -> int:
        if self.margin_s is None:
            return MAX_POSITIONS
        return positions_of(duration_s + n_margins * self.margin_s)


def encoder_context(settings: Settings) -> EncoderContext:
    """Context of the configured model: the configured margin, or the measured one."""
    if settings.context == "full":
        return EncoderContext(None)
    if settings.context == "auto":
        return EncoderContext(MEASURED_MARGINS_S.get(settings.model))
    return EncoderContext(float(settings.context))


def positions_of(seconds: float) -> int:
    """Positions that hold `seconds`, in whole grains, at most the full context."""
    grains = math.ceil(seconds * POSITIONS_PER_SECOND / GRAIN_POSITIONS)
    return min(grains * GRAIN_POSITIONS, MAX_POSITIONS)
