"""A holder's mailbox on a real Dovecot."""

from __future__ import annotations

import time

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import FIRST, fill, letter, service_of

from ristoro.edges.mailboxes.contract import (
    FLAGGED,
    SEEN,
    Cursor,
    Gone,
    Person,
    Query,
    Role,
    SignInRefused,
    Unreachable,
)
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.server import Service
from ristoro.kernel.errors import Missing

pytestmark = pytest.mark.host


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(peer: EmbeddedPeer) -> None:
    told = []
    for address in (peer.new_mailbox(1 << 20), peer.absent_mailbox()):
        with pytest.raises(SignInRefused) as refused:
            sign_in(service_of(peer), address, f"not {PASSWORD}")
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_one_holder_s_wrong_password_slows_nobody_else(peer: EmbeddedPeer) -> None:
    address, service = peer.new_mailbox(1 << 20), service_of(peer)
    with pytest.raises(SignInRefused):
        sign_in(service, address, "wrong", "192.0.2.1")
    started = time.monotonic()
    sign_in(service, address, PASSWORD, "192.0.2.2").close()
    assert time.monotonic() - started < 2  # Dovecot's penalty would be 4 s


def test_a_host_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        sign_in(Service("127.0.0.1", 1), "a@libero.it", "x")


def test_no_password_goes_over_a_network_in_clear() -> None:
    with pytest.raises(Missing, match="without TLS"):
        Service("imap.libero.it", 143)
    assert Service("imap.libero.it", 143, plaintext=True).tls is None


def test_an_empty_folder_is_a_page_without_rows(box: ImapMailbox) -> None:
    page = box.page("INBOX")
    assert (page.total, page.rows, page.older, page.newer) == (0, (), None, None)


def test_pages_go_from_the_newest_to_the_oldest_and_back(box: ImapMailbox) -> None:
    fill(box, 7)
    first = box.page("INBOX", size=3)
    assert [row.uid for row in first.rows] == [7, 6, 5]
    assert first.newer is None
    second = box.page("INBOX", first.older, size=3)
    assert [row.uid for row in second.rows] == [4, 3, 2]
    third = box.page("INBOX", second.older, size=3)
    assert ([row.uid for row in third.rows], third.older) == ([1], None)
    assert third.newer is not None
    back = box.page_after("INBOX", third.newer, size=3)
    assert [row.uid for row in back.rows] == [4, 3, 2]


def test_a_page_skips_nothing_when_messages_went_meanwhile(box: ImapMailbox) -> None:
    fill(box, 12)
    first = box.page("INBOX", size=3)
    assert first.older is not None
    box.remove("INBOX", first.uidvalidity, [8, 7, 6, 2])
    assert [row.uid for row in box.page("INBOX", first.older, size=3).rows] == [9, 5, 4]
    stale = Cursor(3, 3)
    assert [row.uid for row in box.page_after("INBOX", stale, size=3).rows] == [9, 5, 4]
    assert [row.uid for row in box.page("INBOX", Cursor(4, 12), size=3).rows] == [3, 1]


def test_a_row_says_what_the_message_says(box: ImapMailbox) -> None:
    subject = "=?utf-8?q?Perch=C3=A9_no=3F?= e =?iso-8859-1?q?cos=EC?="
    box.append("INBOX", letter(1, subject=subject, sender='"Rossi, Ugo" <u@example.org>'), at=FIRST)
    [row] = box.page("INBOX").rows
    assert row.subject == "Perché no? e così"
    assert row.sender == Person("Rossi, Ugo", "u@example.org")
    assert [one.address for one in row.recipients] == ["bruno@libero.it", "carla@libero.it"]
    assert (row.at, row.seen, row.attachments) == (FIRST, False, False)
    assert row.message_id == "<1@example.org>"
    assert row.preview.startswith("Testo del messaggio 1")


MIXED = b"""\
From: a@example.org\r
Subject: allegato\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=x\r
\r
--x\r
Content-Type: text/plain\r
\r
Ecco.\r
--x\r
Content-Type: application/pdf; name="a.pdf"\r
Content-Disposition: attachment; filename="a.pdf"\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0=\r
--x--\r
"""


def test_a_file_is_an_attachment_and_a_picture_in_the_text_is_not(box: ImapMailbox) -> None:
    box.append("INBOX", MIXED)
    shown = MIXED.replace(b"application/pdf", b"image/png").replace(b"attachment;", b"inline;")
    box.append("INBOX", shown)
    assert [row.attachments for row in box.page("INBOX").rows] == [False, True]


def test_reading_leaves_a_message_unread_and_flags_are_put_and_taken(box: ImapMailbox) -> None:
    fill(box, 1)
    page = box.page("INBOX")
    row, raw = box.read("INBOX", page.uidvalidity, 1)
    assert (raw, row.seen) == (letter(1), False)
    box.flag("INBOX", page.uidvalidity, [1], add=[SEEN, FLAGGED])
    [row] = box.page("INBOX").rows
    assert (row.seen, row.flagged) == (True, True)
    box.flag("INBOX", page.uidvalidity, [1], remove=[SEEN])
    assert not box.page("INBOX").rows[0].seen


