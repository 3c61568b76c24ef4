"""Declaration of a setting (key, allowed values, documentation) and reading it from its key.

A bad value stops the start with the key and the allowed values, never with the value: it may be
a secret.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, field
from typing import Any

from shared.errors import ConfigurationError
from shared.settings.hosts import EVERY_HOST, Host


def setting(
    key: str,
    default: Any,
    parse: Callable[[str], Any],
    accepts: str,
    doc: str,
    secret: bool = False,
    hosts: Host = EVERY_HOST,
) -> Any:
    """Declare a field of `Settings`; its metadata has all arguments but the default.

    Parameters
    ----------
    key:
        Name of the environment variable.
    default:
        The value of an absent key, or a function that returns it.
    parse:
        Converts text to the value; raises `ValueError`.
    accepts, doc:
        The allowed values, and one or more sentences on the effect, in Markdown.
    secret:
        The value is a credential.
    hosts:
        The hosts on which it has an effect.
    """
    metadata = {
        "key": key,
        "parse": parse,
        "accepts": accepts,
        "doc": doc,
        "secret": secret,
        "hosts": hosts,
    }
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def read_keys(declared: Iterable[Field[Any]], environment: Mapping[str, str]) -> dict[str, Any]:
    """Parse the keys of the environment, by name of the field; an empty value counts as absent.

    Raises
    ------
    ConfigurationError: a value that its key does not accept.
    """
    given: dict[str, Any] = {}
    for entry in declared:
        value = environment.get(entry.metadata["key"], "").strip()
        if not value:
            continue
        try:
            given[entry.name] = entry.metadata["parse"](value)
        except ValueError:
            key, accepts = entry.metadata["key"], entry.metadata["accepts"]
            raise ConfigurationError(f"{key} must be {accepts}.") from None
    return given
