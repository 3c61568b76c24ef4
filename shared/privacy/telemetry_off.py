"""Switch off the telemetry of third-party libraries before any of them is imported.

Most of these libraries read their switch once, on import, so every entry point calls
`switch_telemetry_off` before its other imports. This module imports none of them.
"""

import os
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """One environment variable that switches a library's telemetry off.

    `library` is its import name, None for a convention of several libraries.
    """

    variable: str
    value: str
    library: str | None
    reason: str


SWITCHES: tuple[Switch, ...] = (
    Switch(
        "ORT_DISABLE_TELEMETRY", "1", "onnxruntime",
        "1.32 uploads model and process facts and keeps a database and a device id in "
        "`Microsoft/DeveloperTools/.onnxruntime` of the user's cache folder (seen by system-call "
        "trace); set before the first import it does neither (microsoft/onnxruntime#27379)",
    ),
    Switch(
        "HF_HUB_DISABLE_TELEMETRY", "1", "huggingface_hub",
        "describes the machine and its packages in the user agent of every download",
    ),
    Switch(
        "DISABLE_TELEMETRY", "1", "transformers",
        "older releases read this name instead of the hub's",
    ),
    Switch(
        "PYANNOTE_METRICS_ENABLED", "0", "pyannote.audio",
        "4.x reports the loaded pipeline, and the duration and number of speakers of each file",
    ),
    Switch(
        "DO_NOT_TRACK", "1", None,
        "the convention of donottrack.sh, for libraries that an operator adds",
    ),
)  # fmt: skip


def switch_telemetry_off(
    environment: MutableMapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Set every switch, overriding its former value; a second call has no effect.

    Returns
    -------
    The libraries that were loaded before their switch was set and may have sent telemetry
    already: empty unless an entry point imports in the wrong order.
    """
    environment = os.environ if environment is None else environment
    too_late = []
    for switch in SWITCHES:
        is_set = environment.get(switch.variable) == switch.value
        if not is_set and switch.library in sys.modules:
            too_late.append(switch.library)
        environment[switch.variable] = switch.value
    return tuple(dict.fromkeys(name for name in too_late if name is not None))
