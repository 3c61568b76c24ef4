"""Commands of batch work: `purge` and `worker`."""

import argparse
from datetime import UTC, datetime
from typing import Any

from shared.errors import ConfigurationError
from shared.settings import Settings


def add_commands(commands: Any) -> None:
    """Add the commands of batch work to the command line."""
    worker = commands.add_parser(
        "worker", help="process work from the queue until SIGTERM; several may run at once"
    )
    worker.set_defaults(run=_worker)

    purge = commands.add_parser("purge", help="delete expired transcripts and jobs now")
    purge.set_defaults(run=_purge)


def _purge(_parsed: argparse.Namespace, settings: Settings) -> int:
    from shared.jobs.batch_setup import local_addresses, open_batch  # noqa: PLC0415
    from shared.jobs.purge import purge  # noqa: PLC0415

    addresses = local_addresses(settings)
    if addresses is None:
        raise ConfigurationError("SOTTO_BATCH is off: there is nothing to purge.")
    batch = open_batch(settings, addresses, watches=True)
    try:
        done = purge(batch, datetime.now(UTC))
    finally:
        batch.queue.close()
    print(f"removed {done}")
    for job_id, error in done.failures:
        print(f"  {job_id}: {error}")
    for folder, job_ids in done.unreachable.items():
        print(
            f"  {folder}: outputs of {len(job_ids)} jobs stay. SOTTO_DROP_FOLDERS has no folder "
            "with their container."
        )
    for error in done.troubles:
        print(f"  {type(error).__name__}: {error}")
    return 1 if done.failures or done.unreachable or done.troubles else 0


def _worker(_parsed: argparse.Namespace, _settings: Settings) -> int:
    from functions.container.worker_process import main as work  # noqa: PLC0415

    return work()