def test_what_is_moved_can_be_moved_back(box: ImapMailbox) -> None:
    fill(box, 3)
    box.make_folder("Cestino")
    validity = box.page("INBOX").uidvalidity
    moved = box.move("INBOX", validity, [1, 3], "Cestino")
    assert len(moved.uids) == 2
    assert [row.uid for row in box.page("INBOX").rows] == [2]
    box.move("Cestino", moved.uidvalidity, moved.uids, "INBOX")
    assert {row.subject for row in box.page("INBOX").rows} == {f"Messaggio {n}" for n in (1, 2, 3)}
    assert box.page("Cestino").total == 0


def test_only_the_messages_named_are_removed(box: ImapMailbox) -> None:
    fill(box, 3)
    validity = box.page("INBOX").uidvalidity
    box.flag("INBOX", validity, [2], add=["\\Deleted"])
    box.remove("INBOX", validity, [1])
    assert [row.uid for row in box.page("INBOX").rows] == [3, 2]


def test_a_name_from_before_the_folder_was_made_anew_is_gone(box: ImapMailbox) -> None:
    fill(box, 1)
    validity = box.page("INBOX").uidvalidity
    with pytest.raises(Gone):
        box.read("INBOX", validity + 1, 1)
    with pytest.raises(Gone):
        box.read("INBOX", validity, 99)
    with pytest.raises(Gone):
        box.page("Non c'è")


def test_folders_have_their_role_their_words_and_their_counts(box: ImapMailbox) -> None:
    fill(box, 2)
    box.flag("INBOX", box.page("INBOX").uidvalidity, [1], add=[SEEN])
    for path in ("Lavoro", "Lavoro.Più cose & altro", "2023", 'con "virgolette"'):
        box.make_folder(path)
    found = {folder.path: folder for folder in box.folders()}
    assert (found["INBOX"].role, found["INBOX"].total, found["INBOX"].unseen) == (Role.INBOX, 2, 1)
    assert (found["Lavoro.Più cose & altro"].name, found["Lavoro"].depth) == ("Più cose & altro", 0)
    assert found["Lavoro.Più cose & altro"].depth == 1
    assert found["2023"].total == 0
    assert 'con "virgolette"' in found
    assert box.folders()[0].path == "INBOX"


def test_a_search_finds_by_words_sender_and_flags_newest_first(box: ImapMailbox) -> None:
    fill(box, 5)
    box.append("INBOX", letter(6, subject="Perché", sender="Ugo <ugo@example.org>"))
    box.flag("INBOX", box.page("INBOX").uidvalidity, [2], add=[FLAGGED])

    def uids(query: Query) -> list[int]:
        return [row.uid for row in box.search("INBOX", query).rows]

    assert uids(Query(words=("messaggio", "3"))) == [3]
    assert uids(Query(subject="perché")) == [6]
    assert uids(Query(sender="ugo")) == [6]
    assert uids(Query(flagged=True)) == [2]
    assert uids(Query()) == [6, 5, 4, 3, 2, 1]
    found = box.search("INBOX", Query(recipient="carla"), first=2, size=2)
    assert (found.count, [row.uid for row in found.rows]) == (6, [4, 3])


def test_a_conversation_is_what_names_a_message_and_what_it_names(box: ImapMailbox) -> None:
    fill(box, 3)
    box.append("INBOX", letter(4, references="<1@example.org>"))
    box.append("INBOX", letter(5, references="<1@example.org> <4@example.org>"))
    row = box.page("INBOX").rows[1]
    found = box.conversation("INBOX", row, ["<1@example.org>"])
    assert [one.uid for one in found] == [1, 4, 5]


def test_a_message_goes_into_a_folder_that_is_made_for_it(box: ImapMailbox) -> None:
    assert box.append("Bozze", letter(1), ["\\Draft"]) == 1
    assert [row.subject for row in box.page("Bozze").rows] == ["Messaggio 1"]


def test_a_message_is_found_by_its_message_id(box: ImapMailbox) -> None:
    fill(box, 3)
    box.append("INBOX", letter(2))
    validity, uids = box.named("INBOX", "<2@example.org>")
    assert (validity, uids) == (box.page("INBOX").uidvalidity, [2, 4])
    assert box.named("INBOX", "<9@example.org>") == (validity, [])


def test_space_is_told_in_bytes(box: ImapMailbox) -> None:
    fill(box, 1)
    space = box.space()
    assert space is not None
    assert space.limit == 100 << 20
    assert 0 < space.used < 4096


def test_an_export_reads_every_message_as_stored(box: ImapMailbox) -> None:
    fill(box, 45)
    validity, uids = box.uids("INBOX")
    found = list(box.stored("INBOX", validity, uids))
    assert [uid for uid, _, _, _ in found] == uids
    assert [raw for _, _, _, raw in found] == [letter(number) for number in range(1, 46)]


def test_a_dead_connection_is_known_to_be_dead(box: ImapMailbox) -> None:
    assert box.alive()
    box.close()
    assert not box.alive()
