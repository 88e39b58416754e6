"""The API as an OpenAPI 3.1 document, from the very operations that are served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ristoro import __version__
from ristoro.faces.api.door import CODE_HEADER
from ristoro.faces.api.events import Event
from ristoro.faces.api.operations import JSON, PARTS, Operation, Part
from ristoro.faces.api.refusing import MEDIA
from ristoro.faces.api.serving import KEY_HEADER, REPLAYED, ROOT
from ristoro.faces.api.shapes import Nothing, Problem
from ristoro.workers.hooks.events import KINDS, Kind

_SHAPES = "#/components/schemas/{model}"
ABOUT = """The verbs of the operator's console, for programs: the same stages do them, for the same
roles, and write the same journal. A token is made with `ristoro token make`. Every refusal has one
shape. The manual is `docs/api.md`."""
_REFUSALS = {
    400: "The request is malformed, or lacks a header.",
    401: "No token was shown that counts now.",
    403: "The token may not do this, or the code is wrong.",
    404: "There is no such thing.",
    409: "It cannot be done as things stand, or is being done at this moment.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "The request does not fit its schema, or the stage refused what it says.",
    429: "Too many requests.",
    500: "A fault of ours.",
    503: "A part of the service is away, or not set up.",
}
_READS = (400, 401, 403, 404, 409, 422, 429, 500, 503)


def document(parts: Iterable[Part]) -> dict[str, Any]:
    """The whole document."""
    listed = list(parts)
    operations = [operation for part in listed for operation in part]
    shapes = _Shapes(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        written = paths.setdefault(f"{ROOT}{operation.path}", {})
        written[operation.method.lower()] = _operation(operation, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ristoro",
            "version": __version__.partition("+")[0],
            "description": " ".join(ABOUT.split()),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": part.tag, "description": part.about} for part in listed],
        "paths": dict(sorted(paths.items())),
        "webhooks": {kind.type: _webhook(kind) for kind in KINDS.values()},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "ristoro_ and 43 letters and digits",
                }
            },
            "responses": {str(status): _refusal(said) for status, said in _REFUSALS.items()},
            "schemas": shapes.schemas,
        },
    }


class _Shapes:
    """The schemas of every model, and references to them."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: dict[tuple[type[BaseModel], Literal["validation", "serialization"]], None] = {
            (Problem, "serialization"): None,
            (Event, "serialization"): None,
        }
        for operation in operations:
            if operation.takes is not Nothing:
                wanted[operation.takes, "validation"] = None
            if operation.gives is not None:
                wanted[operation.gives, "serialization"] = None
        self._refs, found = models_json_schema(list(wanted), ref_template=_SHAPES)
        self.schemas: dict[str, Any] = found.get("$defs", {})

    def taken(self, model: type[BaseModel]) -> dict[str, Any]:
        return self._refs[model, "validation"]

    def given(self, model: type[BaseModel]) -> dict[str, Any]:
        return self._refs[model, "serialization"]

    def members(self, model: type[BaseModel]) -> Mapping[str, Any]:
        """The members of a shape that is taken, with their schemas."""
        name = self.taken(model)["$ref"].rpartition("/")[2]
        members: dict[str, Any] = self.schemas[name].get("properties", {})
        return members


def _operation(operation: Operation, shapes: _Shapes) -> dict[str, Any]:
    written: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": _parameters(operation, shapes),
        "responses": _responses(operation, shapes),
    }
    said = [operation.description] if operation.description else []
    if operation.roles:
        said.append("Roles: " + ", ".join(role.value for role in operation.roles) + ".")
    if said:
        written["description"] = "\n\n".join(said)
    if operation.streams:
        whole = {operation.streams: {"schema": {"type": "string", "format": "binary"}}}
        written["requestBody"] = {"required": True, "content": whole}
    elif operation.method == "POST":
        schema = {"type": "object", "additionalProperties": False}
        if operation.takes is not Nothing:
            schema = shapes.taken(operation.takes)
        written["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return written


def _parameters(operation: Operation, shapes: _Shapes) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PARTS[name][1],
            "schema": {"type": "string", "pattern": f"^{PARTS[name][0]}$"},
        }
        for name in operation.variables
    ]
    in_query = operation.method in ("GET", "DELETE") or bool(operation.streams)
    if in_query and operation.takes is not Nothing:
        for name, schema in shapes.members(operation.takes).items():
            required = operation.takes.model_fields[name].is_required()
            found.append(
                {"name": name, "in": "query", "required": required, "schema": _in_query(schema)}
            )
    if operation.keyed:
        found.append(
            _header(KEY_HEADER, "A new random text for each request, and again when it is retried.")
        )
    if operation.code:
        found.append(_header(CODE_HEADER, "What the person's authenticator app shows now.", 6))
    return found


def _in_query(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query has no null: a parameter that may be left out is not sent."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if not choices:
        return {name: value for name, value in schema.items() if name != "title"}
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    rest.pop("default", None)
    return {**choices[0], **rest}


def _header(name: str, said: str, longest: int = 255) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": longest, "pattern": "^[!-~]+$"}
    return {"name": name, "in": "header", "required": True, "description": said, "schema": schema}


def _responses(operation: Operation, shapes: _Shapes) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done." if operation.keyed else "What there is."}
    if operation.gives is not None:
        success["content"] = {JSON: {"schema": shapes.given(operation.gives)}}
    elif operation.media != JSON:
        success["content"] = {operation.media: {"schema": {"type": "string"}}}
    if operation.keyed:
        said = "`true` where this was done before by the same key."
        success["headers"] = {REPLAYED: {"description": said, "schema": {"const": "true"}}}
    if operation.leads:
        success["links"] = {
            name: {
                "operationId": name,
                "parameters": {part: f"$response.body#{where}" for part, where in parts.items()},
            }
            for name, parts in operation.leads.items()
        }
    refusals = [*_READS, *((413, 415) if operation.method in ("POST", "PUT") else ())]
    responses: dict[str, Any] = {str(operation.status): success}
    if operation.method == "GET":
        responses["304"] = {"description": "The same as the entity tag that was sent names."}
    for status in sorted(refusals):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return responses


def _refusal(said: str) -> dict[str, Any]:
    content = {MEDIA: {"schema": {"$ref": _SHAPES.format(model=Problem.__name__)}}}
    return {"description": said, "content": content}


def _webhook(kind: Kind) -> dict[str, Any]:
    told = ", ".join((*kind.members, *([kind.subject] if kind.subject else [])))
    content = {JSON: {"schema": {"$ref": _SHAPES.format(model=Event.__name__)}}}
    return {
        "post": {
            "operationId": kind.type,
            "summary": kind.said,
            "description": f"Signed as Standard Webhooks has it. Members of `data`: {told}.",
            "requestBody": {"required": True, "content": content},
            "responses": {"2XX": {"description": "It was received."}},
        }
    }
