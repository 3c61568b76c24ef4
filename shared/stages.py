"""When the stages of a piece of work began and ended, for traces: names and times, no content."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class StageName(StrEnum):
    """A stage of a request or of a file.

    RECEIVE: the body arrives. WAIT: for slots, the sum of all waits. RECOGNISE: decoding, waiting
    and recognition. RENDER: from the recognised speech to the first byte of the answer, with
    translation and voices. WRITE: outputs of a file. RESPOND: the client takes the answer.
    """

    RECEIVE = "receive"
    WAIT = "wait"
    RECOGNISE = "recognise"
    RENDER = "render"
    WRITE = "write"
    RESPOND = "respond"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; times are nanoseconds since 1970, as `time.time_ns`."""

    name: StageName
    start_ns: int
    end_ns: int


@contextmanager
def timed_stage(stages: list[Stage], name: StageName) -> Iterator[None]:
    """Add a stage that lasts as long as the block, however it ends."""
    start_ns = time.time_ns()
    try:
        yield
    finally:
        stages.append(Stage(name, start_ns, time.time_ns()))
