"""Entry of the container image: `python -m functions.container.image [worker | Name=value ...]`.

It is `python -m functions.container` with two differences. Batch work is off until a setting says
where its records are kept, since nothing in an image may be written. And a start without a key
prints the `docker run` line that works.
"""

import os
import sys
from collections.abc import Mapping

ADVICE = """\
Choose a key, which clients then send as Ocp-Apim-Subscription-Key:
  docker run -p 5000:5000 -e SOTTO_KEYS="$(openssl rand -hex 32)" sotto
or, as for the original speech containers:
  docker run -p 5000:5000 sotto Eula=accept Billing=x ApiKey=<a key>
"""

_STORAGE_KEYS = ("SOTTO_DATA_FOLDER", "SOTTO_JOBS", "SOTTO_QUEUE", "SOTTO_DROP_FOLDERS")


def main() -> int:
    """Run the server, or a worker, until SIGTERM; return the exit status of the process."""
    arguments = sys.argv[1:]
    os.environ["SOTTO_BATCH"] = batch_of(os.environ)
    if arguments[:1] == ["worker"]:
        from functions.container.worker_process import main as work  # noqa: PLC0415

        return work()
    from functions.container.server import main as serve  # noqa: PLC0415

    return serve(arguments, advice=ADVICE)


def batch_of(environment: Mapping[str, str]) -> str:
    """Return the value of `SOTTO_BATCH`: where it is not set, whether a setting names storage."""
    names_storage = any(environment.get(key, "").strip() for key in _STORAGE_KEYS)
    return environment.get("SOTTO_BATCH", "").strip() or str(names_storage).lower()


if __name__ == "__main__":
    sys.exit(main())
