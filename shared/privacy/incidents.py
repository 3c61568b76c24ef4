"""Log lines of the domain, for what it passes over: a folder that cannot be read, a damaged record.

The domain returns its facts and the edges log them. These have no place in a result, since the work
goes on without them; an operator has to know of them all the same. `log_fields` permits the fields.
"""

from typing import Any

import structlog


def report_failure(event: str, **fields: Any) -> None:
    """Log what an operator should mend."""
    structlog.get_logger().error(event, **fields)


def report_omission(event: str, **fields: Any) -> None:
    """Log what was left out, and may be right so."""
    structlog.get_logger().warning(event, **fields)
