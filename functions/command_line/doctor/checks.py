"""Every check, in the order of the report."""

from collections.abc import Callable, Iterator, Sequence

from functions.command_line.doctor import (
    features,
    machine,
    models,
    online,
    program,
    server,
    storage,
)
from functions.command_line.doctor.finding import Finding, State
from functions.command_line.doctor.surroundings import Surroundings, check_settings

Check = Callable[[Surroundings], Iterator[Finding]]

CHECKS: Sequence[Check] = (
    program.check_platform,
    program.check_packages,
    check_settings,
    models.check_models,
    machine.check_processor,
    machine.check_memory,
    machine.check_gpu,
    machine.check_disk,
    features.check_voices,
    features.check_translators,
    storage.check_storage,
    server.check_port,
    server.check_tls,
    server.check_keys,
    online.check_azure_speech,
    online.check_cloud_translators,
    online.check_issuers,
    online.check_collector,
    online.check_clock,
    server.check_clients,
)


def examine(surroundings: Surroundings, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """Run the checks one after the other; one that fails stops no other."""
    for check in checks:
        try:
            yield from check(surroundings)
        except Exception as error:  # noqa: BLE001 - libraries meet every kind of invalid setting
            # Its message stays out: it may quote a setting.
            yield Finding(
                subject=check.__name__.removeprefix("check_").replace("_", " ").capitalize(),
                state=State.WRONG,
                found=f"could not be checked: {type(error).__name__}",
                mend="check its settings: docs/settings.md",
            )
