"""A program's browser: it keeps cookies, fills in forms, follows, and says what was not done."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from ristoro.cli.visit import Visit
from ristoro.kernel.errors import Missing

pytestmark = pytest.mark.wire

PAGE = """<form method="post" action="/altro/"></form>
<form method="post" action="/modulo/"><input type="hidden" name="key" value="k1">
<input name="cost">
<input type="radio" name="lost" value="1"><input type="radio" name="lost" value="2">
<input type="checkbox" name="why" value="late"><input type="checkbox" name="why" value="gone">
</form>"""


class Pages(BaseHTTPRequestHandler):
    """One page with a form, and another that a sent form leads to."""

    asked: list[tuple[str, str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Cookie", ""), self.headers["Host"]))
        self._answer(200 if self.path.startswith("/modulo/") else 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, self.headers.get("Cookie", ""), body))
        self._answer(303 if self.path == "/modulo/" else 403)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Set-Cookie", "session=s1; Path=/; HttpOnly")
        if status == 303:
            self.send_header("Location", "/modulo/?fatto=1")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def visit() -> Iterator[Visit]:
    Pages.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Visit("libero.localhost", server.server_port)
        finally:
            server.shutdown()
            thread.join()


def test_a_form_is_sent_with_what_it_holds_and_what_is_filled_in(visit: Visit) -> None:
    visit.open("/modulo/")
    visit.send("/modulo/", {"cost": "8,00", "lost": "2", "why": {"gone"}}, ("go", "review"))
    assert visit.path == "/modulo/?fatto=1"
    (_, no_cookie, host), (_, cookie, body), (onward, *_) = Pages.asked
    assert (no_cookie, cookie) == ("", "session=s1")
    assert host.startswith("libero.localhost:")
    assert body == "key=k1&cost=8%2C00&lost=2&why=gone&go=review"
    assert onward == "/modulo/?fatto=1"


def test_what_cannot_be_done_is_said(visit: Visit) -> None:
    with pytest.raises(Missing, match="/manca/ answers 404"):
        visit.open("/manca/")
    visit.open("/modulo/")
    with pytest.raises(Missing, match="no form for /nessuno/"):
        visit.send("/nessuno/", {})
    with pytest.raises(Missing, match="no field iban"):
        visit.send("/modulo/", {"iban": "IT60"})
    with pytest.raises(Missing, match="/altro/ answers 403"):
        visit.send("/altro/", {})
