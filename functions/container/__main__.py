"""`python -m functions.container [worker]`: serve, or only work, until SIGTERM."""

import sys

if sys.argv[1:2] == ["worker"]:
    from functions.container.worker_process import main
else:
    from functions.container.server import main

sys.exit(main())
