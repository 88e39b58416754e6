"""One question to a billing system over HTTP, and what its answer, or the lack of one, means.

A request of which no octet was sent was certainly not heard, and is sent again a few times. One
that was begun may have been heard, whatever became of the line: it is never sent again, and what
came of it is unknown until somebody looks.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from threading import Event, Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.outcome import Ending, Result

TRIES = 3
"""How often a connection is tried for."""

MOST_HEARD = 8 * 1024 * 1024
"""Octets of an answer; a longer one is none that was asked for."""

_MOST_TOLD = 200
_MAYBE_DONE = frozenset({408, 409, 499})
"""Refusals that may come while, or after, the work is done: a time-out, or the same key at work."""

_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Line:
    """Where the billing system is and how to speak to it; ``token`` is the bearer's.

    ``seconds`` is the wait for each answer, whole, from the first octet that is sent; ``pause``
    waits so many seconds between two attempts to connect.
    """

    url: str
    token: str = field(repr=False)
    pause: Callable[[float], object]
    seconds: float = 20.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        where = _parts(self.url)
        if where.scheme == "http" and where.hostname not in _LOCAL:
            raise _wrong(self.url, "without TLS anybody on the way could read and change it")
        if not (self.token and self.token.isascii() and self.token.isprintable()):
            raise _no_token()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``data`` where the result is done."""

    result: Result
    data: Any = None


def ask(line: Line, path: str, body: Mapping[str, Any], key: str = "") -> Answer:
    """Post ``body`` to ``path`` below the line's address, once; ``key`` is its Idempotency-Key.

    Done with the JSON that a 200 brings. Deferred where certainly nothing was done: nobody could
    be reached, or the request was refused unheard (429, most other 4xx, a redirect). Unknown for
    everything else.
    """
    try:
        connection = _connected(line)
    except OSError as error:
        return Answer(Result(Ending.DEFERRED, "billing-unreachable", _told(error)))
    sent = canonical_json(dict(body))
    headers = {
        "Authorization": f"Bearer {line.token}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "Ristoro",
        "Connection": "close",
        **({"Idempotency-Key": key} if key else {}),
    }
    # a time-out of a socket is for each piece: who sends one octet at a time would hold us for days
    late = Event()
    over = Timer(line.seconds, _cut, (connection.sock, late))
    over.daemon = True
    over.start()
    try:
        connection.request("POST", _parts(line.url).path.rstrip("/") + path, sent, headers)
        response = connection.getresponse()
        heard = response.read(MOST_HEARD + 1)
        if late.is_set():
            raise TimeoutError(f"no whole answer within {line.seconds} seconds")
        if response.length and len(heard) <= MOST_HEARD:
            raise IncompleteRead(heard, response.length)
    except (OSError, HTTPException) as error:
        return Answer(Result(Ending.UNKNOWN, "billing-line", _told(error)))
    finally:
        over.cancel()
        connection.close()
    return _understood(response, heard)


def _cut(line: socket.socket, late: Event) -> None:
    """End a connection under whoever waits for it."""
    late.set()
    with suppress(OSError):  # it has ended already
        # not that of a TLS socket, which would take its state from under the reader
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(line: Line) -> HTTPConnection:
    """A connection, secure where it must be; ``OSError`` where none could be had."""
    where = _parts(line.url)
    host = where.hostname or ""
    for attempt in range(TRIES):
        connection = (
            HTTPSConnection(
                host,
                where.port,
                timeout=line.seconds,
                context=line.tls or ssl.create_default_context(),
            )
            if where.scheme == "https"
            else HTTPConnection(host, where.port, timeout=line.seconds)
        )
        try:
            connection.connect()
        except ssl.SSLCertVerificationError:
            connection.close()
            raise  # the wrong house does not become the right one by knocking again
        except OSError:
            connection.close()
            if attempt == TRIES - 1:
                raise
            line.pause(0.2 * 2**attempt)
        else:
            return connection
    raise AssertionError("the last attempt returns or raises")


def _understood(response: HTTPResponse, heard: bytes) -> Answer:
    status = response.status
    if status == 200:
        if len(heard) > MOST_HEARD:
            return Answer(_garbage("the answer is too long"))
        try:
            return Answer(Result(Ending.DONE, "done"), json.loads(heard))
        except (ValueError, RecursionError):
            return Answer(_garbage("the answer is no JSON"))
    said = heard[:_MOST_TOLD].decode("utf-8", "replace")
    unheard = 300 <= status < 500 and status not in _MAYBE_DONE
    ending = Ending.DEFERRED if unheard else Ending.UNKNOWN
    return Answer(Result(ending, f"billing-{status}", said))


def _garbage(why: str) -> Result:
    return Result(Ending.UNKNOWN, "billing-garbage", why)


def _parts(url: str) -> SplitResult:
    try:
        where = urlsplit(url)
        good = where.scheme in ("http", "https") and where.hostname and where.port != 0
        (where.hostname or "").encode("idna")  # what no name server could be asked for
    except ValueError as error:
        raise _wrong(url, str(error)) from error
    if not good or where.query or where.fragment or "@" in where.netloc:
        raise _wrong(url, "it is no plain address")
    return where


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_MOST_TOLD]


def _wrong(url: str, why: str) -> Missing:
    return Missing(
        Problem(
            "billing-address",
            f"the billing system cannot be at {url!r}",
            why,
            "write https://HOST/PATH, without a name, a question mark or a hash",
        )
    )


def _no_token() -> Missing:
    return Missing(
        Problem(
            "billing-token",
            "the token for the billing system cannot stand in a header",
            "it is empty, or has a line break, a blank at an end or a letter with an accent",
            "write the token alone, as the billing system gave it",
        )
    )
