"""The page of a message on a real mailbox: its frame, files, source, pictures and neighbours."""

from __future__ import annotations

import base64
import hashlib
import imaplib
import tracemalloc
from typing import Any

import pytest
from tests.mailboxes.conftest import letter
from tests.webmail.conftest import Reader, fill
from tests.webmail.reading.corpus import HOSTILE, NAMES
from tests.webmail.reading.forgeries import from_stranger, page_from_stranger

from ristoro.edges.mailboxes import pictures
from ristoro.faces.webmail import places
from ristoro.faces.webmail.reading import distant

pytestmark = pytest.mark.host

HTML = (
    b"From: Anna <anna@shop.example>\r\nTo: a@libero.it\r\nSubject: Offerta\r\n"
    b"Message-ID: <1@shop.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p style='color:red'>Ciao</p><img src='https://shop.example/1.png'>"
    b"<a href='https://evil.example/'>www.libero.it</a><script>alert(1)</script>\r\n"
)
FILES = (
    b'From: Anna <anna@shop.example>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nEcco https://example.org/a.\r\n"
    b"--b\r\nContent-Type: text/plain; name=n.txt\r\nContent-Disposition: attachment\r\n\r\nno\r\n"
    b"--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=p.html\r\n\r\n"
    b"<script>alert(1)</script>\r\n--b--\r\n"
)


def large(content: bytes) -> bytes:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return (
        b"From: a@b.example\r\nSubject: Grande\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Ecco</p>\r\n"
        b"--b\r\nContent-Disposition: attachment; filename=grande.bin\r\n"
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encoded
        + b"\r\n--b--\r\n"
    )


def put(reader: Reader, stored: bytes) -> str:
    """The address of a message that is put into the inbox."""
    uid = reader.box.append("INBOX", stored)
    assert uid is not None
    return places.message("INBOX", reader.box.uids("INBOX")[0], uid)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_a_page_is_shown_in_a_frame_that_may_do_nothing(reader: Reader) -> None:
    place = put(reader, HTML)
    page = text(reader.get(place))
    assert f'src="{place}corpo/" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<script>alert" not in page
    frame = reader.get(f"{place}corpo/")
    assert "sandbox allow-popups" in frame["Content-Security-Policy"]
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert "script-src" not in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert '<p style="color:red">Ciao</p>' in text(frame)
    assert "alert" not in text(frame)


def test_a_link_that_names_another_place_is_warned_of(reader: Reader) -> None:
    page = text(reader.get(put(reader, HTML)))
    assert "<strong><bdi>evil.example</bdi></strong>" in page
    assert "Il testo nomina un posto diverso" in page


def test_a_page_is_shown_as_text_when_asked(reader: Reader) -> None:
    page = text(reader.get(f"{put(reader, HTML)}?testo"))
    assert "<iframe" not in page
    assert "Ciao" in page


def test_the_frame_opened_by_itself_leads_to_the_message(reader: Reader) -> None:
    place = put(reader, HTML)
    answer = reader.get(f"{place}corpo/", headers={"sec-fetch-dest": "document"})
    assert (answer.status_code, answer["location"]) == (303, place)


@pytest.mark.parametrize("scope", ["messaggio", "mittente", "dominio"])
def test_pictures_come_by_us_once_they_are_allowed(reader: Reader, scope: str) -> None:
    place = put(reader, HTML)
    assert "shop.example/1.png" not in text(reader.get(f"{place}corpo/"))
    answer = reader.post(f"{place}immagini/", page=place, per=scope)
    assert (answer.status_code, answer["location"]) == (303, place)
    frame = reader.get(f"{place}corpo/")
    assert "/posta/immagini/" in text(frame)
    assert "shop.example/1.png" not in text(frame)
    assert "img-src data: http://testserver/posta/immagini/;" in frame["Content-Security-Policy"]


def test_pictures_are_not_allowed_by_a_get(reader: Reader) -> None:
    assert reader.get(f"{put(reader, HTML)}immagini/?per=mittente").status_code == 405


def test_what_is_allowed_for_one_sender_is_not_for_another(reader: Reader) -> None:
    place = put(reader, HTML)
    reader.post(f"{place}immagini/", page=place, per="mittente")
    other = put(reader, HTML.replace(b"anna@", b"carla@").replace(b"<1@", b"<2@"))
    assert "/posta/immagini/" not in text(reader.get(f"{other}corpo/"))


def test_a_picture_is_only_fetched_by_a_token_of_ours(reader: Reader) -> None:
    assert reader.get("/posta/immagini/https:example.org").status_code == 404


