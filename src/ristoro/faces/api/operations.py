"""What an operation is: a method and a path, who may, what it takes, what it gives, what it does.

``get``, ``post``, ``put`` and ``delete`` declare one; the set of all is read by ``serving`` and by
``contract``, so that what is answered and what is documented are one thing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel

from ristoro.faces.api.shapes import Nothing
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.staff.tokens import Bearer

Given = TypeVar("Given", bound=BaseModel)
JSON = "application/json"

PARTS: Mapping[str, tuple[str, str]] = {
    "id": (r"[1-9][0-9]{0,17}", "A number of ours."),
    "name": (r"[a-z0-9][a-z0-9-]{0,79}", "A name."),
    "digest": (r"[0-9a-f]{64}", "A SHA-256 in hex."),
    "version": (r"[1-9][0-9]{0,5}", "The number of a version, from 1."),
    "file": (r"[0-9a-f]{64}\.(?:csv|tsv|txt|parquet|pq)", "A file's SHA-256, and its ending."),
    "update": (r"[0-9a-z]{12}", "The code of something that was told."),
    "policy": (r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "What a policy is called here."),
}
"""The variable parts of paths, by their names: a pattern, and what it is."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Given]):
    """One request, once it is known who asks, and that it is well-formed."""

    bearer: Bearer
    given: Given
    path: Mapping[str, str]
    at: datetime
    request: HttpRequest
    key: str = ""

    @property
    def person(self) -> Person:
        return self.bearer.person

    @property
    def errand_key(self) -> str:
        """The key of an errand that this request asks for: the same for the same again."""
        return f"api {self.person.id} {hashlib.sha256(self.key.encode()).hexdigest()[:48]}"


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is no JSON; ``name`` is what a browser would save it as."""

    body: bytes
    media: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An answer with the address, below ``/api/v1/``, of what was made."""

    body: BaseModel
    location: str


Leads = Mapping[str, Mapping[str, str]]
"""By the name of another operation, where in an answer each variable part of its path stands."""

Answer = BaseModel | Raw | Made | None
Does = Callable[[Call[Any]], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. ``roles``: one of them is enough. ``status``: of its success.

    ``keyed``: asks for an Idempotency-Key. ``code``: asks for a code of the person's second
    factor, just now. ``lasting``: what it answers never changes. ``whole``: what is done and the
    keeping of its answer are one transaction; not so where the stage works long before it does one
    of its own. ``streams``: the media type of a body that the operation reads itself. ``media``:
    of an answer that is no JSON. ``leads``: to which operations the answer leads.
    """

    method: str
    path: str
    tag: str
    roles: tuple[Role, ...]
    does: Does
    takes: type[BaseModel] = Nothing
    gives: type[BaseModel] | None = None
    status: int = 200
    keyed: bool = False
    code: bool = False
    lasting: bool = False
    whole: bool = True
    streams: str = ""
    media: str = JSON
    leads: Leads = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The ``operationId``: the function's own name."""
        return self.does.__name__.rstrip("_")

    @property
    def summary(self) -> str:
        """The first paragraph of the function's docstring."""
        return " ".join((self.does.__doc__ or "").strip().partition("\n\n")[0].split())

    @property
    def description(self) -> str:
        """The paragraphs after the first."""
        rest = (self.does.__doc__ or "").strip().partition("\n\n")[2]
        return "\n\n".join(" ".join(part.split()) for part in rest.split("\n\n") if part.strip())

    @property
    def variables(self) -> list[str]:
        """The variable parts of the path, in order."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def pattern(self) -> str:
        """The path as a regular expression."""
        steps = re.split(r"({\w+})", self.path)
        return "".join(_part(one[1:-1]) if one[:1] == "{" else re.escape(one) for one in steps)


def _part(name: str) -> str:
    return f"(?P<{name}>{PARTS[name][0]})"


@dataclass(frozen=True, slots=True)
class Part:
    """The operations on one kind of thing."""

    tag: str
    about: str
    operations: list[Operation] = field(default_factory=list)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def get(
        self, path: str, *roles: Role, **more: Any
    ) -> Callable[[Callable[[Call[Given]], Answer]], Callable[[Call[Given]], Answer]]:
        """An operation that shows; what it ``takes`` is the query."""
        return self._declare("GET", path, roles, more)

    def post(
        self, path: str, *roles: Role, **more: Any
    ) -> Callable[[Callable[[Call[Given]], Answer]], Callable[[Call[Given]], Answer]]:
        """An operation that does something, once for one key; what it ``takes`` is the body."""
        return self._declare("POST", path, roles, {"keyed": True, **more})

    def put(
        self, path: str, *roles: Role, **more: Any
    ) -> Callable[[Callable[[Call[Given]], Answer]], Callable[[Call[Given]], Answer]]:
        """An operation that, asked twice, has done the same as once."""
        return self._declare("PUT", path, roles, more)

    def delete(
        self, path: str, *roles: Role, **more: Any
    ) -> Callable[[Callable[[Call[Given]], Answer]], Callable[[Call[Given]], Answer]]:
        """An operation that takes something away."""
        return self._declare("DELETE", path, roles, {"status": 204, **more})

    def _declare(
        self, method: str, path: str, roles: tuple[Role, ...], more: dict[str, Any]
    ) -> Callable[[Callable[[Call[Given]], Answer]], Callable[[Call[Given]], Answer]]:
        def declare(does: Callable[[Call[Given]], Answer]) -> Callable[[Call[Given]], Answer]:
            self.operations.append(
                Operation(
                    method=method, path=path, tag=self.tag, roles=roles, does=does, **more
                )
            )  # fmt: skip
            return does

        return declare
