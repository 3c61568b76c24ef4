"""A blob as the host refers to it: its name without its bytes.

A trigger's usual `InputStream` is the whole file, read by the host and sent to the worker. Asked
for an SDK type, the host sends a few words of JSON instead (`ModelBindingData`). What
`azurefunctions-extensions-bindings-blob` makes of them is a client with rules of its own for the
identity, and it loads the storage SDK before any function is found; the name is enough here.

https://github.com/Azure/azure-functions-python-extensions (azurefunctions-extensions-base)
"""

import json
from typing import Any

from azurefunctions.extensions.base import (  # type: ignore[import-untyped]
    Datum,
    InConverter,
    SdkType,
)


class BlobReference(SdkType):  # type: ignore[misc]
    """A blob that a trigger fired for, by its name in the container."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class _BlobReferences(InConverter, binding="blob", trigger="blobTrigger"):  # type: ignore[misc,call-arg]
    """Makes them of what the host sends. Being defined registers it with the worker."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        """Tell whether a function asks for one."""
        return issubclass(pytype, BlobReference)

    @classmethod
    def has_implicit_output(cls) -> bool:
        """A trigger gives nothing back."""
        return False

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: Any, pytype: type) -> BlobReference:  # noqa: ARG003 - the worker's signature
        """Read the name. Any other kind of data has the blob's bytes in it, and is refused."""
        if data is None or data.type != "model_binding_data":
            raise ValueError("The host sent no reference to a blob.")
        return BlobReference(json.loads(data.value.content)["BlobName"])
