"""A browser's HTTP without a browser: one kept connection, cookies, and the fields of forms."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlencode

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, read to its end; ``octets`` is the body's length as it came."""

    status: int
    location: str
    text: str
    octets: int


class Visitor:
    """Somebody at one web server."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = dict(cookies or {})

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form), {**kind, **headers})

    def close(self) -> None:
        self._line.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told["Sec-Fetch-Site"] = "same-origin"
        told["Accept-Language"] = "it"
        self._line.request(method, path, body, told)
        answer = self._line.getresponse()
        raw = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name.strip()] = rest.partition(";")[0]
        text = raw.decode("utf-8", "replace")
        return Answer(answer.status, answer.headers.get("Location", ""), text, len(raw))


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms, the last of each name."""
    return dict(_HIDDEN.findall(page))
