"""Silencing of libraries that log their requests.

urllib3 logs the path and query of every request at level DEBUG, and a query can be a shared
access signature; botocore and azure.core log headers, names and answers. `shared.privacy.logs`
empties their messages; this module prevents them, also under another logging set-up.
"""

import logging

_ABOVE_CRITICAL = logging.CRITICAL + 1


def silence_library_logs(*loggers: str) -> None:
    """Disable these loggers and their children."""
    for name in loggers:
        logging.getLogger(name).setLevel(_ABOVE_CRITICAL)
