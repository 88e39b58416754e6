"""Taking messages apart: what is in them is found, and nothing in them costs more than its size."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.mailboxes.filenames import LONGEST, disposition, safe_name
from ristoro.edges.mailboxes.message import MOST_PARTS, open_message
from ristoro.edges.mailboxes.texts import text_in


def letter(*parts: str, kind: str = "mixed", header: str = "") -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    text = f'{header}Content-Type: multipart/{kind}; boundary="b"\r\n\r\nprologo\r\n{body}--b--\r\n'
    return text.encode()


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nCiao, perché no?"
PAGE = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Ciao</p>"


def file(field: str, content: str = "x", media: str = "application/pdf") -> str:
    return f"Content-Type: {media}\r\nContent-Disposition: attachment; {field}\r\n\r\n{content}"


def test_text_page_and_files_are_told_apart() -> None:
    opened = open_message(letter(TEXT, PAGE, file('filename="a.pdf"')))
    assert (opened.plain, opened.page) == ("Ciao, perché no?", "<p>Ciao</p>")
    (found,) = opened.files
    assert (found.number, found.name.text, found.media) == ("3", "a.pdf", "application/pdf")


def test_parts_are_numbered_as_in_imap() -> None:
    inner = letter(TEXT, PAGE, kind="alternative").decode().replace("--b", "--c")
    stored = letter(inner.replace('"b"', '"c"'), file("filename=a.pdf"))
    assert [part.number for part in open_message(stored).files] == ["2"]
    assert open_message(stored).plain == "Ciao, perché no?"


def test_a_nested_message_is_a_file_and_not_text() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: a@b.it\r\n\r\nParole di un altro"
    opened = open_message(letter(TEXT, inner))
    assert "Parole" not in opened.plain
    assert opened.files[0].name.text == "part-2.eml"


def test_an_empty_part_between_two_delimiters_is_a_part() -> None:
    stored = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n--b\r\n\r\nciao\r\n--b--'
    assert open_message(stored).plain == "\nciao"


def test_a_message_with_line_feeds_alone_reads_the_same() -> None:
    stored = letter(TEXT, PAGE)
    assert open_message(stored.replace(b"\r\n", b"\n")) == open_message(stored)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", base64.b64encode("perché".encode()).decode()),
        ("base64", "cGVy\r\n!!Y2jD\r\nqQ"),
        ("quoted-printable", "perch=C3=A9"),
        ("8bit", "perché"),
        ("x-unknown", "perché"),
    ],
)
def test_every_transfer_encoding_is_read(encoding: str, content: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}"
    assert open_message(f"{head}\r\n\r\n{content}".encode()).plain == "perché"


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("è".encode("cp1252"), "iso-8859-1", "è"),
        ("è".encode(), "", "è"),
        ("è".encode("cp1252"), "", "è"),
        ("è".encode(), "x-unknown", "è"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (b"\\x3cb", "unicode_escape", "\\x3cb"),
        (b"68656c6c6f", "hex", "68656c6c6f"),
        (b"\xff\xfea\x00", "utf-16", "a"),
        (b"\xe8", "utf-8", "\ufffd"),
    ],
)
def test_octets_are_read_in_a_charset_of_mail(octets: bytes, charset: str, text: str) -> None:
    assert text_in(octets, charset) == text


@pytest.mark.parametrize(
    ("more", "sent", "text"),
    [
        ("", "Ciao \r\nmondo", "Ciao \nmondo"),
        ("; format=flowed", "Ciao \r\nmondo\r\n\r\nAnna", "Ciao mondo\n\nAnna"),
        ("; format=flowed; delsp=yes", "Ci \r\nao", "Ciao"),
        ("; format=flowed", "> Ciao \r\n> mondo \r\nAnna", "> Ciao mondo \nAnna"),
        ("; format=flowed", " From qui \r\nalla\r\n-- \r\nAnna", "From qui alla\n-- \nAnna"),
        ("; format=flowed", ">> a \r\n>> b\r\n> c", ">> a b\n> c"),
    ],
)
def test_lines_that_were_broken_to_be_joined_are_joined(more: str, sent: str, text: str) -> None:
    stored = f"Content-Type: text/plain; charset=utf-8{more}\r\n\r\n{sent}".encode()
    assert open_message(stored).plain == text


NAMES = {
    "fattura.pdf": "fattura.pdf",
    "../../etc/passwd": "passwd",
    "C:\\Windows\\system32\\a.exe": "a.exe",
    "fattura\u202efdp.exe": "fatturafdp.exe",
    "a\u2066b\u2069.txt": "ab.txt",
    "a.txt...": "a.txt",
    "  a .txt  ": "a .txt",
    "a\r\nSet-Cookie: x=1.txt": "aSet-Cookie_ x=1.txt",
    "con.txt": "_con.txt",
    "NUL": "_NUL",
    "...": "part-1",
    "": "part-1",
    "a<b>.html": "a_b_.html",
    "a\u200b\u00ad.pdf": "a.pdf",
    "e\u0300.txt": "\u00e8.txt",
}


@pytest.mark.parametrize("given_name", NAMES)
def test_a_name_is_made_fit_to_save(given_name: str) -> None:
    assert safe_name(given_name, "part-1").text == NAMES[given_name]


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("a" * 500 + ".exe", "x")
    assert (len(name.text), name.extension) == (LONGEST, "exe")


@pytest.mark.parametrize("given_name", ["a\u202egpj.exe", "fattura.pdf" + " " * 40 + ".exe"])
def test_a_name_that_hides_its_extension_is_said_to(given_name: str) -> None:
    name = safe_name(given_name, "x")
    assert name.disguised
    assert name.extension == "exe"


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_name_breaks_a_header_or_leaves_its_folder(given_name: str) -> None:
    name = safe_name(given_name, "file").text
    field = disposition("attachment", name)
    assert field.isascii()
    assert not set("\r\n\0") & set(field)
    assert field.count('"') == 2
    assert not set("/\\") & set(name)
    assert name not in ("", ".", "..")


@pytest.mark.parametrize(
    "field",
    [
        "filename*=UTF-8''perch%C3%A9.pdf",
        "filename*0*=UTF-8''perch; filename*1*=%C3%A9.pdf",
        'filename="=?utf-8?q?perch=C3=A9=2Epdf?="',
        'filename="perché.pdf"',
    ],
)
def test_a_name_is_read_however_it_was_sent(field: str) -> None:
    assert open_message(letter(file(field))).files[0].name.text == "perché.pdf"


def deep(levels: int) -> bytes:
    lines = [f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}' for n in range(levels)]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(deep(3000), id="nested"),
        pytest.param(letter(*[TEXT] * (MOST_PARTS + 50)), id="many parts"),
        pytest.param(letter("Content-Type: text/plain\r\n\r\n" + "a" * 3_000_000), id="long text"),
    ],
)
def test_what_lies_beyond_a_limit_is_left_out_and_said_to_be(stored: bytes) -> None:
    assert open_message(stored).cut


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\r\n",
        b"\n\n\n",
        b"no header at all",
        b"From: " + b"(" * 50_000 + b"\r\n\r\n",
        b"From: " + b"<" * 50_000 + b"\r\n\r\n",
        b"To: " + b"a@b.it," * 30_000 + b"\r\n\r\n",
        b"Content-Type: text/plain; " + b"a*0*=b;" * 30_000 + b"\r\n\r\nx",
        b"Content-Type: text/plain; charset*=''%ff\r\n\r\nx",
        b"Content-Disposition: attachment; filename*1*=x; filename*99999999999999*=y\r\n\r\nx",
        b"Date: Fri, 99 Feb 99999 99:99:99 +9999\r\n\r\nx",
        b"Subject: =?utf-8?b?!!!?= =?x?q?=ff?=\r\n\r\nx",
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n----\r\n',
        b"Content-Transfer-Encoding: base64\r\n\r\nA",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 100_000,
    ],
)
def test_there_is_an_answer_to_any_bytes(stored: bytes) -> None:
    open_message(stored)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_there_is_an_answer_to_bytes_that_nobody_thought_of(tail: bytes) -> None:
    open_message(b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + tail)


def test_every_sender_of_every_from_field_is_known() -> None:
    stored = b"From: A <a@b.it>, c@d.it\r\nFrom: E <e@f.it>\r\n\r\n"
    senders = open_message(stored).header.senders
    assert [person.address for person in senders] == ["a@b.it", "c@d.it", "e@f.it"]
