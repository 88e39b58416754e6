"""Moving to another provider from the page, without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import service_of
from tests.mailboxes.test_export import contents
from tests.webmail.conftest import Reader, fill

from ristoro.edges.mailboxes.elsewhere import service_elsewhere
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.faces.webmail.leaving import moves
from ristoro.kernel.errors import BadInput

pytestmark = [pytest.mark.host, pytest.mark.db]
PLACE = "/esporta/trasloco/"


@pytest.fixture
def other(webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapMailbox]:
    """A mailbox at the new provider, whom the same host plays under another name."""
    monkeypatch.setattr(moves, "service_of", lambda host, starttls: service_of(webmail))
    mailbox = sign_in(service_of(webmail), webmail.new_mailbox(100 << 20), PASSWORD)
    yield mailbox
    mailbox.close()


def begin(reader: Reader, **form: str) -> object:
    filled = {"host": "imap.example.org", "password": PASSWORD, **form}
    answer = reader.post(f"{PLACE}inizia/", page=PLACE, **filled)
    for thread in threading.enumerate():
        if thread.name == "move":
            thread.join(30)
    return answer


def page(reader: Reader) -> str:
    return reader.get(PLACE).content.decode()


def test_a_mailbox_is_moved_and_the_page_says_how_far(reader: Reader, other: ImapMailbox) -> None:
    fill(reader.box, 4)
    answer = begin(reader, name=other.address)
    assert (answer.status_code, answer["location"]) == (303, PLACE)  # type: ignore[attr-defined,index]
    assert contents(other) == contents(reader.box)
    text = page(reader)
    assert "4 messaggi copiati su 4" in text
    assert "Tutto è stato copiato" in text
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
    assert "Traslochi" not in text


def test_a_mailbox_is_not_moved_into_itself(reader: Reader, other: ImapMailbox) -> None:
    assert begin(reader, name=reader.address).status_code == 422  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1", "a b", "", "x" * 300]
)
def test_nothing_inside_our_walls_can_be_moved_to(host: str) -> None:
    with pytest.raises(BadInput, match="cannot be moved to"):
        service_elsewhere(host)


def test_a_move_needs_all_its_fields(reader: Reader) -> None:
    assert begin(reader, name="").status_code == 422  # type: ignore[attr-defined]
