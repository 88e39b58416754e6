"""A mailbox taken along: read by others' programs, and put into another server, byte for byte."""

from __future__ import annotations

import csv
import io
import mailbox
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer, embedded_host
from tests.mailboxes.conftest import FIRST, service_of
from tests.mailboxes.test_export import Stored, contents, filled

from ristoro.edges.mailboxes.catalogue import Catalogue
from ristoro.edges.mailboxes.export import Export, Form
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.moving import move
from ristoro.edges.mailboxes.passage import Passage

pytestmark = pytest.mark.host
NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPeer]:
    """Another Dovecot, with storage of its own."""
    with embedded_host(tmp_path_factory.mktemp("elsewhere")) as host:
        host.start()
        dovecot = host.dovecot()
        yield EmbeddedPeer(host, dovecot)
        dovecot.close()


@pytest.fixture
def other(elsewhere: EmbeddedPeer) -> Iterator[ImapMailbox]:
    box = sign_in(service_of(elsewhere), elsewhere.new_mailbox(100 << 20), PASSWORD)
    yield box
    box.close()


@pytest.fixture
def full(box: ImapMailbox) -> ImapMailbox:
    """A mailbox with what people have: pages, pictures, long lines, other alphabets, drafts."""
    filled(box)
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "Zoë <zoe@example.org>", "anna@libero.it", "Già"
    made["Return-Path"] = "<zoe@example.org>"
    made.set_content("From now on\n\n>From then\n\n" + "è " * 500 + "\n")
    made.add_alternative("<p>Ciao</p>", subtype="html")
    made.add_attachment(bytes(range(256)) * 300, maintype="image", subtype="png", filename="à.png")
    box.append("INBOX", bytes(made), ["\\Seen"], FIRST + timedelta(days=40, seconds=7))
    box.append("Drafts", b"Subject: \r\n\r\n", ["\\Draft"], FIRST)
    box.append("INBOX", b"X: " + b"y" * 5000 + b"\r\n\r\n.\r\n..\r\n\r\n\r\n", [], FIRST)
    return box


@pytest.fixture
def opened(request: pytest.FixtureRequest, full: ImapMailbox, tmp_path: Path) -> Path:
    """The export of a form, unpacked by a common program."""
    catalogue = Catalogue.made(tmp_path / "list", full, "anna", NOW)
    parts = Export(catalogue, request.param).stream(full)
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
        archive.extractall(tmp_path / "opened")
    catalogue.close()
    return tmp_path / "opened"


def listed(opened: Path) -> list[dict[str, str]]:
    with (opened / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def put(box: ImapMailbox, row: dict[str, str], text: bytes) -> None:
    """As whoever imports does: folder, flags and arrival from the manifest."""
    box.append(row["folder"], text, row["flags"].split(), datetime.fromisoformat(row["arrival"]))


def same(one: ImapMailbox, two: ImapMailbox) -> list[tuple[Stored, Stored]]:
    """Pairs of messages that should be the same, and are compared whole."""
    pairs = list(zip(contents(one), contents(two), strict=True))
    assert len(pairs) == 8
    assert [first for first, _ in pairs] == [second for _, second in pairs]
    return pairs


@pytest.mark.parametrize("opened", [Form.MAILDIR], indirect=True)
def test_a_maildir_that_python_reads_is_the_same_elsewhere(
    opened: Path, full: ImapMailbox, other: ImapMailbox
) -> None:
    root = mailbox.Maildir(opened / "Maildir", create=False)
    boxes = {"": root, **{name: root.get_folder(name) for name in root.list_folders()}}
    assert len(boxes) == len([one for one in full.folders() if one.total is not None])
    for row in listed(opened):
        _, *folder, _, name = row["path"].split("/")
        read = boxes[folder[0].removeprefix(".") if folder else ""]
        put(other, row, read.get_bytes(name.partition(":")[0]))
    same(full, other)


@pytest.mark.parametrize("opened", [Form.MBOX], indirect=True)
def test_a_mbox_that_python_reads_is_the_same_elsewhere(
    opened: Path, full: ImapMailbox, other: ImapMailbox
) -> None:
    read = {
        path.relative_to(opened).as_posix(): mailbox.mbox(path, create=False)
        for path in opened.glob("mbox/**/*.mbox")
    }
    waiting = {path: iter(one.keys()) for path, one in read.items()}
    for row in listed(opened):
        text = read[row["path"]].get_bytes(next(waiting[row["path"]]))
        text = re.sub(rb"(?m)^>(>*From )", rb"\1", text)
        put(other, row, text.replace(b"\n", b"\r\n"))
    assert all(next(rest, None) is None for rest in waiting.values())
    for one in read.values():
        one.close()
    same(full, other)


def test_a_mailbox_moved_by_imap_is_the_same_elsewhere(
    full: ImapMailbox, other: ImapMailbox, tmp_path: Path
) -> None:
    passage = Passage(tmp_path / "x.sqlite")
    move(full, other, passage, lambda: NOW)
    passage.close()
    same(full, other)
    assert "Vuota" in {one.path for one in other.folders()}
