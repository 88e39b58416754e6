"""Dovecot's administration over HTTP, of which one command is used: forget cached logins.

Where a provider runs with ``auth_cache_size`` above 0, a raised limit is seen only after the
cache's time to live, unless the mailbox is flushed from it.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Doveadm:
    """The HTTP listener of ``service doveadm`` and its ``doveadm_api_key``."""

    host: str
    port: int
    api_key: str = field(repr=False)
    timeout: float = 30.0

    def flush_auth_cache(self, addresses: Sequence[str]) -> str | None:
        """Flush these mailboxes; what went wrong, or ``None``. Never flushes all.

        Without a user, Dovecot 2.3 closes the connection on this command.
        """
        link = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            for start in range(0, len(addresses), _AT_ONCE):
                wrong = self._flush(link, addresses[start : start + _AT_ONCE])
                if wrong is not None:
                    return wrong
        except (OSError, http.client.HTTPException, ValueError) as error:
            return f"doveadm: {error}"
        finally:
            link.close()
        return None

    def _flush(self, link: http.client.HTTPConnection, addresses: Sequence[str]) -> str | None:
        tags = {f"t{number}": address for number, address in enumerate(addresses)}
        commands = [["authCacheFlush", {"user": address}, tag] for tag, address in tags.items()]
        key = base64.b64encode(self.api_key.encode()).decode()
        link.request(
            "POST",
            "/doveadm/v1",
            json.dumps(commands),
            {"Authorization": f"X-Dovecot-API {key}", "Content-Type": "application/json"},
        )
        reply = link.getresponse()
        body = reply.read()
        if reply.status != 200:
            return f"doveadm: HTTP {reply.status} {reply.reason}"
        # An error can come as an empty list: only a reply for each tag is a receipt.
        answered = {
            item[2]
            for item in json.loads(body)
            if isinstance(item, list) and len(item) == 3 and item[0] == "doveadmResponse"
        }
        for tag, address in tags.items():
            if tag not in answered:
                return f"doveadm: the cached login of {address} was not flushed"
        return None
