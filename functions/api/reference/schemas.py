"""JSON schemas of pydantic models, as the contracts write JSON.

https://spec.openapis.org/oas/v3.1.0#schema-object
A member that may be left out is `X | None = None` in Python. On the wire it is absent, never null,
so its schema has no null. A member that the contract does send as null has no default.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema
from pydantic.alias_generators import to_camel, to_pascal
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from functions.api.reference.operation import Json

Int32 = Annotated[int, Field(json_schema_extra={"format": "int32"})]
Int64 = Annotated[int, Field(json_schema_extra={"format": "int64"})]
Confidence = Annotated[float, Field(ge=0, le=1, json_schema_extra={"format": "float"})]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
# The format `duration` is RFC 3339's, which has no fractions of a second.
Duration = Annotated[
    str,
    Field(
        json_schema_extra={
            "pattern": r"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$"
        }
    ),
]
Base64 = Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Bytes = Annotated[bytes, Field(json_schema_extra={"format": "binary"})]

# In a PATCH, null removes a value.
RemovableText = Annotated[str, WithJsonSchema({"type": ["string", "null"]})]


# The models describe JSON and read none, so pydantic builds no validators of them.
class CamelCase(BaseModel):
    """An object with members such as `displayName`."""

    model_config = ConfigDict(alias_generator=to_camel, defer_build=True)


class PascalCase(BaseModel):
    """An object with members such as `DisplayText`."""

    model_config = ConfigDict(alias_generator=to_pascal, defer_build=True)


class SnakeCase(BaseModel):
    """An object with members such as `owned_by`."""

    model_config = ConfigDict(defer_build=True)


class _ContractSchemas(GenerateJsonSchema):
    """Schemas without titles, which repeat names, and without null for what may be left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = schema["schema"]
        if schema.get("default", ...) is None and inner["type"] == "nullable":
            return self.generate_inner(inner["schema"])
        return super().default_schema(schema)


class Schemas:
    """The schemas of some kinds, and the components that they refer to."""

    def __init__(self, kinds: Iterable[Any]) -> None:
        self._kinds = [str, *kinds]  # their ids are keys: annotated types cannot be hashed
        distinct = {id(kind): kind for kind in self._kinds}
        by_key, definitions = TypeAdapter.json_schemas(
            [(key, "validation", TypeAdapter(kind)) for key, kind in distinct.items()],
            ref_template="#/components/schemas/{model}",
            schema_generator=_ContractSchemas,
        )
        self._by_id = {key: schema for (key, _mode), schema in by_key.items()}
        self.components: Json = definitions.get("$defs", {})
        for component in self.components.values():
            component.pop("title", None)

    def of(self, kind: Any) -> Json:
        """Schema of one kind: of a model or an enumeration a reference to its component."""
        return self._by_id[id(kind)]
