"""`python -m functions.container [worker]`: run the server, or only a worker, until SIGTERM."""

import sys

if sys.argv[1:2] == ["worker"]:
    from functions.container.worker_process import main as work

    sys.exit(work())

from functions.container.server import main as serve

sys.exit(serve(sys.argv[1:]))
