"""Text that the command line names: an argument, a file, standard input."""

import sys
from contextlib import suppress
from pathlib import Path

from shared.errors import ConfigurationError

STANDARD_INPUT = "-"


def read_text(argument: str) -> str:
    """Return the argument, or standard input for `-`, without line breaks at its end.

    Raises
    ------
    ConfigurationError: it is blank or no text in UTF-8.
    """
    text = argument
    if argument == STANDARD_INPUT:
        text = _decoded(sys.stdin.buffer.read(), "Standard input")
    if not text.strip():
        raise ConfigurationError("There is no text.")
    return text.rstrip("\r\n")


def read_lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a file that are not blank.

    Raises
    ------
    ConfigurationError: it is no text in UTF-8.
    """
    lines = _decoded(path.read_bytes(), str(path)).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _decoded(data: bytes, name: str) -> str:
    text: str | None = None
    # Raised after the handler: the error of the decoder has the text.
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-8-sig")
    if text is None:
        raise ConfigurationError(f"{name} is no text in UTF-8.")
    return text
