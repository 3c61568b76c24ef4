"""Stand in for a provider: Terraform itself then validates and plans without registry and cloud.

Terraform talks to a provider by gRPC. The stand-in serves the schemas that
scripts/provider_schemas.py has written, for the types that a template names, and answers a plan as
a provider would for resources that do not exist yet: what the template sets stays, what only the
cloud knows is unknown. Terraform finds it by TF_REATTACH_PROVIDERS, as it finds a provider under a
debugger (https://developer.hashicorp.com/terraform/plugin/debugging).

The stand-in knows no more than the schemas, and lets nothing be created.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import msgpack
from plugin_messages import (
    diagnostics,
    dynamic_value,
    is_write_only,
    message,
    read,
    schema,
    schema_entry,
)

# An extension of MessagePack by which Terraform means a value that is not known yet.
UNKNOWN = msgpack.ExtType(0, b"\0")
MOST_BYTES = 64 << 20

Block = dict[str, Any]


def read_only_problems(value: Any, block: Block, path: str = "") -> list[str]:
    """List read-only attributes that are set, which Terraform leaves to the provider to refuse."""
    problems: list[str] = []
    if not isinstance(value, dict):
        return problems
    for name, field in block.items():
        inner, where = value.get(name), f"{path}{name}"
        computed = field.get("computed") and not field.get("optional") and not field.get("required")
        if computed and inner is not None:
            problems.append(f"{where} is read-only: the provider sets it")
        nested = field.get("block") or field.get("object")
        if nested and inner is not None and not computed:
            elements = inner if isinstance(inner, list) else [inner]
            if field["nesting"] == "map" and isinstance(inner, dict):
                elements = list(inner.values())
            for element in elements:
                problems += read_only_problems(element, nested, f"{where}.")
    return problems


def planned(value: Any, block: Block, known: str = "") -> Any:
    """Give a planned state: computed attributes without a value are not known yet.

    With `known`, the name of a resource's type, texts among them have a readable value instead, so
    that a plan can be read: `azurerm_storage_queue(work).id`.
    """
    if not isinstance(value, dict):
        return value
    label = value.get("name")
    label = label if isinstance(label, str) else value.get("display_name")
    result = dict(value)
    for name, field in block.items():
        inner = value.get(name)
        if "block" in field and isinstance(inner, list):
            result[name] = [planned(element, field["block"], known) for element in inner]
        elif "block" in field:
            result[name] = planned(inner, field["block"], known)
        elif field.get("computed") and inner is None:
            result[name] = _unset(name, field, known and f"{known}({label or ''})")
    return result


def _unset(name: str, field: Block, known: str) -> Any:
    if not known:
        return UNKNOWN
    if field.get("type") == "string":
        return f"{known}.{name}"
    return UNKNOWN


def without_write_only(value: Any, block: Block) -> Any:
    """Take out what must not reach a state."""
    if not isinstance(value, dict):
        return value
    result = dict(value)
    for name, field in block.items():
        if "type" in field and is_write_only(name):
            result[name] = None
    return result


class StandIn:
    """One provider's answers; each method of the protocol takes and gives encoded messages."""

    def __init__(self, schemas: dict[str, Any], types: dict[str, set[str]], *, known: bool) -> None:
        self.config: Block = schemas["provider_config"]
        self.schemas = {
            kind: {name: schemas[kind][name] for name in sorted(names) if name in schemas[kind]}
            for kind, names in types.items()
        }
        self.known = known

    def answer(self, method: str, request: bytes) -> bytes:
        """Answer a call.

        Raises:
            KeyError: neither a plan nor a validation needs this method.
        """
        return {
            "GetProviderSchema": self._schema,
            "GetResourceIdentitySchemas": lambda _: b"",
            "ValidateProviderConfig": lambda _: b"",
            "ConfigureProvider": lambda _: b"",
            "ValidateResourceConfig": lambda it: self._validate("resource", it),
            "ValidateDataResourceConfig": lambda it: self._validate("data", it),
            "ValidateEphemeralResourceConfig": lambda it: self._validate("ephemeral", it),
            "PlanResourceChange": self._plan,
            "ReadDataSource": self._read,
            "StopProvider": lambda _: b"",
        }[method](request)

    def _schema(self, _: bytes) -> bytes:
        numbers = {"resource": 2, "data": 3, "ephemeral": 8}
        entries = [
            schema_entry(numbers[kind], name, block)
            for kind, blocks in self.schemas.items()
            for name, block in blocks.items()
        ]
        return message((1, schema(self.config)), *entries)

    def _of(self, kind: str, request: dict[int, Any]) -> tuple[str, Block]:
        name = request[1].decode()
        return name, self.schemas[kind][name]

    def _validate(self, kind: str, encoded: bytes) -> bytes:
        request = read(encoded)
        name, block = self._of(kind, request)
        problems = read_only_problems(_value(request[2]), block)
        return message(*diagnostics(1, [f"{name}: {problem}" for problem in problems]))

    def _plan(self, encoded: bytes) -> bytes:
        request = read(encoded)
        name, block = self._of("resource", request)
        state = planned(_value(request[3]), block, name if self.known else "")
        return message((1, _packed(without_write_only(state, block))))

    def _read(self, encoded: bytes) -> bytes:
        request = read(encoded)
        name, block = self._of("data", request)
        # A data source is read while planning: its values are known then.
        return message((1, _packed(_read_values(_value(request[2]), block, name))))


def _read_values(value: Any, block: Block, name: str) -> Any:
    state = planned(value, block, name)
    return {
        key: _stand_in_value(block[key]) if inner == UNKNOWN else inner
        for key, inner in state.items()
    }


def _stand_in_value(field: Block) -> Any:
    kind = field.get("type")
    if isinstance(kind, str) and kind in {"number", "bool"}:
        return {"number": 1, "bool": True}[kind]
    if isinstance(kind, list):
        element = {"string": "value", "number": 1, "bool": True}.get(str(kind[1]))
        if kind[0] == "map":
            return {}
        return [] if element is None else [element]
    return [] if field.get("nesting") in {"list", "set"} else None


def _value(dynamic: bytes) -> Any:
    fields = read(dynamic)
    if 1 in fields:
        return msgpack.unpackb(fields[1], strict_map_key=False)
    return json.loads(fields[2])


def _packed(value: Any) -> bytes:
    return dynamic_value(msgpack.packb(value))


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = handler_call_details.method.rpartition("/")[2]

        def respond(request: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                return self.stand_in.answer(method, request)
            except KeyError:
                context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the stand-in has no {method}")
                raise

        return grpc.unary_unary_rpc_method_handler(respond)


@contextlib.contextmanager
def serve(stand_ins: dict[str, StandIn]) -> Iterator[dict[str, str]]:
    """Serve providers, each under its source (`hashicorp/aws`); give variables for Terraform."""
    addresses = {}
    servers = []
    with tempfile.TemporaryDirectory() as folder:
        for source, stand_in in stand_ins.items():
            socket = str(Path(folder) / source.replace("/", "-"))
            server = grpc.server(
                ThreadPoolExecutor(max_workers=4),
                handlers=[_Handler(stand_in)],
                options=[("grpc.max_send_message_length", MOST_BYTES)],
            )
            server.add_insecure_port(f"unix:{socket}")
            server.start()
            servers.append(server)
            addresses[f"registry.terraform.io/{source}"] = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "unix", "String": socket},
            }
        try:
            yield {"TF_REATTACH_PROVIDERS": json.dumps(addresses)}
        finally:
            for server in servers:
                server.stop(None).wait()
