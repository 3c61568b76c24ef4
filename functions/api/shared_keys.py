"""The need for configured keys where several instances serve one address."""

from shared.errors import KeysMissing
from shared.settings import Settings


def require_shared_keys(settings: Settings) -> None:
    """Refuse jobs without keys on a host that may have several instances.

    The addresses of results are signed with a key that is derived from `SOTTO_KEYS`. Without
    them each instance generates one, and refuses the addresses that others have signed.

    Raises
    ------
    KeysMissing: there are jobs and no keys.
    """
    if settings.batch and settings.jobs is not None and not settings.keys:
        raise KeysMissing(
            "SOTTO_KEYS must be set where SOTTO_JOBS is, beside SOTTO_OIDC_ISSUER too: all "
            "instances sign the addresses of results with a key that is derived from it."
        )
