"""Files that are there as a whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file at once, and make its folder.

    A hidden neighbour gets the bytes and then the name. Its own name is always the same, so that a
    process that ends meanwhile leaves one file at most, which the next one replaces.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
