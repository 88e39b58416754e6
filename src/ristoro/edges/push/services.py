"""Posting to push services over HTTPS (RFC 8030)."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from ristoro.edges.push.contract import GONE, PushAsk
from ristoro.edges.push.encryption import CODING, encrypt
from ristoro.edges.push.places import SERVICES, origin_of
from ristoro.edges.push.vapid import VALID, Sender
from ristoro.kernel.errors import BadInput
from ristoro.kernel.outcome import DONE, Ending, Result

_GONE = (404, 410)  # RFC 8030, section 7.3
_LONGEST_ANSWER = 4_096


class PushServices:
    """``contract.Push`` over the network: a kept connection for each service, no redirects.

    ``timeout`` is seconds for connecting and for each read. For one thread at a time.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Callable[[], datetime],
        *,
        allowed: Sequence[str] = SERVICES,
        timeout: float = 5.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._allowed = tuple(allowed)
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()
        self._lines: dict[str, HTTPSConnection] = {}
        self._tokens: dict[str, tuple[datetime, str]] = {}

    def send(self, asks: Sequence[PushAsk]) -> list[Result]:
        """Hand each message over, in order."""
        return [self._send(ask) for ask in asks]

    def close(self) -> None:
        """Release the connections."""
        while self._lines:
            self._lines.popitem()[1].close()

    def _send(self, ask: PushAsk) -> Result:
        try:
            origin = origin_of(ask.target.endpoint, self._allowed)
            own = generate_private_key(SECP256R1())
            body = encrypt(ask.message, ask.target, own, os.urandom(16))
        except (BadInput, ValueError) as error:
            return Result(Ending.REFUSED, "push-target", str(error))
        headers = {
            "Authorization": self._token(origin),
            "Content-Encoding": CODING,
            "Content-Type": "application/octet-stream",
            "TTL": str(ask.seconds),
            "Topic": ask.topic,
            "Urgency": "normal",
        }
        try:
            return self._post(origin, ask.target.endpoint, body, headers)
        except (OSError, HTTPException) as error:
            self._drop(origin)
            return Result(Ending.UNKNOWN, "push-line", f"{type(error).__name__}: {error}")

    def _post(self, origin: str, endpoint: str, body: bytes, headers: dict[str, str]) -> Result:
        parts = urlsplit(endpoint)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        line = self._line(origin)
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        said = answer.read(_LONGEST_ANSWER)
        if not answer.isclosed():
            self._drop(origin)  # more is coming than any answer needs
        return _ending(answer.status, said.decode("utf-8", "replace"))

    def _line(self, origin: str) -> HTTPSConnection:
        line = self._lines.get(origin)
        if line is None:
            parts = urlsplit(origin)
            line = HTTPSConnection(
                parts.hostname or "", parts.port, timeout=self._timeout, context=self._tls
            )
            self._lines[origin] = line
        return line

    def _drop(self, origin: str) -> None:
        line = self._lines.pop(origin, None)
        if line is not None:
            line.close()

    def _token(self, origin: str) -> str:
        """The service's token, made anew once half its time is over."""
        now = self._clock()
        made, token = self._tokens.get(origin, (now - timedelta(days=1), ""))
        if now - made >= VALID / 2:
            token = self._sender.authorization(origin, now)
            self._tokens[origin] = (now, token)
        return token


def _ending(status: int, said: str) -> Result:
    if 200 <= status < 300:
        return DONE
    if status in _GONE:
        return Result(Ending.REFUSED, GONE, said)
    later = status == 429 or status >= 500
    return Result(Ending.DEFERRED if later else Ending.REFUSED, f"push-{status}", said)
