"""A whole mailbox as one file: exact, small in memory, and the same from any byte on."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import FIRST, letter, service_of

from ristoro.edges.mailboxes import mboxes, reading
from ristoro.edges.mailboxes.catalogue import Catalogue
from ristoro.edges.mailboxes.contract import ANSWERED, FLAGGED, SEEN, Gone, Mailbox
from ristoro.edges.mailboxes.export import Export, Form
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.reading import Changed

pytestmark = pytest.mark.host
NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def filled(box: ImapMailbox) -> None:
    """A mailbox with what makes exports go wrong."""
    nested = box.naming().delimiter.join(("Lavoro", "Società à rischio"))
    hard = letter(1) + b"From here on\r\n>From there\r\n\r\nFrom \r\n"
    box.append("INBOX", hard, [SEEN, FLAGGED], FIRST)
    box.append("INBOX", letter(2), ["$Forwarded", "Importante"], FIRST + timedelta(days=1))
    box.append("INBOX", letter(2), [], FIRST + timedelta(days=1))
    box.append(nested, b"Subject: x\r\n\r\n" + bytes(range(128, 256)) + b"\r\n", [ANSWERED], FIRST)
    box.append(nested, letter(3) + b"y" * 70_000 + b"\r\n", [], FIRST)
    box.make_folder("Vuota")


@pytest.fixture
def full(box: ImapMailbox) -> ImapMailbox:
    filled(box)
    return box


def catalogue(tmp_path: Path, box: Mailbox, name: str = "export") -> Catalogue:
    return Catalogue.made(tmp_path / f"{name}.sqlite", box, "anna", NOW)


@pytest.fixture
def listed(full: ImapMailbox, tmp_path: Path) -> Iterator[Catalogue]:
    made = catalogue(tmp_path, full)
    yield made
    made.close()


def whole(export: Export, box: Mailbox, first: int = 0) -> bytes:
    return b"".join(export.stream(box, first))


@dataclass(frozen=True)
class Stored:
    """A message as a mailbox has it."""

    folder: str
    flags: frozenset[str]
    at: datetime
    text: bytes


def contents(box: Mailbox) -> list[Stored]:
    found = []
    for folder in sorted(one.path for one in box.folders() if one.total):
        uidvalidity, uids = box.uids(folder)
        for _, flags, at, text in box.stored(folder, uidvalidity, uids):
            found.append(Stored(folder, flags - {"\\Recent"}, at, text))
    return found


def manifest(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode(), newline="")))


@pytest.mark.parametrize("form", Form)
def test_a_zip_passes_its_own_checks(full: ImapMailbox, listed: Catalogue, form: Form) -> None:
    archive = zipfile.ZipFile(io.BytesIO(whole(Export(listed, form), full)))
    assert archive.testzip() is None
    assert len(manifest(archive)) == 5


def entered(peer: EmbeddedPeer) -> tuple[str, Path]:
    """An empty mailbox that its holder has opened once, and its folder on the host."""
    address = peer.new_mailbox(1 << 30)
    box = sign_in(service_of(peer), address, PASSWORD)
    box.uids("INBOX")
    box.close()
    return address, next(peer.embedded.ground.base.glob(f"mail/*/{address}"))


def test_a_maildir_read_by_another_server_is_the_same_mailbox(
    full: ImapMailbox, listed: Catalogue, peer: EmbeddedPeer, tmp_path: Path
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(whole(Export(listed, Form.MAILDIR), full)))
    address, home = entered(peer)
    ground = peer.embedded.ground
    for entry in archive.infolist():
        if not entry.filename.startswith("Maildir/"):
            continue
        target = home / entry.filename
        if entry.is_dir():
            continue
        for part in reversed(target.relative_to(home).parents):
            ground.own_folder(home / part)
        target.write_bytes(archive.read(entry))
        seconds = int.from_bytes(entry.extra[5:9], "little")
        os.utime(target, (seconds, seconds))
        ground.own(target)
    other = sign_in(service_of(peer), address, PASSWORD)
    lost = {"$Forwarded", "Importante"}  # keywords have no letter in a Maildir's file name
    expected = [(one.folder, one.flags - lost, one.at, one.text) for one in contents(full)]
    assert [(one.folder, one.flags, one.at, one.text) for one in contents(other)] == expected
    other.close()


def test_mboxes_appended_to_another_mailbox_are_the_same_mailbox(
    full: ImapMailbox, listed: Catalogue, peer: EmbeddedPeer
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(whole(Export(listed, Form.MBOX), full)))
    other = sign_in(service_of(peer), peer.new_mailbox(100 << 20), PASSWORD)
    texts = {
        name: iter(split(archive.read(name)))
        for name in archive.namelist()
        if name.endswith(".mbox")
    }
    for row in manifest(archive):
        text = next(texts[row["path"]])
        assert hashlib.sha256(text).hexdigest() == row["sha256"]
        at = datetime.fromisoformat(row["arrival"])
        other.append(row["folder"], text, row["flags"].split(), at)
    assert all(next(rest, None) is None for rest in texts.values())
    assert contents(other) == contents(full)
    other.close()


def split(mbox: bytes) -> list[bytes]:
    """The messages of a mbox in the variant mboxrd."""
    parts = (b"\n" + mbox).split(b"\n\nFrom ") if mbox else []
    parts = [parts[0].removeprefix(b"\nFrom "), *parts[1:]] if parts else []
    found = [part.partition(b"\n")[2] for part in parts]
    return [
        mboxes.unquoted(text + b"\n" if not last else text[:-1])
        for text, last in zip(found, [False] * (len(found) - 1) + [True], strict=False)
    ]


@given(
    st.lists(st.sampled_from([b"From x", b">From ", b">>From", b"", b"From", b"testo"]), min_size=1)
)
def test_quoting_can_be_undone(lines: list[bytes]) -> None:
    message = b"\r\n".join([b"Subject: x", b"", *lines, b""])
    written = mboxes.quoted(message, NOW)
    assert split(written) == [message]
    assert split(written * 3) == [message] * 3


@given(
    st.lists(st.sampled_from([b"From ", b">", b">From ", b"\r\n", b"\r", b"Fro", b"m x", b"y"])),
    st.lists(st.integers(0, 60), max_size=5),
)
def test_quoting_in_pieces_is_quoting(words: list[bytes], cuts: list[int]) -> None:
    text = b"".join(words)
    quoting = mboxes.Quoting(NOW)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    head = b"Subject: x\r\n\r\n"
    pieces = [head, *(text[low:high] for low, high in pairwise(places))]
    written = b"".join(map(quoting.take, pieces)) + quoting.end()
    assert written == mboxes.quoted(head + text, NOW)
    if b"\r" not in text.replace(b"\r\n", b""):
        assert split(written)[0].rstrip(b"\r\n") == (head + text).rstrip(b"\r\n")


@pytest.mark.parametrize("form", Form)
def test_a_download_that_was_cut_goes_on_as_if_it_was_not(
    full: ImapMailbox, listed: Catalogue, form: Form, tmp_path: Path
) -> None:
    one = whole(Export(listed, form), full)
    assert Export(listed, form).length() == len(one)
    other = Export(catalogue(tmp_path, full, "other"), form)
    got = b""
    while len(got) < len(one):  # cut at uneven places, so that entries and headers are cut too
        for part in other.stream(full, len(got)):
            got += part[:7919]
            break
    assert got == one
    assert all(whole(other, full, at) == one[at:] for at in range(0, len(one), 977))


class Piecemeal:
    """A mailbox that hands messages on in small pieces."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def section(self, folder: str, uidvalidity: int, uid: int) -> Iterator[bytes]:
        text = b"".join(self._box.section(folder, uidvalidity, uid))
        yield from (text[first : first + 997] for first in range(0, len(text), 997))


