"""A folder that stays open: what others do to it meanwhile is seen, and it is not opened anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import fill, letter, service_of

from ristoro.edges.mailboxes.contract import FLAGGED, SEEN, Gone
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in

pytestmark = pytest.mark.host


@pytest.fixture
def other(peer: EmbeddedPeer, box: ImapMailbox) -> Iterator[ImapMailbox]:
    """The same mailbox in another program."""
    mailbox = sign_in(service_of(peer), box.address, PASSWORD)
    yield mailbox
    mailbox.close()


def subjects(box: ImapMailbox) -> list[str]:
    return [row.subject.removeprefix("Messaggio ") for row in box.page("INBOX").rows]


def test_what_came_went_and_was_marked_elsewhere_is_seen(
    box: ImapMailbox, other: ImapMailbox
) -> None:
    fill(box, 5)
    assert subjects(box) == ["5", "4", "3", "2", "1"]
    validity = box.page("INBOX").uidvalidity
    other.remove("INBOX", validity, [2, 4])
    other.append("INBOX", letter(6))
    other.flag("INBOX", validity, [1], add=[SEEN, FLAGGED])
    page = box.page("INBOX")
    assert [row.subject for row in page.rows] == [f"Messaggio {n}" for n in (6, 5, 3, 1)]
    assert page.total == 4
    assert (page.rows[-1].seen, page.rows[0].seen) == (True, False)
    other.remove("INBOX", validity, [6])
    other.append("INBOX", letter(7))
    assert box.folders()[0].total == 4
    assert subjects(box) == ["7", "5", "3", "1"]
    assert [row.uid for row in box.rows("INBOX", validity, [1, 2, 3])] == [3, 1]


def test_an_open_folder_is_not_opened_again(
    box: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(box, 1)
    box.page("INBOX")
    monkeypatch.setattr(type(box), "_selected", None)
    assert subjects(box) == ["1"]


def test_a_folder_made_anew_under_the_same_name_is_another(
    box: ImapMailbox, other: ImapMailbox
) -> None:
    fill(box, 1, "Lavoro")
    first = box.page("Lavoro")
    box.page("INBOX")
    other.rename_folder("Lavoro", "Vecchio")
    fill(other, 2, "Lavoro")
    with pytest.raises(Gone):
        box.read("Lavoro", first.uidvalidity, 1)
    assert box.page("Lavoro").total == 2
