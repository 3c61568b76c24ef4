"""The result of a check."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """State of what a check looked at. UNCHECKED: only `--online` looks at it."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of the report. No field holds a secret.

    subject: short name of what was looked at.
    found: one clause on its state.
    mend: a command, or the setting to change; empty where there is nothing to mend.
    cost: memory, disk, money, or data that leave the machine, in words; may be empty.
    is_needed: whether a feature that the settings demand does not work without it. A default that
        is left out where it is not installed is not needed.
    """

    subject: str
    state: State
    found: str
    mend: str = ""
    cost: str = ""
    is_needed: bool = True

    @property
    def fails(self) -> bool:
        """Whether the installation does not do what its settings demand."""
        return self.is_needed and self.state in {State.MISSING, State.WRONG}


def size(n_bytes: float) -> str:
    """Return a size in MB, or in GB from 10 GB on."""
    return f"{n_bytes / 1e6:,.0f} MB" if n_bytes < 10e9 else f"{n_bytes / 1e9:,.0f} GB"
