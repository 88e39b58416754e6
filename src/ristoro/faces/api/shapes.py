"""What requests and answers are made of: strict, closed, and said in OpenAPI as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

MOST_ITEMS = 200

_PLAIN = r"[^\x00-\x1f\x7f]*"
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=rf"^{_PLAIN}\S{_PLAIN}$")
]
"""One line of text that is not blank, without control characters."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=500_000, pattern=r"^[^\x00]*$")]
"""Several lines of text."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hex."""

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
"""A name that stands in addresses."""

Instant = AwareDatetime
Figures = Mapping[str, Any]
"""Figures as a stage wrote them, whose members the manual of that stage names."""


class Shape(BaseModel):
    """A request's or an answer's JSON object; a member that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Shape):
    """No query and no body."""


class After(Shape):
    """Which part of a list: what comes after a key, and how much of it."""

    after: Annotated[
        str | None,
        Field(description="The `next` of the part before; left out: from the beginning."),
        StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS, description="How many at most.")] = 50


class Place(Shape):
    """Where in an input it stands; lines and columns count from 1."""

    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None


class Fault(Shape):
    """One thing that stands against a request: what, why, and what to do."""

    code: Annotated[str, Field(description="One word for programs; docs/reference/errors.md.")]
    what: str
    why: str
    do: str
    place: Place | None = None


class Problem(Shape):
    """Every answer from 400 upwards (RFC 9457)."""

    type: Annotated[str, Field(examples=["about:blank"])]
    title: str
    status: int
    detail: str
    problems: Annotated[list[Fault], Field(min_length=1)]
