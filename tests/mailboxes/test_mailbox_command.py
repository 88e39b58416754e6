"""The command that exports and moves a mailbox."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import letter, service_of
from tests.mailboxes.test_export import contents, filled
from typer.testing import CliRunner

from ristoro import wiring
from ristoro.cli import mailbox
from ristoro.cli.program import program
from ristoro.edges.mailboxes.contract import Mailbox
from ristoro.edges.mailboxes.export import Export
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.server import Holders

pytestmark = pytest.mark.host


@pytest.fixture
def full(
    box: ImapMailbox, peer: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> ImapMailbox:
    filled(box)
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(mailbox.OWN, PASSWORD)
    monkeypatch.setenv(mailbox.OTHER, PASSWORD)
    monkeypatch.setattr(wiring, "holders", lambda environment: Holders(service_of(peer)))
    monkeypatch.setattr(
        mailbox, "service_elsewhere", lambda host, reach, starttls: service_of(peer)
    )
    return box


def run(*words: str) -> str:
    result = CliRunner().invoke(program(), ["mailbox", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_mailbox_is_exported(full: ImapMailbox, tmp_path: Path) -> None:
    out = tmp_path / "anna.zip"
    assert "5 messages" in run("export", full.address, "--out", str(out))
    assert zipfile.ZipFile(out).testzip() is None
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("anna.zip*")] == ["anna.zip"]


def test_a_whole_file_is_not_written_over(full: ImapMailbox, tmp_path: Path) -> None:
    out = tmp_path / "anna.zip"
    out.write_bytes(b"x")
    result = CliRunner().invoke(program(), ["mailbox", "export", full.address, "--out", str(out)])
    assert "is there already" in str(result.exception)
    assert out.read_bytes() == b"x"


@pytest.mark.parametrize("form", ["maildir", "mbox"])
def test_an_interrupted_export_goes_on_where_it_was(
    full: ImapMailbox, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "anna.zip"
    words = ["mailbox", "export", full.address, "--out", str(out), "--format", form]
    begins: list[int] = []

    def cut(export: Export, box: Mailbox, first: int = 0) -> Iterator[bytes]:
        begins.append(first)
        parts = stream(export, box, first)
        if len(begins) < 4:
            yield from itertools.islice(parts, 3)
            raise KeyboardInterrupt
        yield from parts

    stream = Export.stream
    monkeypatch.setattr(Export, "stream", cut)
    for _ in range(3):
        assert CliRunner().invoke(program(), words).exit_code != 0
        assert not out.exists()
    full.append("INBOX", letter(9))
    assert "5 messages" in run(*words[1:])
    assert begins == sorted(set(begins))
    archive = zipfile.ZipFile(out)
    assert archive.testzip() is None
    assert "manifest.csv" in archive.namelist()


def test_a_mailbox_that_changed_under_an_export_is_listed_anew(
    full: ImapMailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "anna.zip"
    words = ["mailbox", "export", full.address, "--out", str(out)]
    with monkeypatch.context() as patch:
        patch.setattr(Export, "stream", lambda *_: iter([b"PK", 1]))
        assert CliRunner().invoke(program(), words).exit_code != 0
    uidvalidity, uids = full.uids("INBOX")
    full.remove("INBOX", uidvalidity, uids[:1])
    assert "not there any more" in str(CliRunner().invoke(program(), words).exception)
    assert "4 messages" in run(*words[1:])
    assert zipfile.ZipFile(out).testzip() is None


def test_a_mailbox_is_moved(full: ImapMailbox, peer: EmbeddedPeer) -> None:
    other = sign_in(service_of(peer), peer.new_mailbox(100 << 20), PASSWORD)
    to = ("--to", other.address, "--host", "imap.example.org")
    for _ in range(2):
        assert "5 of 5 messages" in run("move", full.address, *to)
    assert contents(other) == contents(full)
    other.close()


def test_nobody_to_ask_for_a_password_is_said(
    full: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(mailbox.OWN)
    result = CliRunner().invoke(program(), ["mailbox", "export", full.address, "--out", "x.zip"])
    assert "nobody to ask" in str(result.exception)
