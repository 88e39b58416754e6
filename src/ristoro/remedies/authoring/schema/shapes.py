"""The few forms that the schemas are put together of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that editors' YAML extensions know best."""

CODE = r"^[a-z][a-z0-9-]*$"
"""What names policies, remedies, rules and reasons."""

SCALARS = ["string", "integer", "boolean"]
"""What a YAML scalar may be taken for where an expression stands; a float is refused."""


def ref(name: str, description: str = "") -> Schema:
    """A definition by name; a description of its own takes its place in editors."""
    found: Schema = {"$ref": f"#/definitions/{name}"}
    # beside a `$ref` nothing is read in this draft, so it is put around it
    return {"description": description, "allOf": [found]} if description else found


def text(description: str, **more: Any) -> Schema:
    """Some words."""
    return {"type": "string", "minLength": 1, "description": description, **more}


def expression(description: str, *examples: str | int) -> Schema:
    """An expression of the language; its grammar is the linter's business."""
    found: Schema = {"type": SCALARS, "description": description}
    return {**found, "examples": list(examples)} if examples else found


def choice(words: Sequence[str], description: str) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(words), "description": description}


def whole(description: str, least: int | None = None, most: int | None = None) -> Schema:
    """A whole number."""
    found: Schema = {"type": "integer", "description": description}
    if least is not None:
        found["minimum"] = least
    if most is not None:
        found["maximum"] = most
    return found


def day(description: str) -> Schema:
    """A calendar day."""
    return text(description, pattern=r"^\d{4}-\d\d-\d\d$", examples=["2023-01-31"])


def instant(description: str) -> Schema:
    """An instant; without an offset it is local to the policy's zone."""
    return text(
        description,
        pattern=r"^\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)?$",
        examples=["2023-01-23T00:00", "2023-01-23T00:00+01:00"],
    )


def one_or_list(item: Schema, description: str) -> Schema:
    """A value, or a list of such values."""
    return {
        "description": description,
        "anyOf": [item, {"type": "array", "items": item, "minItems": 1}],
    }


def list_of(item: Schema, description: str, least: int = 1) -> Schema:
    return {"type": "array", "items": item, "minItems": least, "description": description}


def mapping(
    description: str, required: Mapping[str, Schema], optional: Mapping[str, Schema], **more: Any
) -> Schema:
    """A mapping of known fields and no others."""
    return {
        "type": "object",
        "description": description,
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def named(item: Schema, description: str, pattern: str = r"^[a-z][a-z0-9_]*$") -> Schema:
    """A mapping whose fields are names of the author's own."""
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": item,
    }


def exactly_one(*fields: str) -> list[Schema]:
    """For ``oneOf``: one of the fields and none of the others."""
    return [{"required": [field]} for field in fields]
