"""Addresses of drop folders in a setting: `calls=azure:audio>azure:transcripts`."""

import re
from dataclasses import dataclass, field

from shared.settings.values import comma_separated

_NAME = re.compile(r"[a-z0-9](-?[a-z0-9]){0,62}")


@dataclass(frozen=True, slots=True)
class DropFolderAddresses:
    """A drop folder: its name, and the containers of its audio and its transcripts.

    The addresses may carry signatures, so `repr` omits them.
    """

    name: str
    input: str = field(repr=False)
    output: str = field(repr=False)

    def shown(self) -> str:
        """Both addresses without their signatures."""
        return " -> ".join(address.partition("?")[0] for address in (self.input, self.output))


def drop_folders_from_text(value: str) -> tuple[DropFolderAddresses, ...]:
    """Parse `name=input>output`, comma-separated, each name once; raises `ValueError`."""
    folders = []
    for part in comma_separated(value):
        name, equals, addresses = part.partition("=")
        source, arrow, target = (text.strip() for text in addresses.partition(">"))
        if not (_NAME.fullmatch(name.strip()) and equals and source and arrow and target):
            raise ValueError
        folders.append(DropFolderAddresses(name.strip(), source, target))
    if len({folder.name for folder in folders}) < len(folders):
        raise ValueError
    return tuple(folders)