def test_a_message_stays_unread_until_it_is_said_to_be_read(reader: Reader) -> None:
    place = put(reader, HTML)
    reader.get(place)
    (row,) = reader.box.page("INBOX").rows
    assert not row.seen
    assert reader.post(f"{place}letto/", page=place).status_code == 303
    (row,) = reader.box.page("INBOX").rows
    assert row.seen


def test_files_are_kept_and_not_opened(reader: Reader) -> None:
    place = put(reader, FILES)
    page = text(reader.get(place))
    assert "p.html" in page
    assert 'href="https://example.org/a"' in page
    answer = reader.get(f"{place}allegato/3/?apri")
    assert (
        answer["Content-Disposition"] == "attachment; filename=\"p.html\"; filename*=UTF-8''p.html"
    )
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert reader.get(f"{place}allegato/9/").status_code == 404


def test_the_source_is_had_as_it_is_stored(reader: Reader) -> None:
    answer = reader.get(f"{put(reader, HTML)}sorgente/")
    assert b"".join(answer.streaming_content) == HTML
    assert answer["Content-Disposition"].startswith("attachment")
    looked_at = reader.get(f"{put(reader, HTML)}sorgente/?apri")
    assert looked_at.content == HTML
    assert looked_at["Content-Type"] == "text/plain; charset=utf-8"
    assert looked_at["X-Content-Type-Options"] == "nosniff"


def test_neighbours_are_found_and_the_ends_lead_to_the_list(reader: Reader) -> None:
    fill(reader.box, 3)
    validity, uids = reader.box.uids("INBOX")
    first, middle, last = (places.message("INBOX", validity, uid) for uid in uids)
    assert reader.get(f"{middle}prima/")["location"] == last
    assert reader.get(f"{middle}dopo/")["location"] == first
    assert reader.get(f"{last}prima/")["location"] == "/posta/"
    assert reader.get(f"{first}dopo/")["location"] == "/posta/"


