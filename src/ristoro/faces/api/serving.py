"""Answering one operation: the door, the shape of the request, the key, the act, the answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ValidationError

from ristoro import env
from ristoro.faces.api import door, refusing
from ristoro.faces.api.operations import JSON, Answer, Call, Made, Operation, Raw
from ristoro.faces.api.shapes import Nothing
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError, bad_input
from ristoro.staff import once

ROOT = "/api/v1/"
KEY_HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
LARGEST_BODY = 1_000_000
"""Octets of a JSON body; a policy has about 20,000."""


class View:
    """Everything at one path: the operations there, by their methods."""

    csrf_exempt = True  # nothing here reads a cookie, so no other site can act by one

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = dict(operations)
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]

    def __call__(self, request: HttpRequest, **path: str) -> HttpResponse:
        """The answer of the operation that the method names, or a refusal."""
        operation = self._operations.get(request.method or "")
        if operation is None:
            response = refusing.plainly(405)
            response["Allow"] = ", ".join(sorted(self._operations))
            return response
        try:
            return _answered(operation, request, path)
        except _Malformed as error:
            return refusing.malformed(error.found, error.where)
        except RistoroError as error:
            return _with_headers(refusing.refused(error), error.problems[0].code)


class _Malformed(Exception):
    def __init__(self, found: ValidationError, where: str) -> None:
        super().__init__(str(found))
        self.found, self.where = found, where


@cache
def rate() -> door.Rate:
    """How often each token may ask this process."""
    return door.Rate(env.current().number("RISTORO_API_RATE", 300, 1, 1_000_000))


def _answered(operation: Operation, request: HttpRequest, path: Mapping[str, str]) -> HttpResponse:
    at = clock.now()
    bearer = door.bearer_of(request, at)
    rate().take(bearer.token_id)
    door.check_roles(bearer, operation.roles)
    given = _given(operation, request)
    if not operation.keyed:
        if operation.code:
            door.check_code(request, bearer.person, at)
        call = Call(bearer, given, path, at, request)
        return _response(operation, operation.does(call))
    key = _key(request)
    held = once.begin(bearer.person, key, _fingerprint(request), at)
    if isinstance(held, bytes):
        return _replayed(held)
    try:
        if operation.code:
            door.check_code(request, bearer.person, at)
        return _once(operation, Call(bearer, given, path, at, request, key), held)
    except BaseException:
        once.drop(held)
        raise


def _once(operation: Operation, call: Call[Any], held: once.Held) -> HttpResponse:
    if not operation.whole:
        response = _response(operation, operation.does(call))
        once.end(held, _kept(response))
        return response
    with transaction.atomic():
        response = _response(operation, operation.does(call))
        once.end(held, _kept(response))
    return response


def _given(operation: Operation, request: HttpRequest) -> BaseModel:
    """What the operation takes, from the query of what shows, from the body of what acts."""
    in_query = operation.method in ("GET", "DELETE") or bool(operation.streams)
    query = _query(request)
    if operation.streams:
        _check_media(request, operation.streams)
    try:
        if in_query:
            return operation.takes.model_validate_strings(query)
        Nothing.model_validate(query)
    except ValidationError as error:
        raise _Malformed(error, "query") from error
    _check_media(request, JSON)
    _check_length(request)
    try:
        return operation.takes.model_validate_json(request.body, strict=True)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise bad_input(
                "not-json",
                "the body is not JSON",
                str(error.errors(include_input=False)[0]["msg"]),
                "send one JSON object, as UTF-8",
            ) from error
        raise _Malformed(error, "body") from error


def _query(request: HttpRequest) -> dict[str, str]:
    found = {name: request.GET.getlist(name) for name in request.GET}
    twice = [name for name, values in found.items() if len(values) > 1]
    if twice:
        raise bad_input(
            "wrong-shape",
            f"the query has {twice[0][:80]!r} more than once",
            "which of them counts would be a guess",
            "write it once",
        )
    return {name: values[0] for name, values in found.items()}


def _check_media(request: HttpRequest, wanted: str) -> None:
    if request.content_type != wanted:
        raise bad_input(
            "wrong-media",
            f"the body is said to be {(request.content_type or 'nothing')[:80]!r}",
            f"this operation takes {wanted}",
            f"send the header `Content-Type: {wanted}`",
        )


def _check_length(request: HttpRequest) -> None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise bad_input(
            "too-large",
            f"the body has more than {LARGEST_BODY} octets",
            "no request of this kind is that large",
            "send less; estates are sent to /api/v1/uploads",
        )


def _key(request: HttpRequest) -> str:
    """The key; a structured field's quotes around it (RFC 9651) are no part of it."""
    key = request.headers.get(KEY_HEADER, "").strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise bad_input(
            "key-missing",
            f"the header {KEY_HEADER} is missing, or is no key",
            "without a key the same sent twice, as networks have it, would be done twice",
            f"send a new random one of up to {LONGEST_KEY} characters, and again when you retry",
        )
    return key


def _fingerprint(request: HttpRequest) -> str:
    asked = "\n".join((request.method or "", request.get_full_path(), request.content_type or ""))
    return hashlib.sha256(asked.encode() + b"\n" + request.body).hexdigest()


def _response(operation: Operation, answer: Answer) -> HttpResponse:
    if isinstance(answer, Raw):
        response = HttpResponse(answer.body, content_type=answer.media)
        if answer.name:
            response["Content-Disposition"] = f'attachment; filename="{answer.name}"'
    else:
        body = answer.body if isinstance(answer, Made) else answer
        written = b"" if body is None else body.model_dump_json().encode()
        response = HttpResponse(written, status=operation.status, content_type=JSON)
    if isinstance(answer, Made):
        response["Location"] = f"{ROOT}{answer.location}"
    lasting = "private, max-age=31536000, immutable" if operation.lasting else "private, no-cache"
    response["Cache-Control"] = lasting if operation.method == "GET" else "no-store"
    response["Vary"] = "Authorization"
    return response


def _kept(response: HttpResponse) -> bytes:
    headers = {name: response[name] for name in ("Content-Type", "Location") if name in response}
    kept = {"status": response.status_code, "headers": headers, "body": response.content.decode()}
    return json.dumps(kept).encode()


def _replayed(kept: bytes) -> HttpResponse:
    found = json.loads(kept)
    response = HttpResponse(
        found["body"].encode(), status=found["status"], headers=found["headers"]
    )
    response["Cache-Control"] = "no-store"
    response[REPLAYED] = "true"
    return response


def _with_headers(response: HttpResponse, code: str) -> HttpResponse:
    """With what a program needs to ask again: how to show who it is, or when to come back."""
    waits = {"too-often": rate().wait, "second-factor-locked": 3600, "key-going-on": 1}
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="ristoro"'
    if code in waits:
        response["Retry-After"] = str(waits[code])
    return response
