"""`python -m functions.container`: serve until SIGTERM."""

import sys

from functions.container.server import main

sys.exit(main())
