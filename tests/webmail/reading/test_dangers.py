"""Files are judged by what they are, and archives are listed and not unpacked."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.mailboxes.dangers import MOST_LISTED, Danger, look
from ristoro.edges.mailboxes.filenames import safe_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def dangers(name: str, content: bytes, declared: str = "application/octet-stream") -> set[Danger]:
    return set(look(safe_name(name, "file"), declared, content).dangers)


def zipped(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def locked(*names: str) -> bytes:
    """A zip whose members say that they are encrypted, in both their headers."""
    content = bytearray(zipped(*names))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def tarred(*names: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return out.getvalue()


FILES = [
    ("a.exe", b"MZ\x90\0" + bytes(60), Danger.PROGRAM),
    ("a.pdf", b"MZ\x90\0" + bytes(60), Danger.PROGRAM),
    ("a", b"\x7fELF" + bytes(60), Danger.PROGRAM),
    ("a.scr", b"", Danger.PROGRAM),
    ("a.jar", zipped("META-INF/MANIFEST.MF"), Danger.PROGRAM),
    ("a.apk", zipped("AndroidManifest.xml"), Danger.PROGRAM),
    ("a.js", b"alert(1)", Danger.SCRIPT),
    ("a", b"#!/bin/sh\nrm", Danger.SCRIPT),
    ("a.ps1", b"x", Danger.SCRIPT),
    ("a.docm", zipped("[Content_Types].xml"), Danger.MACROS),
    ("a.docx", zipped("[Content_Types].xml", "word/vbaProject.bin"), Danger.MACROS),
    ("a.doc", OLE + "_VBA_PROJECT".encode("utf-16le"), Danger.MACROS),
    ("a.one", b"x", Danger.MACROS),
    ("a.html", b"Ciao", Danger.PAGE),
    ("a.txt", b"<!doctype html><p>", Danger.PAGE),
    ("a.txt", b"\xef\xbb\xbf \r\n<script>alert(1)</script>", Danger.PAGE),
    ("a.txt", "\ufeff<html>".encode("utf-16le"), Danger.PAGE),
    ("a.xhtml", b"x", Danger.PAGE),
    ("a.svg", b"x", Danger.DRAWING),
    ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Danger.DRAWING),
    ("a.iso", b"x", Danger.DISK),
    ("a.bin", bytes(32769) + b"CD001", Danger.DISK),
    ("a.lnk", b"x", Danger.SHORTCUT),
    ("a.pdf", b"L\0\0\0\x01\x14\x02\0" + bytes(60), Danger.SHORTCUT),
    ("a.url", b"[InternetShortcut]\r\nURL=file://a", Danger.SHORTCUT),
    ("a.zip", locked("a.txt"), Danger.LOCKED),
    ("a.zip", b"PK\x03\x04" + bytes(30), Danger.LOCKED),
    ("a.pdf", b"%PDF-1.7\n/Encrypt 5 0 R", Danger.LOCKED),
    ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16le"), Danger.LOCKED),
    ("a.eml", b"From: a", Danger.MESSAGE),
    ("a.zip", zipped("a.txt", "b/fattura.exe"), Danger.PROGRAM_INSIDE),
    ("a.tar", tarred("a.txt", "b.lnk"), Danger.PROGRAM_INSIDE),
    ("a.png", b"%PDF-1.4\n", Danger.OTHER_TYPE),
    ("a.pdf", PNG, Danger.OTHER_TYPE),
    ("fattura.pdf.exe", b"x", Danger.TWO_ENDINGS),
    ("foto.jpg.html", b"x", Danger.TWO_ENDINGS),
    ("a\u202egpj.exe", b"x", Danger.DISGUISED),
    ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(60), Danger.BUNDLE),
]


@pytest.mark.parametrize(("name", "content", "danger"), FILES)
def test_a_dangerous_file_is_warned_of(name: str, content: bytes, danger: Danger) -> None:
    assert danger in dangers(name, content)


HARMLESS = [
    ("foto.png", PNG, "image/png"),
    ("foto.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(60), "image/jpeg"),
    ("fattura.pdf", b"%PDF-1.4\n%%EOF", "application/pdf"),
    ("note.txt", b"Ciao, 3 < 4", "text/plain"),
    ("tabella.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "application/zip"),
    ("foto.zip", zipped("a.jpg", "b.jpg"), "application/zip"),
    ("verbale.12.05.2023.pdf", b"%PDF-1.4\n", "application/pdf"),
]


@pytest.mark.parametrize(("name", "content", "declared"), HARMLESS)
def test_a_harmless_file_is_not_warned_of(name: str, content: bytes, declared: str) -> None:
    assert dangers(name, content, declared) == set()


def test_an_archive_is_listed_by_safe_names() -> None:
    found = look(safe_name("a.zip", "f"), "", zipped("../../a.txt", "b\u202etxt.exe"))
    assert found.members == ("a.txt", "btxt.exe")


def test_a_large_archive_is_listed_in_part_and_counted_whole() -> None:
    found = look(safe_name("a.zip", "f"), "", zipped(*(f"{n}.txt" for n in range(500))))
    assert (len(found.members), found.member_count) == (MOST_LISTED, 500)


def test_an_archive_that_would_fill_a_disk_is_never_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(50_000_000))
    assert look(safe_name("a.zip", "f"), "", out.getvalue()).members == ("a.txt",)


@given(
    st.sampled_from([b"", b"PK\x03\x04", b"<", b"%PDF-", b"\x89PNG", bytes(257) + b"ustar"]),
    st.binary(max_size=400),
)
@settings(max_examples=200, deadline=None)
def test_there_is_a_judgement_of_any_octets(mark: bytes, rest: bytes) -> None:
    look(safe_name("a.zip", "f"), "", mark + rest)
