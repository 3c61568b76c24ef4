"""Write and read messages of Terraform's plugin protocol, version 6, as far as a plan needs them.

The messages are protocol buffers; field numbers are those of the protocol's definition
(https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol). Numbers and texts are
the only kinds of fields in use here, so a message is a list of (field number, value).
"""

import json
from typing import Any

NESTINGS = {"single": 1, "list": 2, "set": 3, "map": 4}
ERROR = 1


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def message(*fields: tuple[int, bytes | str | int | bool]) -> bytes:
    """Encode fields in their order; a number 0, False and an empty text are left out."""
    encoded = bytearray()
    for number, value in fields:
        if isinstance(value, int):
            if value:
                encoded += _varint(number << 3) + _varint(int(value))
            continue
        content = value.encode() if isinstance(value, str) else value
        encoded += _varint(number << 3 | 2) + _varint(len(content)) + content
    return bytes(encoded)


def read(encoded: bytes) -> dict[int, Any]:
    """Decode a message: field number -> its last value, a number or bytes."""
    fields: dict[int, Any] = {}
    position = 0

    def varint() -> int:
        nonlocal position
        number = shift = 0
        while True:
            byte = encoded[position]
            position += 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    while position < len(encoded):
        key = varint()
        if key & 7 == 0:
            fields[key >> 3] = varint()
        elif key & 7 == 2:
            length = varint()
            fields[key >> 3] = encoded[position : position + length]
            position += length
        else:
            raise ValueError(f"wire type {key & 7}")
    return fields


def dynamic_value(msgpack: bytes) -> bytes:
    """Encode a value of Terraform that is packed already."""
    return message((1, msgpack))


def diagnostics(number: int, problems: list[str]) -> list[tuple[int, bytes]]:
    """Encode errors as fields of a response."""
    return [(number, message((1, ERROR), (2, problem))) for problem in problems]


def schema(block: dict[str, Any]) -> bytes:
    """Encode a block of scripts/provider_schemas.py as a schema."""
    return message((2, _block(block)))


def schema_entry(number: int, name: str, block: dict[str, Any]) -> tuple[int, bytes]:
    """Encode an entry of a map of schemas."""
    return number, message((1, name), (2, schema(block)))


def _block(block: dict[str, Any]) -> bytes:
    attributes = [
        (2, _attribute(name, field)) for name, field in block.items() if "block" not in field
    ]
    blocks = [(3, _nested_block(name, field)) for name, field in block.items() if "block" in field]
    return message(*attributes, *blocks)


def _attribute(name: str, field: dict[str, Any]) -> bytes:
    # A list or a set of objects that a template sets may be written as blocks, too, if its type is
    # not a nested one: `ingress` of aws_security_group.
    settable = field.get("optional") or field.get("required")
    if "type" in field or (settable and field["nesting"] in {"list", "set"}):
        kind = (2, json.dumps(_type(field)).encode())
    else:
        kind = (10, _object(field))
    flags = [
        (number, bool(field.get(flag)))
        for number, flag in ((4, "required"), (5, "optional"), (6, "computed"))
    ]
    return message((1, name), kind, *flags, (11, is_write_only(name)))


def is_write_only(name: str) -> bool:
    """Say whether an argument reaches no state.

    The packages do not say it: azurerm and aws mean it by the suffix, azapi has one such argument.
    """
    return name.endswith("_wo") or name == "sensitive_body"


def _type(field: dict[str, Any]) -> Any:
    """Give the type of a field as Terraform writes it."""
    if "type" in field:
        return field["type"]
    inner = field.get("object") or field.get("block") or {}
    element = ["object", {name: _type(attribute) for name, attribute in inner.items()}]
    return element if field["nesting"] == "single" else [field["nesting"], element]


def _object(field: dict[str, Any]) -> bytes:
    attributes = [(1, _attribute(name, inner)) for name, inner in field["object"].items()]
    return message(*attributes, (3, NESTINGS[field["nesting"]]))


def _nested_block(name: str, field: dict[str, Any]) -> bytes:
    nesting = field["nesting"]
    least = int(bool(field.get("required")))
    most = field.get("most", 0)
    if nesting == "single":
        least, most = 0, 0  # the protocol has no numbers for it; no provider requires such a block
    return message(
        (1, name), (2, _block(field["block"])), (3, NESTINGS[nesting]), (4, least), (5, most)
    )
