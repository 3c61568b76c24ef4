"""The port of traces of files: the worker hands over each file that has its result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.stages import Stage


@dataclass(frozen=True, slots=True)
class EndedFile:
    """A file of a job that has its result.

    fields: of its log line, before the allow-list.
    start_ns, end_ns: nanoseconds since 1970.
    """

    fields: Mapping[str, Any]
    start_ns: int
    end_ns: int
    stages: Sequence[Stage]


OnFileEnd = Callable[[EndedFile], None]
"""Takes each file at its end, in the thread of its worker: must neither block nor raise."""