@pytest.mark.parametrize("form", Form)
def test_a_message_in_pieces_is_the_same_wherever_it_is_cut(
    full: ImapMailbox, listed: Catalogue, form: Form, tmp_path: Path, monkeypatch: Any
) -> None:
    small = whole(Export(listed, form), full)
    monkeypatch.setattr(reading, "BATCH_BYTES", 1000)
    box: Any = Piecemeal(full)
    other = Export(catalogue(tmp_path, full, "other"), form)
    one = whole(other, box)
    assert len(one) == other.length()
    assert all(whole(other, box, at) == one[at:] for at in range(0, len(one), 9973))
    ends = [zipfile.ZipFile(io.BytesIO(each)) for each in (small, one)]
    assert ends[1].testzip() is None
    assert [ends[0].read(name) for name in ends[0].namelist()] == [
        ends[1].read(name) for name in ends[1].namelist()
    ]
    learned = Export(catalogue(tmp_path, full, "learned"), form)
    learned.learn(box)
    assert whole(learned, box) == one


def test_a_large_message_that_is_not_what_was_listed_ends_the_export(
    full: ImapMailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_BYTES", 1000)
    lying: Any = Counting(full, wrong=3)
    export = Export(catalogue(tmp_path, lying), Form.MAILDIR)
    with pytest.raises(Changed):
        whole(export, lying)
    assert len(whole(export, full)) == export.length()
    export = Export(catalogue(tmp_path, full, "gone"), Form.MAILDIR)
    [box] = [one for one in export.catalogue.boxes() if "rischio" in one.path]
    full.remove(box.path, box.uidvalidity, full.uids(box.path)[1][1:])
    with pytest.raises(Gone, match="not there any more"):
        whole(export, full)


def test_the_length_of_a_maildir_is_known_ahead(full: ImapMailbox, listed: Catalogue) -> None:
    export = Export(listed, Form.MAILDIR)
    assert listed.count()[2] == 0
    assert export.length() == len(whole(export, full))


def test_the_length_of_a_mbox_is_known_when_all_was_read(
    full: ImapMailbox, listed: Catalogue
) -> None:
    export = Export(listed, Form.MBOX)
    assert export.length() is None
    read: list[int] = []
    export.learn(full, read.append)
    assert sum(read) == 5
    assert export.length() == len(whole(export, full))


class Counting:
    """A mailbox that counts the messages fetched from it, and tells some sizes wrongly."""

    def __init__(self, box: ImapMailbox, wrong: int = 0) -> None:
        self._box, self._wrong = box, wrong
        self.fetched = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def stored(self, folder: str, uidvalidity: int, uids: list[int]) -> Iterator[object]:
        self.fetched += len(uids)
        return self._box.stored(folder, uidvalidity, uids)

    def facts(self, folder: str, uidvalidity: int, uids: list[int]) -> Iterator[object]:
        for each in self._box.facts(folder, uidvalidity, uids):
            size = each.size + self._wrong
            yield type(each)(each.uid, each.flags, each.at, size)


def test_what_was_read_and_sent_is_not_fetched_again(full: ImapMailbox, listed: Catalogue) -> None:
    export = Export(listed, Form.MAILDIR)
    total = len(whole(export, full))
    counting = Counting(full)
    whole(export, counting, total - 100)  # type: ignore[arg-type]
    assert counting.fetched == 0


def test_a_message_that_went_ends_the_export_and_says_so(
    full: ImapMailbox, listed: Catalogue
) -> None:
    export = Export(listed, Form.MAILDIR)
    uidvalidity, uids = full.uids("INBOX")
    full.remove("INBOX", uidvalidity, uids[1:2])
    with pytest.raises(Gone, match="not there any more"):
        whole(export, full)
    with pytest.raises(Gone, match="begin a new export"):
        whole(export, full, 5000)
    assert "INBOX" in listed.about().broken


def test_mail_that_comes_later_is_not_in_it_and_harms_nothing(
    full: ImapMailbox, listed: Catalogue
) -> None:
    before = whole(Export(listed, Form.MAILDIR), full)
    full.append("INBOX", letter(9))
    assert whole(Export(listed, Form.MAILDIR), full) == before


def test_a_size_that_was_told_wrongly_is_put_right_once(full: ImapMailbox, tmp_path: Path) -> None:
    lying = Counting(full, wrong=3)
    listed = catalogue(tmp_path, lying)  # type: ignore[arg-type]
    export = Export(listed, Form.MAILDIR)
    token = export.token()
    with pytest.raises(Changed):
        whole(export, lying)  # type: ignore[arg-type]
    assert export.token() != token
    assert len(whole(export, full)) == export.length()


def test_a_list_that_could_not_be_finished_is_not_there(full: ImapMailbox, tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Catalogue.made(tmp_path / "x.sqlite", full, "anna", NOW, stop)
    assert list(tmp_path.iterdir()) == []


MOST_MEMORY = 4 << 20
PLAIN, LARGE = 800, 24 << 20
MEASURED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ristoro.edges.mailboxes.catalogue import Catalogue
from ristoro.edges.mailboxes.export import Export, Form
from ristoro.edges.mailboxes.imap import sign_in
from ristoro.edges.mailboxes.server import Service

def status(name):
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if name in one]
    return int(line.split()[1]) << 10

def sizes(address):
    box = sign_in(Service(sys.argv[1], int(sys.argv[2])), address, sys.argv[3])
    listed = Catalogue.made(Path(address), box, "anna", datetime(2026, 3, 1, tzinfo=UTC))
    for form in Form:
        yield sum(map(len, Export(listed, form).stream(box)))

first = list(sizes(sys.argv[4]))
Path("/proc/self/clear_refs").write_text("5")
before = status("VmRSS")
print(*sizes(sys.argv[5]), status("VmHWM") - before)
"""


def test_a_large_mailbox_passes_through_little_memory(peer: EmbeddedPeer, tmp_path: Path) -> None:
    """The process's resident memory, which grows by less than a sixth of the largest message."""
    few, many = (with_files(peer, count) for count in (20, PLAIN))
    imap = service_of(peer)
    words = [imap.host, str(imap.port), PASSWORD, few, many]
    command = [sys.executable, "-c", MEASURED, *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    maildir, mbox, grown = map(int, done.stdout.split())
    assert min(maildir, mbox) > LARGE + PLAIN * 7000
    assert grown < MOST_MEMORY, grown


def with_files(peer: EmbeddedPeer, count: int) -> str:
    """A mailbox with so many messages of up to 16 kB, and the last of them large."""
    address, home = entered(peer)
    line = b"x" * 76 + b"\r\n"
    for number in range(count):
        path = home / "Maildir" / "cur" / f"16742052{number:05}.M{number}.test:2,S"
        large = number == count - 1 and count == PLAIN
        path.write_bytes(letter(number) + line * (LARGE // 78 if large else number % 208))
        peer.embedded.ground.own(path)
    return address
