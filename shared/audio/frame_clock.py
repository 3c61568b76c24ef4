"""The clock of a container: where each decoded frame lies in time, and the silence before it.

Decoded frames alone have no time. A recorder that was paused, packets that were lost, sound that
begins after the picture: only the timestamps of the container tell. The result is that of FFmpeg's
`aresample=async=1`, but for two things: a frame is never trimmed, since it may be speech, and the
length of a gap is known before its first sample is made.
"""

# Containers round to 1 ms, decoders trim their delay (1,024 samples of AAC at 16 kHz are 64 ms),
# recorders stamp packets as they come. `aresample` leaves as much (`min_hard_comp`).
TOLERANCE_S = 0.1
# Overlaps are shorter than that; further back only a stream begins that was appended to another.
RESTART_S = 1.0
# Where the first timestamps are a guess, a longer gap is the time that a broadcast has lasted.
LATE_JOINING_S = 600.0


class FrameClock:
    """The time of the next sample, in seconds from the start of the file.

    Parameters
    ----------
    origin_s: the timestamp at which the file starts, that of its earliest stream; None where only
        the first frame tells.
    begins_with_guess: the timestamps up to the first gap were made up, from 0.
    """

    def __init__(self, origin_s: float | None, *, begins_with_guess: bool = False) -> None:
        self.position_s = 0.0
        self._origin_s = origin_s
        self._is_guess = begins_with_guess

    def start_at(self, timestamp_s: float) -> float:
        """Start the file at this timestamp of any of its streams, unless it starts earlier."""
        known_s = self._origin_s
        self._origin_s = timestamp_s if known_s is None else min(timestamp_s, known_s)
        return self._origin_s

    def silence_before(self, timestamp_s: float | None) -> float:
        """Seconds of silence before sound with this timestamp, 0 where it follows the last.

        Sound without a timestamp follows the last, and so does sound that overlaps it. A stream
        that begins anew goes on where the one before it ended.
        """
        if timestamp_s is None:
            return 0.0
        origin_s = self._origin_s
        if origin_s is None or self.position_s == 0.0:
            origin_s = self.start_at(timestamp_s)
        silence_s = timestamp_s - origin_s - self.position_s
        is_late_joining = silence_s > LATE_JOINING_S and self._is_guess
        self._is_guess = self._is_guess and silence_s <= TOLERANCE_S
        if silence_s < -RESTART_S or is_late_joining:
            self._origin_s = timestamp_s - self.position_s
            return 0.0
        return silence_s if silence_s > TOLERANCE_S else 0.0

    def advance(self, duration_s: float) -> None:
        """Count sound or silence that was passed on."""
        self.position_s += duration_s
