"""Moving to another provider from the page, without JavaScript."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import service_of
from tests.mailboxes.test_export import contents
from tests.mailboxes.test_moving import Cut
from tests.webmail.conftest import Reader, browser, fill

from ristoro.edges.mailboxes.contract import Unreachable
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.faces.webmail.leaving import carrier, moves
from ristoro.kernel.errors import Problem

pytestmark = [pytest.mark.host, pytest.mark.db]
PLACE = "/esporta/trasloco/"


@pytest.fixture
def other(webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapMailbox]:
    """A mailbox at the new provider, whom the same host plays under another name."""
    monkeypatch.setattr(moves, "services_of", lambda host: [service_of(webmail)])
    mailbox = sign_in(service_of(webmail), webmail.new_mailbox(100 << 20), PASSWORD)
    yield mailbox
    mailbox.close()


def begin(reader: Reader, **form: str) -> object:
    filled = {"host": "imap.example.org", "password": PASSWORD, **form}
    answer = reader.post(f"{PLACE}inizia/", page=PLACE, **filled)
    ended()
    return answer


def ended() -> None:
    """Wait for the end of every move."""
    for thread in threading.enumerate():
        if thread.name == "move":
            thread.join(30)


def page(reader: Reader) -> str:
    return str(reader.get(PLACE).content.decode())


def test_a_mailbox_is_moved_and_the_page_says_how_far(reader: Reader, other: ImapMailbox) -> None:
    fill(reader.box, 4)
    answer = begin(reader, name=other.address)
    assert (answer.status_code, answer["location"]) == (303, PLACE)  # type: ignore[attr-defined,index]
    assert contents(other) == contents(reader.box)
    text = page(reader)
    assert "4 messaggi copiati su 4" in text
    assert "È stato copiato tutto" in text
    assert "http-equiv" not in text
    assert PASSWORD not in text


def test_moving_again_copies_only_what_is_new(reader: Reader, other: ImapMailbox) -> None:
    fill(reader.box, 2)
    begin(reader, name=other.address)
    fill(reader.box, 1)
    begin(reader, name=other.address)
    assert contents(other) == contents(reader.box)


def test_a_wrong_password_is_said_at_once(reader: Reader, other: ImapMailbox) -> None:
    answer = begin(reader, name=other.address, password="not it")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert "Il nuovo fornitore non accetta" in text
    assert "not it" not in text
    assert "I tuoi trasferimenti" not in text


def test_a_mailbox_is_not_moved_into_itself(reader: Reader, other: ImapMailbox) -> None:
    fill(reader.box, 2)
    assert begin(reader, name=reader.address).status_code == 422  # type: ignore[attr-defined]


def test_a_mailbox_is_not_moved_into_itself_by_another_name_of_its_host(
    reader: Reader, webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(reader.box, 2)
    service = replace(service_of(webmail), host="localhost")
    monkeypatch.setattr(moves, "services_of", lambda host: [service])
    begin(reader, name=reader.address)
    text = page(reader)
    assert "la stessa casella da cui parti" in text
    assert "riprendere" not in text
    assert reader.box.page("INBOX").total == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "a b"])
def test_nothing_inside_our_walls_is_spoken_to(reader: Reader, host: str) -> None:
    before = set(moves._folder().glob("*"))
    answer = begin(reader, host=host, name="anna")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "non si può raggiungere" in answer.content.decode()  # type: ignore[attr-defined]
    assert set(moves._folder().glob("*")) == before


def test_a_server_is_tried_so_many_times_an_hour(reader: Reader) -> None:
    for _ in range(moves.MOST_BEGUN):
        begin(reader, host="127.0.0.1", name="anna")
    answer = begin(reader, host="127.0.0.1", name="anna")
    assert "Riprova tra un&#x27;ora" in answer.content.decode()  # type: ignore[attr-defined]


class Slow:
    """A new mailbox that takes messages only when it is let."""

    def __init__(self, box: ImapMailbox) -> None:
        self._box = box
        self.let, self.asked = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def append(self, *args: Any) -> int | None:
        self.asked.set()
        assert self.let.wait(30)
        return self._box.append(*args)


@pytest.fixture
def slow(other: ImapMailbox, monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow(other)
    monkeypatch.setattr(moves, "sign_in", lambda *_: made)
    monkeypatch.setattr(made, "close", lambda: None, raising=False)
    return made


def started(reader: Reader, **form: str) -> Any:
    filled = {"host": "imap.example.org", "password": PASSWORD, **form}
    return reader.post(f"{PLACE}inizia/", page=PLACE, **filled)


def test_a_move_is_seen_and_stopped_while_it_runs(reader: Reader, slow: Slow) -> None:
    fill(reader.box, 3)
    assert started(reader, name="nuova@example.org").status_code == 303
    assert slow.asked.wait(30)
    text = page(reader)
    assert "0 messaggi copiati su 3" in text
    assert 'data-running="yes"' in text
    assert "http-equiv" not in text
    other = started(reader, name="altra@example.org")
    assert "Un altro tuo trasferimento" in other.content.decode()
    assert started(reader, name="nuova@example.org").status_code == 303
    name = re.findall(r'name="move" value="([^"]+)"', text)
    reader.post(f"{PLACE}ferma/", page=PLACE, move=name[0])
    slow.let.set()
    ended()
    text = page(reader)
    assert "L&#x27;hai fermato tu" in text
    assert "1 messaggi copiati su 3" in text
    begin(reader, name="nuova@example.org")
    assert "3 messaggi copiati su 3" in page(reader)


def test_a_line_that_breaks_is_opened_again(
    reader: Reader, other: ImapMailbox, webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(reader.box, 3)
    monkeypatch.setattr(carrier, "PAUSE", 0.0)
    broken = Cut(other, 1, taken=True, error=Unreachable(Problem("imap-failed", "x", "y", "z")))
    ends = iter([broken])
    opened = lambda *_: next(ends, None) or sign_in(service_of(webmail), other.address, PASSWORD)  # noqa: E731
    monkeypatch.setattr(broken, "close", lambda: None, raising=False)
    monkeypatch.setattr(moves, "sign_in", opened)
    begin(reader, name=other.address)
    assert contents(other) == contents(reader.box)


def test_no_password_is_kept(reader: Reader, other: ImapMailbox, webmail_home: Path) -> None:
    fill(reader.box, 2)
    begin(reader, name=other.address)
    kept = [path for path in (webmail_home / "moves").glob("**/*") if path.is_file()]
    assert kept
    assert all(PASSWORD.encode() not in path.read_bytes() for path in kept)
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_nobody_sees_or_stops_the_move_of_another(
    reader: Reader, slow: Slow, webmail: EmbeddedPeer
) -> None:
    fill(reader.box, 1)
    started(reader, name="nuova@example.org")
    assert slow.asked.wait(30)
    [name] = re.findall(r'name="move" value="([^"]+)"', page(reader))
    stranger = Reader(browser(), webmail.new_mailbox(1 << 20), None)  # type: ignore[arg-type]
    stranger.sign_in()
    assert "nuova@example.org" not in page(stranger)
    stranger.post(f"{PLACE}ferma/", page=PLACE, move=name)
    slow.let.set()
    ended()
    assert "1 messaggi copiati su 1" in page(reader)


def test_a_move_needs_all_its_fields(reader: Reader) -> None:
    assert begin(reader, name="").status_code == 422  # type: ignore[attr-defined]
