"""`Retry-After` in answers about resources that are still under way.

The contract has it where the status of a job, or of one on a page, may still change.
"""

RETRY_AFTER_S = 5  # the shortest interval at which the contract's samples poll


def waiting_headers(*, is_under_way: bool) -> dict[str, str]:
    """Headers that say when to ask again; none about resources that have come to their end."""
    return {"Retry-After": str(RETRY_AFTER_S)} if is_under_way else {}