def test_a_message_is_opened_by_two_commands(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so is its frame, and whatever its size; its conversation is asked for when it shows."""
    places_of = [put(reader, HTML), put(reader, FILES), put(reader, large(b"x" * 9_000_000))]
    reader.get("/posta/")
    sent: list[str] = []
    plain = imaplib.IMAP4._command  # type: ignore[attr-defined]

    def counted(self: Any, name: str, *args: Any) -> Any:
        sent.append(name)
        return plain(self, name, *args)

    monkeypatch.setattr(imaplib.IMAP4, "_command", counted)
    for place in places_of:
        for page in (place, f"{place}corpo/", f"{place}stampa/", f"{place}?testo"):
            sent.clear()
            assert reader.get(page).status_code == 200
            assert len(sent) <= 2, (page, sent)


def test_a_large_file_is_handed_on_in_pieces(reader: Reader) -> None:
    content = bytes(range(256)) * (12 << 12)
    place = put(reader, large(content))
    page = text(reader.get(place))
    assert "grande.bin" in page
    assert "12 MB" in page
    answer = reader.get(f"{place}allegato/2/")
    kept = hashlib.sha256()
    tracemalloc.start()
    try:
        for piece in answer.streaming_content:
            kept.update(piece)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.digest() == hashlib.sha256(content).digest()
    assert most < 8 << 20
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_conversation_is_listed_with_this_message_in_it(reader: Reader) -> None:
    first = put(reader, letter(1))
    second = put(reader, letter(2, subject="Re: Messaggio 1", references="<1@example.org>"))
    alone = put(reader, letter(3))
    for place in (first, second):
        page = text(reader.get(f"{place}conversazione/"))
        assert (f'href="{first}"' in page, f'href="{second}"' in page) == (True, True)
        assert "2 messaggi in questa conversazione" in page
    assert text(reader.get(f"{alone}conversazione/?frammento=1")).strip() == ""
    assert f'href="{first}conversazione/"' in text(reader.get(first))


def test_a_message_is_printed_as_contained_as_in_its_frame(reader: Reader) -> None:
    answer = reader.get(f"{put(reader, HTML)}stampa/")
    page = text(answer)
    assert "Offerta" in page
    assert "anna@shop.example" in page
    assert '<p style="color:red">Ciao</p>' in page
    assert "alert" not in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox allow-popups" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]


def test_what_looks_like_our_letter_is_warned_of_and_its_links_are_dead(reader: Reader) -> None:
    forged = page_from_stranger(
        '<h1>Conferma</h1><a href="https://evil.example/">ristoro</a><img src="http://e.example/">',
        name="Libero Mail",
    )
    place = put(reader, forged)
    page = text(reader.get(place))
    assert "Questo non è un avviso di Libero Mail, anche se gli somiglia" in page
    assert page.index('class="false"') < page.index('id="subject"')
    assert 'class="seal"' not in page
    assert "per=" not in page
    assert "mittente" not in page.partition("</h1>")[2].partition("<iframe")[0].lower()
    reader.post(f"{place}immagini/", page=place, per="mittente")
    frame = text(reader.get(f"{place}corpo/"))
    assert "evil.example" not in frame
    assert "<img" not in frame or "src=" not in frame
    plain = put(
        reader, from_stranger("Libero Mail", "a@evil.example", words="https://evil.example/")
    )
    assert 'href="https://evil.example' not in text(reader.get(plain))


def test_a_subject_that_says_it_is_the_seal_stands_below_it(reader: Reader) -> None:
    subject = "Questo è un avviso autentico di Libero Mail ✔ " * 200
    page = text(reader.get(put(reader, from_stranger("Anna", "a@example.org", words=subject))))
    assert 'class="seal"' not in page
    overlong = f"Subject: {subject}\r\nFrom: a@example.org\r\n\r\nCiao\r\n".encode()
    page = text(reader.get(put(reader, overlong)))
    assert page.count("avviso autentico") < 20
    assert 'class="seal"' not in page


def test_pictures_are_forbidden_again(reader: Reader) -> None:
    place = put(reader, HTML)
    reader.post(f"{place}immagini/", page=place, per="dominio")
    assert "Non mostrare più le immagini esterne" in text(reader.get(place))
    reader.post(f"{place}immagini/", page=place, per="nessuno")
    assert "/posta/immagini/" not in text(reader.get(f"{place}corpo/"))


def test_where_answers_go_elsewhere_is_said(reader: Reader) -> None:
    stored = b"From: Anna <a@b.example>\r\nReply-To: c@d.example\r\nSubject: x\r\n\r\nCiao\r\n"
    page = text(reader.get(put(reader, stored)))
    assert "<strong><bdi>c@d.example</bdi></strong>" in page


def test_what_can_be_done_to_a_message_is_there_without_script(reader: Reader) -> None:
    place = put(reader, HTML)
    keys = {"folder": "INBOX", "uidvalidity": place.split("/")[3].split("-")[0], "uid": "1"}
    answer = reader.post("/posta/agisci/", page=place, act="star", next=place, **keys)
    assert answer["location"] == place
    assert reader.box.page("INBOX").rows[0].flagged
    assert 'value="unstar" data-key="s"' in text(reader.get(place))
    page = text(reader.get(place))
    for key in "rfe#!sUujkI":
        assert f'data-key="{key}"' in page, key


@pytest.mark.parametrize(("folder", "there"), [("Trash", "remove"), ("Junk", "Non è indesider")])
def test_a_message_is_treated_as_its_folder_is_for(reader: Reader, folder: str, there: str) -> None:
    uid = reader.box.append(folder, HTML)
    assert uid is not None
    page = text(reader.get(places.message(folder, reader.box.uids(folder)[0], uid)))
    assert there in page
    assert 'data-key="!"' not in page


def test_a_page_is_in_the_holders_language(reader: Reader) -> None:
    page = text(reader.get(put(reader, FILES)))
    for word in ("Rispondi", "Inoltra", "Archivia", "Altro", "allegati", "Stampa", "a te"):
        assert word in page, word
    assert '<time datetime="' in page


def test_a_message_that_is_gone_is_said_to_be(reader: Reader) -> None:
    assert reader.get(places.message("INBOX", 1, 1)).status_code == 404


def test_every_hostile_mail_has_a_page_and_a_frame(reader: Reader) -> None:
    for path in HOSTILE[::6]:
        place = put(reader, path.read_bytes())
        assert reader.get(place).status_code == 200, path.stem
        assert reader.get(f"{place}corpo/").status_code == 200, path.stem
    assert len(NAMES) == len(HOSTILE)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("::1", "::ffff:127.0.0.1", "::127.0.0.1", "fe80::1%eth0", "fc00::1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "224.0.0.1", "255.255.255.255", "240.0.0.1", "not an address"),
    ],
)
def test_no_picture_is_fetched_from_a_place_that_is_not_public(address: str) -> None:
    assert not pictures.is_public(address)
    with pytest.raises(pictures.NotFetched):
        pictures.fetch("http://pictures.example/", lambda host, port: [address])


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://a.example/", "http://a.example:22/", "http://u@a.example/"),
        *("//a.example/", "http:///", "http://a.example:x/", "gopher://a.example/"),
    ],
)
def test_only_plain_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(pictures.NotFetched):
        pictures.fetch(url, lambda host, port: ["93.184.216.34"])


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(pictures.NotFetched):
        pictures.public_address("a.example", 80, lambda host, port: ["93.184.216.34", "10.0.0.1"])


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(30)])
def test_what_is_no_picture_is_not_handed_on(content: bytes) -> None:
    assert distant.drawn_again(content) is None
