"""The same mailbox on a host that can do what RFC 3501 asks for, and nothing more."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer, embedded_host
from tests.mailboxes.conftest import fill, letter, service_of

from ristoro.edges.mailboxes.contract import DELETED, SEEN, Gone, Query, Refused, Role
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in

pytestmark = pytest.mark.host

PLAIN = """\
imap_capability = IMAP4rev1
namespace inbox {
  inbox = yes
  prefix = INBOX.
  separator = .
}
"""
LATER = re.compile(
    rb"\bMOVE\b|UID EXPUNGE|RETURN|PREVIEW|QUOTA|\bID \(|NAMESPACE|UNSELECT|CHARSET|SPECIAL-USE"
)
"""What such a host would answer BAD to."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPeer]:
    with embedded_host(tmp_path_factory.mktemp("old")) as host:
        host.ground.base.mkdir(parents=True, exist_ok=True)
        (host.ground.base / "local.conf").write_text(PLAIN, encoding="utf-8")
        host.start()
        dovecot = host.dovecot()
        yield EmbeddedPeer(host, dovecot)
        dovecot.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every line that goes to the host."""
    lines: list[bytes] = []
    plain = imaplib.IMAP4.send

    def kept(self: imaplib.IMAP4, data: Any) -> None:
        lines.append(bytes(data))
        plain(self, data)

    monkeypatch.setattr(imaplib.IMAP4, "send", kept)
    return lines


@pytest.fixture
def box(old: EmbeddedPeer, sent: list[bytes]) -> Iterator[ImapMailbox]:
    mailbox = sign_in(service_of(old), old.new_mailbox(100 << 20), PASSWORD, "192.0.2.1")
    yield mailbox
    mailbox.close()
    assert [line for line in sent if LATER.search(line)] == []


def test_folders_below_the_inbox_are_the_holder_s_own(box: ImapMailbox) -> None:
    fill(box, 3)
    for path in ("INBOX.Trash", "INBOX.Lavoro", "INBOX.Lavoro.2023"):
        box.make_folder(path)
    box.flag("INBOX", box.page("INBOX").uidvalidity, [1], add=[SEEN])
    found = {folder.path: folder for folder in box.folders()}
    assert (found["INBOX"].role, found["INBOX"].total, found["INBOX"].unseen) == (Role.INBOX, 3, 2)
    assert [(one.name, one.depth) for one in box.folders()[1:]] == [
        ("Lavoro", 0),
        ("2023", 1),
        ("Trash", 0),
    ]
    assert found["INBOX.Lavoro.2023"].parent == "INBOX.Lavoro."


def test_pages_and_searches_work(box: ImapMailbox) -> None:
    fill(box, 7)
    page = box.page("INBOX", size=3)
    assert [row.uid for row in page.rows] == [7, 6, 5]
    assert page.rows[0].preview == ""
    assert [row.uid for row in box.page("INBOX", page.older, size=3).rows] == [4, 3, 2]
    assert box.search("INBOX", Query(words=("messaggio 3",))).count == 1
    assert box.space() is None


def test_what_is_moved_can_be_moved_back(box: ImapMailbox) -> None:
    fill(box, 4)
    box.make_folder("INBOX.Trash")
    box.append("INBOX.Trash", letter(9))
    validity = box.page("INBOX").uidvalidity
    box.flag("INBOX", validity, [2], add=[DELETED])
    moved = box.move("INBOX", validity, [1, 3], "INBOX.Trash")
    assert len(moved.uids) == 2
    kept = {row.uid: row.flags for row in box.page("INBOX").rows}
    assert list(kept) == [4, 2]
    assert DELETED in kept[2]
    box.move(moved.folder, moved.uidvalidity, moved.uids, "INBOX")
    assert {row.subject for row in box.page("INBOX").rows} == {
        f"Messaggio {number}" for number in (1, 2, 3, 4)
    }
    assert [row.subject for row in box.page("INBOX.Trash").rows] == ["Messaggio 9"]


def test_folders_are_renamed_emptied_and_removed(box: ImapMailbox) -> None:
    for path in ("INBOX.Uno", "INBOX.Trash"):
        box.make_folder(path)
    fill(box, 3, "INBOX.Uno")
    box.rename_folder("INBOX.Uno", "INBOX.Due")
    with pytest.raises(Refused):
        box.rename_folder("INBOX.Trash", "INBOX.Due")
    box.remove_folder("INBOX.Due", "INBOX.Trash")
    with pytest.raises(Gone):
        box.page("INBOX.Due")
    page = box.page("INBOX.Trash")
    assert page.total == 3
    assert box.empty("INBOX.Trash", page.uidvalidity, 2) == 2
    assert [row.uid for row in box.page("INBOX.Trash").rows] == [3]
