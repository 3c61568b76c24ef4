"""`python -m functions.container [worker]`: run the server, or only a worker, until SIGTERM."""

import sys

if sys.argv[1:2] == ["worker"]:
    from functions.container.worker_process import main
else:
    from functions.container.server import main

sys.exit(main())
