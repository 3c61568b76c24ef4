"""Azure's own types of resources, as files of Azure/bicep-types-az.

A file is a list of types; `{"$ref": "#/7"}` is its eighth entry.
https://github.com/Azure/bicep-types
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

REQUIRED, READ_ONLY = 1, 2
TENANT, MANAGEMENT_GROUP, SUBSCRIPTION, RESOURCE_GROUP, EXTENSION = 1, 2, 4, 8, 16
"""Bits of the scopes that a resource may be written at."""

SCOPES = {
    "tenant": TENANT,
    "managementGroup": MANAGEMENT_GROUP,
    "subscription": SUBSCRIPTION,
    "resourceGroup": RESOURCE_GROUP,
}


@dataclass(frozen=True)
class AzureType:
    """One type, with the list that its references point into."""

    entry: dict[str, Any]
    file: tuple[dict[str, Any], ...]

    @property
    def kind(self) -> str:
        """Name of the kind, without `Type`."""
        return str(self.entry["$type"]).removesuffix("Type")

    def at(self, reference: dict[str, str]) -> "AzureType":
        """Follow a reference."""
        return AzureType(self.file[int(reference["$ref"].removeprefix("#/"))], self.file)

    def member(self, name: str) -> "AzureType":
        """Type of a member of the entry itself, such as `body` or `itemType`."""
        return self.at(self.entry[name])

    @cached_property
    def properties(self) -> dict[str, tuple["AzureType", int]]:
        """Properties of an object with their flags; of a discriminated one the common ones."""
        written = self.entry.get("properties") or self.entry.get("baseProperties") or {}
        return {
            name: (self.at(one["type"]), int(one.get("flags", 0))) for name, one in written.items()
        }

    @property
    def further(self) -> "AzureType | None":
        """Type of properties with any other name."""
        written = self.entry.get("additionalProperties")
        return None if written is None else self.at(written)

    @property
    def alternatives(self) -> list["AzureType"]:
        """Members of a union, of a union in it too; a type that is none is its only one."""
        if self.kind != "Union":
            return [self]
        return [one for part in self.entry["elements"] for one in self.at(part).alternatives]

    @property
    def by_discriminator(self) -> dict[str, "AzureType"]:
        """Objects of a discriminated one, by the value of the discriminator."""
        return {value: self.at(one) for value, one in self.entry["elements"].items()}

    def walk(self, name: str) -> "AzureType | None":
        """Type of a property that is read; None where there is no such property."""
        if self.kind == "Any":
            return self
        if name in self.properties:
            return self.properties[name][0]
        if self.kind == "DiscriminatedObject":
            found = [one.walk(name) for one in self.by_discriminator.values()]
            return next((one for one in found if one is not None), None)
        return self.further


class TypeData:
    """All types of a folder, by `<type>@<version>`; names of types ignore case, as in Azure."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, whose files are read when a type of theirs is asked for.

        Raises
        ------
        FileNotFoundError: no such folder, or no types in it.
        """
        self._folder = folder
        self._read: dict[Path, dict[str, AzureType]] = {}
        if not any(folder.glob("*.json")):
            raise FileNotFoundError(f"{folder} has no files of resource types.")

    def resource(self, reference: str) -> AzureType | None:
        """Entry of a resource; None if that version is not there."""
        resource_type, _, version = reference.lower().partition("@")
        for types in self._files(resource_type, version):
            if reference.lower() in types:
                return types[reference.lower()]
        return None

    def versions(self, resource_type: str) -> list[str]:
        """API versions of a resource that are there."""
        start = f"{resource_type.lower()}@"
        names = [name for types in self._files(resource_type.lower(), "*") for name in types]
        return sorted(name.removeprefix(start) for name in names if name.startswith(start))

    def _files(self, resource_type: str, version: str) -> Iterator[dict[str, AzureType]]:
        namespace = resource_type.partition("/")[0]
        for path in sorted(self._folder.glob(f"{namespace}.*.{version}.json")):
            if path not in self._read:
                self._read[path] = dict(_resources(path))
            yield self._read[path]


def _resources(path: Path) -> Iterator[tuple[str, AzureType]]:
    entries = tuple(json.loads(path.read_text(encoding="utf-8")))
    for entry in entries:
        if entry["$type"] == "ResourceType":
            yield entry["name"].lower(), AzureType(entry, entries)
