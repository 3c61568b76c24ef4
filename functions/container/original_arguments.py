"""Arguments and variables of the original speech containers: `Eula=accept Billing=… ApiKey=…`.

They are `Name=value`, as arguments or in the environment, with names in any case. `ApiKey` was the
key that the container reports its usage with; here it is a key that clients may present. All others
are accepted without effect, so that a command line for the originals starts this server.
"""

from collections.abc import Iterable, Mapping

from shared.errors import KeysMissing

_API_KEY = "apikey"


def api_keys(arguments: Iterable[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of `ApiKey`, those of arguments first.

    Raises
    ------
    KeysMissing: `ApiKey` is given without a value, as by a template whose variable is not set.
    """
    named = [*(argument.partition("=")[::2] for argument in arguments), *environment.items()]
    keys = tuple(value.strip() for name, value in named if name.lower() == _API_KEY)
    if not all(keys):
        raise KeysMissing("ApiKey must be a key, or not be given at all: it has no value.")
    return keys
