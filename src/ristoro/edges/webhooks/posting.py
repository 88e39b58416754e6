"""Carrying events by HTTP, signed as Standard Webhooks has it (standardwebhooks.com, v1)."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException

from standardwebhooks import Webhook

from ristoro.edges.webhooks.contract import GONE, Letter
from ristoro.edges.webhooks.places import Places, Where
from ristoro.kernel.errors import BadInput
from ristoro.kernel.outcome import DONE, Ending, Result

SECONDS = 10.0
"""Of waiting for the receiver; the standard advises 15 to 30 at most."""

_MOST_HEARD = 2_000
_MOST_TOLD = 200


def signatures(letter: Letter, at: datetime) -> str:
    """The header: one signature for each secret, blanks between."""
    utc = at.astimezone(UTC)
    return " ".join(Webhook(secret).sign(letter.id, utc, letter.body) for secret in letter.secrets)


class Posting:
    """A carrier over HTTP. Redirects are not followed: they would lead past the judged address."""

    def __init__(
        self, places: Places, tls: ssl.SSLContext | None = None, seconds: float = SECONDS
    ) -> None:
        self._places = places
        self._tls = tls or ssl.create_default_context()
        self._seconds = seconds

    def check(self, url: str) -> None:
        """Return where an event may be sent to this address; ``BadInput`` otherwise."""
        self._places.find(url)

    def carry(self, letter: Letter, at: datetime) -> Result:
        """Send it now, once."""
        try:
            where = self._places.find(letter.url)
        except BadInput as error:
            return Result(Ending.DEFERRED, "webhook-address", error.problems[0].why)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Ristoro webhooks",
            "webhook-id": letter.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signatures(letter, at),
        }
        try:
            status, said = self._post(where, letter.body.encode(), headers)
        except (OSError, HTTPException) as error:
            return Result(Ending.UNKNOWN, "webhook-line", f"{type(error).__name__}: {error}")
        if 200 <= status < 300:
            return DONE
        if status == 410:
            return Result(Ending.REFUSED, GONE, said)
        return Result(Ending.DEFERRED, f"webhook-{status}", said)

    def _post(self, where: Where, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        line = HTTPConnection(where.host, where.port, timeout=self._seconds)
        try:
            line.sock = self._connected(where)
            line.request("POST", where.path, body, {"Host": _host(where), **headers})
            answer = line.getresponse()
            said = answer.read(_MOST_HEARD).decode("utf-8", "replace")
            return answer.status, said[:_MOST_TOLD]
        finally:
            line.close()

    def _connected(self, where: Where) -> socket.socket:
        plain = socket.create_connection((where.address, where.port), self._seconds)
        if not where.secure:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=where.host)
        except OSError:
            plain.close()
            raise


def _host(where: Where) -> str:
    name = f"[{where.host}]" if ":" in where.host else where.host
    usual = 443 if where.secure else 80
    return name if where.port == usual else f"{name}:{where.port}"
