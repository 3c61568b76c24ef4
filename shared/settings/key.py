"""What a setting is called, what it may be and what it means; how it is read under its name.

A bad value stops the start with the key and what it may be, never with the value: it may be a
secret.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, field
from typing import Any

from shared.errors import ConfigurationError


def setting(
    key: str,
    default: Any,
    parse: Callable[[str], Any],
    accepts: str,
    doc: str,
    secret: bool = False,
) -> Any:
    """Declare a field of `Settings`; its metadata has everything but the default.

    Parameters
    ----------
    key:
        Name of the environment variable.
    default:
        The value without one, or what makes it when settings are read.
    parse:
        Text to value; a `ValueError` says that the text is none.
    accepts, doc:
        What the value may be, and one or more sentences on what it does, in Markdown.
    secret:
        The value gives access to something.
    """
    metadata = {"key": key, "parse": parse, "accepts": accepts, "doc": doc, "secret": secret}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def read_keys(declared: Iterable[Field[Any]], environment: Mapping[str, str]) -> dict[str, Any]:
    """Parse what the environment sets, by name of the field; an empty value counts as absent.

    Raises
    ------
    ConfigurationError: a value outside what its key accepts.
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
