"""Documents by what their bytes are, kept so that the disk alone tells nothing; and scanned."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.test_filing import NOW, begun
from tests.databases import Database

from ristoro.claims import documents, scanning
from ristoro.claims.documents import JPEG, MESSAGE, PDF, PNG, TEXT, Sent
from ristoro.claims.models import Document
from ristoro.edges.scanners.clamd import CHUNK, Clamd, place_of, read_answer
from ristoro.edges.scanners.contract import Scan, Verdict
from ristoro.edges.scanners.opening import SETTING, scanner_of
from ristoro.env import Environment
from ristoro.kernel.errors import BadInput, Missing, NotAllowed

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000154a24f6a0000000049454e44ae426082"
)
LETTER = b"From: <a@example.it>\r\nDate: Mon, 23 Jan 2023 10:00:00 +0100\r\n\r\nCiao\r\n"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...\n%%EOF\n", PDF),
        (b"%PDF-1.7 cut off", None),
        (PIXEL, PNG),
        (b"\x89PNG\r\n\x1a\nand nothing of a picture", None),
        (b"\xff\xd8\xff\xe0 no picture either", None),
        ("perché sì, già".encode(), TEXT),
        ("perché".encode("latin-1"), None),
        (LETTER, MESSAGE),
        (b"Da: qualcuno\nOggetto: niente\n\nciao", TEXT),
        (b"  \n<!DOCTYPE html><script>alert(1)</script>", None),
        (b"<svg onload=alert(1)>", None),
        (b"#!/bin/sh\nrm -rf /", None),
        (b"MZ\x90\x00\x03", None),
        (b"PK\x03\x04", None),
        (b"text with a \x00 in it", None),
        (b"   \n", None),
    ],
)
def test_the_bytes_say_what_a_document_is(data: bytes, kind: str | None) -> None:
    assert documents.kind_of(data) == kind


def test_a_photograph_is_a_jpeg(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "photo.bin"
    image.new("RGB", (8, 8)).save(path, "JPEG")
    assert documents.kind_of(path.read_bytes()) == JPEG


@given(st.binary(max_size=200))
def test_any_bytes_are_of_a_known_kind_or_of_none(data: bytes) -> None:
    assert documents.kind_of(data) in (*documents.KINDS, None)


def test_a_document_lies_encrypted_and_comes_back_as_it_was(
    database: Database, tmp_path: Path
) -> None:
    claim, home = begun(), tmp_path / "home"
    kept = documents.add(claim, Sent("C:\\a\u202efdp.exe", LETTER), home, None, NOW)
    assert kept.scan == "not-scanned"
    assert "\u202e" not in kept.name
    assert "\\" not in kept.name
    [stored] = [path for path in home.rglob("*") if path.is_file()]
    assert stored.name == kept.sealed
    assert b"Ciao" not in stored.read_bytes()
    kept.refresh_from_db()
    assert documents.read(kept, home) == LETTER
    again = documents.add(claim, Sent("other name", LETTER), home, None, NOW)
    assert again.pk == kept.pk
    stored.write_bytes(stored.read_bytes()[:-1] + b"!")
    with pytest.raises(BadInput, match="document-lost"):
        documents.read(kept, home)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document-empty"),
        (b"a" * (documents.MOST_BYTES + 1), "document-too-big"),
        (b"PK\x03\x04", "document-type"),
    ],
)
def test_what_is_not_taken_leaves_nothing(
    database: Database, tmp_path: Path, data: bytes, code: str
) -> None:
    with pytest.raises(BadInput, match=code):
        documents.add(begun(), Sent("a.pdf", data), tmp_path / "home", None, NOW)
    assert not Document.objects.exists()
    assert not (tmp_path / "home").exists()


def test_so_many_and_so_much_of_one_claim(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "ALL_BYTES", 25)
    claim = begun()
    documents.add(claim, Sent("a", b"twenty bytes of text"), tmp_path, None, NOW)
    with pytest.raises(BadInput, match="documents-too-big"):
        documents.add(claim, Sent("b", b"too many"), tmp_path, None, NOW)
    monkeypatch.setattr(documents, "MOST", 1)
    with pytest.raises(BadInput, match="documents-too-many"):
        documents.add(claim, Sent("b", b"b"), tmp_path, None, NOW)


@contextmanager
def daemon(answer: bytes, place: Path | None = None) -> Iterator[tuple[Clamd, list[bytes]]]:
    """A peer that speaks clamd's part of INSTREAM once, on a real socket; what it was sent."""
    taken: list[bytes] = []
    family = socket.AF_INET if place is None else socket.AF_UNIX
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(("127.0.0.1", 0) if place is None else str(place))
        server.listen()
        thread = threading.Thread(target=_serve, args=(server, answer, taken))
        thread.start()
        at = place if place is not None else ("127.0.0.1", server.getsockname()[1])
        try:
            yield Clamd(at, seconds=5), taken
        finally:
            thread.join()


def _serve(server: socket.socket, answer: bytes, taken: list[bytes]) -> None:
    line, _ = server.accept()
    with line, line.makefile("rb") as told:
        assert told.read(10) == b"zINSTREAM\0"
        while size := int.from_bytes(told.read(4)):
            taken.append(told.read(size))
        line.sendall(answer)


def test_clamd_is_asked_by_its_own_protocol(tmp_path: Path) -> None:
    data = bytes(range(256)) * 600  # more than two chunks
    with daemon(b"stream: OK\0") as (clamd, taken):
        assert clamd.scan(data) == Scan(Verdict.CLEAN)
    assert b"".join(taken) == data
    assert max(map(len, taken)) <= CHUNK
    with daemon(b"stream: Eicar-Test-Signature FOUND\0", tmp_path / "s") as (clamd, taken):
        assert clamd.scan(EICAR) == Scan(Verdict.HARMFUL, "Eicar-Test-Signature")
    assert taken == [EICAR]


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK? FOUNDLING\0", b"OK\0"]
)
def test_an_answer_that_says_nothing_is_no_verdict(answer: bytes) -> None:
    assert read_answer(answer).verdict is Verdict.FAILED


def test_what_is_harmful_or_cannot_be_scanned_is_not_kept(
    database: Database, tmp_path: Path
) -> None:
    claim = begun()
    with (
        daemon(b"stream: Eicar-Test-Signature FOUND\0") as (clamd, _taken),
        pytest.raises(BadInput, match=scanning.HARMFUL),
    ):
        documents.add(claim, Sent("a.txt", EICAR), tmp_path, clamd, NOW)
    with pytest.raises(NotAllowed, match=scanning.UNSCANNED):
        documents.add(claim, Sent("a.txt", b"a"), tmp_path, Clamd(tmp_path / "none"), NOW)
    assert not Document.objects.exists()
    with daemon(b"stream: OK\0") as (clamd, _taken):
        kept = documents.add(claim, Sent("a.txt", b"a"), tmp_path, clamd, NOW)
    assert kept.scan == "clean"


def test_the_scanner_is_that_of_the_setting() -> None:
    assert scanner_of(Environment({})) is None
    assert scanner_of(Environment({SETTING: "/run/clamd.ctl"})) == Clamd(Path("/run/clamd.ctl"))
    assert place_of("scanner.example") == ("scanner.example", 3310)
    assert place_of("10.0.0.5:99") == ("10.0.0.5", 99)
    for wrong in ("host:port", ":", "host:70000"):
        with pytest.raises(Missing, match=SETTING):
            scanner_of(Environment({SETTING: wrong}))
