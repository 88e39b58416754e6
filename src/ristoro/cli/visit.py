"""Pages of the running web faces, opened and answered by a program: a browser without script."""

from __future__ import annotations

from collections.abc import Mapping, Set
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

from ristoro.kernel.errors import Missing, Problem

SECONDS = 60.0
MOST_STEPS = 8
GOOD, SEE_OTHER = 200, (301, 302, 303)


class Visit:
    """One person's browser on this machine, for one host name; ``path`` is where it stands."""

    def __init__(self, host: str, port: int) -> None:
        """``host`` is what pages are asked for by; the connection is to this machine."""
        self._host = f"{host}:{port}"
        self._port = port
        self._cookies: dict[str, str] = {}
        self.path = ""
        self.text = ""

    def open(self, path: str) -> None:
        """Go to a page; ``Missing`` where it is not given."""
        self._ask("GET", path, "", [])

    def send(
        self,
        ending: str,
        words: Mapping[str, str | Set[str]],
        button: tuple[str, str] | None = None,
    ) -> None:
        """Fill in the page's form whose address ends so, and send it, with a button's name.

        A set ticks those boxes of that name. What the form holds already goes with it.
        ``Missing`` where there is no such form or field, or where it is not taken.
        """
        page = html.fromstring(self.text)
        form = next((one for one in page.forms if _action(one, self.path).endswith(ending)), None)
        if form is None:
            raise self._lost(f"there is no form for {ending}")
        for name, word in words.items():
            if name not in form.fields:
                raise self._lost(f"the form for {ending} has no field {name}")
            form.fields[name] = word
        pairs = list(form.form_values()) + ([] if button is None else [button])
        self._ask("POST", _action(form, self.path), urlencode(pairs), pairs)

    def _ask(self, method: str, path: str, body: str, sent: list[tuple[str, str]]) -> None:
        for _ in range(MOST_STEPS):
            status, onward = self._once(method, path, body)
            if status not in SEE_OTHER:
                break
            method, path, body = "GET", _here(urljoin(path, onward)), ""
        self.path = path
        if status != GOOD:
            named = ", ".join(name for name, _ in sent) or "nothing"
            raise self._lost(f"{path} answers {status} to {named}")

    def _once(self, method: str, path: str, body: str) -> tuple[int, str]:
        line = HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        told = {"Host": self._host, "Sec-Fetch-Site": "same-origin", "Accept-Language": "it"}
        if self._cookies:
            told["Cookie"] = "; ".join(f"{name}={word}" for name, word in self._cookies.items())
        if method == "POST":
            told["Content-Type"] = "application/x-www-form-urlencoded"
            told["Origin"] = f"http://{self._host}"
        try:
            line.request(method, path, body.encode(), told)
            answer = line.getresponse()
            self.text = answer.read().decode()
            for one in answer.headers.get_all("Set-Cookie") or ():
                for name, morsel in SimpleCookie(one).items():
                    self._cookies[name] = morsel.value
            return answer.status, answer.headers.get("Location", "")
        finally:
            line.close()

    def _lost(self, why: str) -> Missing:
        return Missing(
            Problem(
                "page-not-given",
                f"a page of {self._host} did not do what was asked",
                why,
                "look into the log of the web process in the home folder",
            )
        )


def _action(form: html.FormElement, path: str) -> str:
    return str(urlsplit(urljoin(path, form.action or "")).path)


def _here(place: str) -> str:
    """Its path and query: another host is never asked."""
    parts = urlsplit(place)
    return parts.path + (f"?{parts.query}" if parts.query else "")
