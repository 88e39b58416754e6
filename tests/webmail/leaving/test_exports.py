"""The whole mailbox downloaded by a browser: in one go, or in pieces after interruptions."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from tests.hosts.embedded import EmbeddedPeer
from tests.webmail.conftest import Reader, browser, fill

pytestmark = [pytest.mark.host, pytest.mark.db]


def links(reader: Reader) -> dict[str, str]:
    text = reader.get("/esporta/").content.decode()
    return {
        form: link for link, form in re.findall(r'href="(/esporta/\w+/casella-(\w+)\.zip)"', text)
    }


@pytest.fixture
def ready(reader: Reader) -> dict[str, str]:
    """A holder with mail, whose list is made."""
    fill(reader.box, 5)
    assert reader.post("/esporta/prepara/", page="/esporta/")["location"] == "/esporta/"
    return links(reader)


def body(response: object) -> bytes:
    try:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    finally:
        response.close()  # type: ignore[attr-defined]


def test_the_page_offers_what_can_be_taken(reader: Reader) -> None:
    answer = reader.get("/esporta/").content.decode()
    assert "Prepara la copia" in answer
    assert "/esporta/trasloco/" in answer


@pytest.mark.parametrize("form", ["maildir", "mbox"])
def test_a_download_is_a_whole_zip(reader: Reader, ready: dict[str, str], form: str) -> None:
    answer = reader.get(ready[form])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(body(answer)))
    assert archive.testzip() is None
    assert {"README.txt", "manifest.csv"} <= set(archive.namelist())


@pytest.mark.parametrize("form", ["maildir", "mbox"])
def test_an_interrupted_download_goes_on(reader: Reader, ready: dict[str, str], form: str) -> None:
    first = reader.get(ready[form])
    start = next(iter(first.streaming_content))[:100]
    first.close()
    headers = {"range": f"bytes={len(start)}-", "if-range": first["ETag"]}
    rest = reader.get(ready[form], headers=headers)
    assert rest.status_code == 206
    whole = body(reader.get(ready[form]))
    assert rest["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert int(rest["Content-Length"]) == len(whole) - 100
    assert start + body(rest) == whole


def test_any_single_range_is_answered(reader: Reader, ready: dict[str, str]) -> None:
    whole = body(reader.get(ready["maildir"]))
    for asked, part in (("0-0", whole[:1]), ("-22", whole[-22:]), ("7-99", whole[7:100])):
        answer = reader.get(ready["maildir"], headers={"range": f"bytes={asked}"})
        assert (answer.status_code, body(answer)) == (206, part)
    beyond = reader.get(ready["maildir"], headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    several = reader.get(ready["maildir"], headers={"range": "bytes=0-1,4-5"})
    assert body(several) == whole


def test_a_rest_of_another_list_is_not_given(reader: Reader, ready: dict[str, str]) -> None:
    other = {"range": "bytes=10-", "if-range": '"another"'}
    assert body(reader.get(ready["maildir"], headers=other)).startswith(b"PK")
    fill(reader.box, 1)
    reader.post("/esporta/prepara/", page="/esporta/")
    assert reader.get(ready["maildir"], headers={"range": "bytes=10-"}).status_code == 412
    assert reader.get(ready["maildir"])["location"] == "/esporta/?cambiata=1"


def test_a_message_that_went_ends_the_download_and_the_page_says_so(
    reader: Reader, ready: dict[str, str]
) -> None:
    uidvalidity, uids = reader.box.uids("INBOX")
    reader.box.remove("INBOX", uidvalidity, uids[:1])
    with pytest.raises(Exception, match="not there any more"):
        body(reader.get(ready["maildir"]))
    assert reader.get(ready["maildir"], headers={"range": "bytes=10-"}).status_code == 412
    page = reader.get("/esporta/").content.decode()
    assert "La tua casella è cambiata" in page
    assert links(reader) == {}


def test_nobody_downloads_what_is_another_holders(
    ready: dict[str, str], webmail: EmbeddedPeer
) -> None:
    other = Reader(browser(), webmail.new_mailbox(1 << 20), None)  # type: ignore[arg-type]
    other.sign_in()
    assert other.get(ready["maildir"])["location"] == "/esporta/?cambiata=1"
    assert browser().get(ready["maildir"])["location"].startswith("/entra/")
