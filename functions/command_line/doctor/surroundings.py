"""The settings and the environment that the checks look at, read in spite of invalid values."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from functions.command_line.doctor.finding import Finding, State
from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.settings.key import read_keys

_KEY = re.compile(r"SOTTO_[A-Za-z_]+")
_DECLARED = {entry.metadata["key"]: entry for entry in fields(Settings)}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that a check depends on.

    settings: those that are valid; in place of an invalid one its default.
    environment: of the process; values may be secrets.
    invalid: a message for each setting, or combination of settings, that stops the start.
    is_online: whether checks may ask configured services.
    """

    settings: Settings
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    invalid: tuple[str, ...] = ()
    is_online: bool = False

    def names(self, key: str) -> bool:
        """Whether the operator has set a key: the feature is then demanded, not a default."""
        return bool(self.environment.get(key, "").strip())


def read_surroundings(environment: Mapping[str, str], *, is_online: bool = False) -> Surroundings:
    """Read the settings; each invalid one is noted and left out, so that all others are checked."""
    valid = dict(environment)
    invalid: list[str] = []
    for key, entry in _DECLARED.items():
        try:
            read_keys([entry], valid)
        except ConfigurationError as error:
            invalid.append(str(error))
            del valid[key]
    while True:
        try:
            settings = Settings.from_environment(valid)
        except ConfigurationError as error:
            invalid.append(str(error))
            named = {key for key in _KEY.findall(str(error)) if key in valid}
            valid = {key: value for key, value in valid.items() if named and key not in named}
            continue
        return Surroundings(settings, environment, tuple(invalid), is_online)


def check_settings(surroundings: Surroundings) -> Iterator[Finding]:
    """Name each setting that stops the start, and names that are close to one, never a value."""
    for message in surroundings.invalid:
        named = _KEY.search(message)
        key = named[0] if named else "Settings"
        found = message.removeprefix(key).strip().rstrip(".")
        yield Finding(
            subject=key, state=State.WRONG, found=found, mend="correct it: docs/settings.md"
        )
    ours = sorted(key for key in surroundings.environment if key.startswith("SOTTO_"))
    for key in ours:
        alike = difflib.get_close_matches(key, _DECLARED, 1, 0.85)
        if key not in _DECLARED and alike:
            yield Finding(
                subject=key, state=State.WRONG, is_needed=False,
                found="there is no such setting: it has no effect", mend=f"write {alike[0]}",
            )  # fmt: skip
    if not surroundings.invalid:
        n_set = sum(key in _DECLARED for key in ours)
        yield Finding(subject="Settings", state=State.OK, found=f"{n_set} set, all valid")
