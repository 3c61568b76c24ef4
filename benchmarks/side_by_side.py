"""Comparison of Sotto and a rival on the same clips, in turns clip by clip.

The machine may be shared and its speed drift; a disturbance then affects both systems within the
same second, and the ratio of the two is steadier than either time.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from benchmarks.clips import Clip
from benchmarks.rivals import Rival, RivalAnswer, RivalFailed
from benchmarks.server import Answer, SottoServer

# Worker threads of an engine spin for some milliseconds after their work, on the same cores.
_SETTLE_S = 0.05


@dataclass(frozen=True, slots=True)
class Systems:
    """The two systems that are compared, both started."""

    server: SottoServer
    rival: Rival


@dataclass(frozen=True, slots=True)
class Round:
    """One clip, once through each system."""

    clip: Clip
    ours: Answer
    theirs: RivalAnswer

    @property
    def ratio(self) -> float:
        """The rival's time by Sotto's."""
        return self.theirs.elapsed_s / self.ours.elapsed_s


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rounds of one clip. Texts are those of the first round."""

    clip: Clip
    rounds: tuple[Round, ...]

    @property
    def ratio(self) -> float:
        """Median of the ratios within each round."""
        return statistics.median(one.ratio for one in self.rounds)

    @property
    def our_seconds(self) -> float:
        """Median time of Sotto, over HTTP."""
        return statistics.median(one.ours.elapsed_s for one in self.rounds)

    @property
    def their_seconds(self) -> float:
        """Median time of the rival, in process."""
        return statistics.median(one.theirs.elapsed_s for one in self.rounds)

    @property
    def our_text(self) -> str:
        """Text that Sotto recognised."""
        return self.rounds[0].ours.text

    @property
    def their_text(self) -> str:
        """Text that the rival recognised."""
        return self.rounds[0].theirs.text


def warm_up(systems: Systems, clip: Clip) -> None:
    """Recognise one clip with both, so that no measured request is the first."""
    _run_round(systems, clip, {}, sotto_first=True)


def compare(
    systems: Systems, clips: Sequence[Clip], repeats: int, **rival_options: object
) -> tuple[Comparison, ...]:
    """Send every clip to both systems `repeats` times, in alternating order.

    The rival has its defaults except for `rival_options`.

    Raises
    ------
    RivalFailed: the rival fails on a clip.
    RuntimeError: the server refuses a clip.
    """
    rounds: dict[str, list[Round]] = {clip.name: [] for clip in clips}
    for repeat in range(repeats):
        for index, clip in enumerate(clips):
            taken = _run_round(systems, clip, rival_options, sotto_first=(repeat + index) % 2 == 0)
            rounds[clip.name].append(taken)
            print(
                f"  {repeat + 1}/{repeats} {clip.name:34} {clip.seconds:7.2f} s:"
                f" {taken.ours.elapsed_s:7.3f} s against {taken.theirs.elapsed_s:7.3f} s"
            )
    return tuple(Comparison(clip, tuple(rounds[clip.name])) for clip in clips)


def _run_round(
    systems: Systems, clip: Clip, rival_options: dict[str, object], *, sotto_first: bool
) -> Round:
    def their_turn() -> RivalAnswer:
        time.sleep(_SETTLE_S)
        return systems.rival.transcribe(clip.path, **rival_options)

    audio = clip.path.read_bytes()
    theirs = None if sotto_first else their_turn()
    time.sleep(_SETTLE_S)
    ours = systems.server.transcribe(audio)
    theirs = theirs or their_turn()
    if ours.status != HTTPStatus.OK:
        raise RuntimeError(f"{clip.name}: the server answers {ours.status}.")
    if theirs.error is not None:
        raise RivalFailed(f"{clip.name}: the rival fails with {theirs.error}.")
    return Round(clip, ours, theirs)
