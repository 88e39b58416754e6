"""The one shape of a refusal (RFC 9457), whatever refused: an operation, the door, or Django."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from pathlib import PurePath

from django.http import HttpResponse
from pydantic import ValidationError

from ristoro.faces.api import shapes
from ristoro.faces.problems import WORDS
from ristoro.kernel.errors import BadInput, Missing, Place, Problem, RistoroError

MEDIA = "application/problem+json"
MOST_SHOWN = 50

STATUSES = {
    "setting": 503,
    "wrong-token": 401,
    "no-token-shown": 401,
    "key-missing": 400,
    "key-used": 422,
    "second-factor": 403,
    "second-factor-locked": 429,
    "too-often": 429,
    "too-large": 413,
    "wrong-media": 415,
    "not-json": 400,
}
"""Of codes that are the API's own, or that HTTP has a word of its own for."""


def status_of(error: RistoroError) -> int:
    """The status by the first problem's code, else by the kind of the error."""
    code = error.problems[0].code if error.problems else ""
    if code in STATUSES:
        return STATUSES[code]
    if code in WORDS:
        return WORDS[code][0]
    if isinstance(error, BadInput):
        return 422
    return 404 if isinstance(error, Missing) else 409


def refused(error: RistoroError, status: int | None = None) -> HttpResponse:
    """What stood against it, in the shape of every refusal."""
    faults = [_fault(problem) for problem in error.problems[:MOST_SHOWN]]
    return answer(status or status_of(error), faults)


def malformed(error: ValidationError, where: str) -> HttpResponse:
    """What does not fit the shape that the operation takes; ``where`` is "body" or "query"."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [
        shapes.Fault(
            code="wrong-shape",
            what=str(one["msg"]),
            why="a request is as the operation's schema says, and nothing else",
            do="look at /api/v1/openapi.json",
            place=shapes.Place(file=where, field=".".join(map(str, one["loc"])) or None),
        )
        for one in found[:MOST_SHOWN]
    ]  # fmt: skip
    return answer(422, faults)


def plainly(status: int) -> HttpResponse:
    """A refusal by what is around the operations: no such path, a strange host, a fault."""
    what, why, todo = _PLAIN.get(status, _PLAIN[500] if status >= 500 else _PLAIN[400])
    fault = shapes.Fault(code=f"http-{status}", what=what, why=why, do=todo)
    return answer(status, [fault])


_PLAIN = {
    400: ("the request is not one that can be answered", "it is malformed", "look at its address"),
    403: ("this is refused", "the request may not be made like this", "show a token"),
    404: ("there is nothing here", "it is no path of this API", "see /api/v1/openapi.json"),
    405: ("this address has no such method", "the header Allow names those that it has", "use one"),
    413: ("the request is too large", "it would fill memory or disk", "send less"),
    500: ("this went wrong on our side", "the log of the web process says why", "tell an operator"),
    503: ("this cannot be answered now", "a part of the service is away", "ask again later"),
}  # fmt: skip


_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""As RFC 9110 has them, whatever the version of Python."""


def answer(status: int, faults: Iterable[shapes.Fault]) -> HttpResponse:
    """The response; ``detail`` is the first fault's."""
    listed = list(faults) or [
        shapes.Fault(code="refused", what="this was refused", why="no reason is given", do="ask us")
    ]
    problem = shapes.Problem(
        type="about:blank",
        title=_TITLES.get(status) or HTTPStatus(status).phrase,
        status=status,
        detail=listed[0].what,
        problems=listed,
    )
    response = HttpResponse(
        problem.model_dump_json(exclude_none=True), status=status, content_type=MEDIA
    )
    response["Cache-Control"] = "no-store"
    return response


def _fault(problem: Problem) -> shapes.Fault:
    place = None if problem.place is None else _place(problem.place)
    return shapes.Fault(
        code=problem.code, what=problem.what, why=problem.why, do=problem.todo, place=place
    )


def _place(place: Place) -> shapes.Place:
    """The file by its name alone: where it lies on our disk is nobody's concern."""
    return shapes.Place(
        file=PurePath(place.file).name, line=place.line, column=place.column, field=place.field
    )
