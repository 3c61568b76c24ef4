"""The vocabulary of the reference: operations, what they take and what they answer.

https://spec.openapis.org/oas/v3.1.0#operation-object
A `kind` is a type of which pydantic knows the schema: a model, an enumeration, a list or union of
them, `str`. The schemas of all kinds are generated at once, in `schemas`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, Protocol

Json = dict[str, Any]


class KindSchemas(Protocol):
    """The schemas of kinds: of models and enumerations references into the components."""

    def of(self, kind: Any) -> Json:
        """Schema of one kind."""


class Access(Enum):
    """Credentials that an operation requires, one of them, in OpenAPI's names of schemes."""

    NOTHING = ()
    KEY_OR_TOKEN = ("key", "token")

    def described(self) -> list[Json]:
        """Security requirements; empty: the operation needs no credentials."""
        return [{scheme: []} for scheme in self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a request; it is text unless `kind` says otherwise.

    kind: type of the value. values: the accepted ones, where it is an enumeration.
    """

    name: str
    description: str
    example: Any
    place: Literal["query", "header", "path"] = "query"
    kind: Any = str
    values: tuple[str, ...] = ()
    default: Any = None
    is_required: bool = False

    def described(self, schemas: KindSchemas) -> Json:
        """Parameter object."""
        schema = dict(schemas.of(self.kind))
        if self.values:
            schema["enum"] = list(self.values)
        if self.default is not None:
            schema["default"] = self.default
        return {
            "name": self.name,
            "in": self.place,
            "required": self.is_required or self.place == "path",
            "description": self.description,
            "schema": schema,
            "example": self.example,
        }


@dataclass(frozen=True, slots=True)
class Content:
    """The body of a request or an answer, in one media type.

    examples: values by name. encoding: of the parts of a form, where pydantic cannot say it.
    """

    kind: Any
    media_type: str = "application/json"
    examples: Mapping[str, Any] = field(default_factory=dict)
    encoding: Mapping[str, Json] = field(default_factory=dict)

    def described(self, schemas: KindSchemas) -> Json:
        """Media type object."""
        described: Json = {"schema": schemas.of(self.kind)}
        if self.examples:
            described["examples"] = {
                name: {"value": value} for name, value in self.examples.items()
            }
        if self.encoding:
            described["encoding"] = dict(self.encoding)
        return described


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. headers: meaning of each header that clients use."""

    description: str
    contents: tuple[Content, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def described(self, schemas: KindSchemas) -> Json:
        """Response object."""
        described: Json = {"description": self.description}
        if self.headers:
            described["headers"] = {
                name: {"description": text, "schema": schemas.of(str)}
                for name, text in self.headers.items()
            }
        if self.contents:
            described["content"] = _by_media_type(self.contents, schemas)
        return described


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request, which is always needed; the client chooses one of its contents."""

    contents: tuple[Content, ...]
    description: str = ""

    def described(self, schemas: KindSchemas) -> Json:
        """Request body object."""
        described: Json = {"required": True, "content": _by_media_type(self.contents, schemas)}
        if self.description:
            described["description"] = self.description
        return described


def json_answer(
    description: str,
    kind: Any,
    examples: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Answer of JSON. Parameters are those of `Content` and `Answer`."""
    return Answer(description, (Content(kind, examples=examples),), headers or {})


def json_body(kind: Any, examples: Mapping[str, Any]) -> Body:
    """Body of JSON."""
    return Body((Content(kind, examples=examples),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path.

    id: unique; the name of the contract's own document where it has one.
    summary: a title of a few words. description: sentences, in Markdown.
    answers: by status.
    """

    id: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    tag: str
    summary: str
    description: str
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    access: Access = Access.KEY_OR_TOKEN

    def kinds(self) -> Iterator[Any]:
        """Types of all parameters and bodies."""
        yield from (parameter.kind for parameter in self.parameters)
        for answer in (self.body, *self.answers.values()):
            if answer is not None:
                yield from (content.kind for content in answer.contents)

    def described(self, schemas: KindSchemas) -> Json:
        """Operation object."""
        described: Json = {
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.description,
            "security": self.access.described(),
        }
        if self.parameters:
            described["parameters"] = [one.described(schemas) for one in self.parameters]
        if self.body is not None:
            described["requestBody"] = self.body.described(schemas)
        described["responses"] = {
            str(status): answer.described(schemas)
            for status, answer in sorted(self.answers.items())
        }
        return described


def _by_media_type(contents: tuple[Content, ...], schemas: KindSchemas) -> Json:
    return {content.media_type: content.described(schemas) for content in contents}
