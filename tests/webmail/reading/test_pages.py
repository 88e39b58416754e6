"""The page of a message on a real mailbox: its frame, files, source, pictures and neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from tests.webmail.conftest import Reader, fill
from tests.webmail.reading.corpus import HOSTILE, NAMES

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
