"""A reference to a blob: its name without its bytes.

A trigger's usual `InputStream` is the whole file, read by the host and sent to the worker. For an
SDK type the host sends a short JSON object instead (`ModelBindingData`).
`azurefunctions-extensions-bindings-blob` converts it to a client that has other rules for the
identity, and it loads the storage SDK before any function is found; here the name is enough.

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
    """The blob of a trigger, by its name in the container."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class _BlobReferences(InConverter, binding="blob", trigger="blobTrigger"):  # type: ignore[misc,call-arg]
    """Converts the host's data. The class definition registers it with the worker."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        """Whether the parameter of a function is a `BlobReference`."""
        return issubclass(pytype, BlobReference)

    @classmethod
    def has_implicit_output(cls) -> bool:
        """Return False: a trigger has no output."""
        return False

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: Any, pytype: type) -> BlobReference:  # noqa: ARG003 - the worker's signature
        """Read the name. Any other kind of data contains the blob's bytes and is refused."""
        if data is None or data.type != "model_binding_data":
            raise ValueError("The host sent no reference to a blob.")
        return BlobReference(json.loads(data.value.content)["BlobName"])
