"""Silence for libraries that log what they send.

urllib3 logs the path and query of every request at level DEBUG, and a query can be a shared
access signature; botocore and azure.core log headers, names and answers. `shared.privacy.logs`
empties their messages as well. Here they are not made, whatever else has set logging up.
"""

import logging

_ABOVE_CRITICAL = logging.CRITICAL + 1


def silence_library_logs(*loggers: str) -> None:
    """Let these loggers and those below them say nothing."""
    for name in loggers:
        logging.getLogger(name).setLevel(_ABOVE_CRITICAL)
