"""A double of the server with planted leaks.

It writes one file, opens one connection, and logs a word and its keys.

`python tests/privacy/leaking_server.py FILE`
"""

import os
import socket
import sys
from pathlib import Path

from functions.container.server import main

if __name__ == "__main__":
    Path(sys.argv[1]).write_text("Zanzibar marmalade")
    with socket.socket(type=socket.SOCK_DGRAM) as datagram:  # connecting one sends nothing
        datagram.connect(("192.0.2.1", 443))
    sys.stderr.write(f"kaleidoscope {os.environ['SOTTO_KEYS']}\n")
    sys.exit(main())
