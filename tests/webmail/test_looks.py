"""How the webmail looks and weighs: brands by host name, files that are kept, texts compressed."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from tests.webmail.conftest import Reader, browser, fill

from ristoro.faces.webmail.brands import ink

pytestmark = pytest.mark.host


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("libero.localhost", "Libero Mail"),
        ("virgilio.localhost:8025", "Virgilio Mail"),
        ("testserver", "Libero Mail"),
    ],
)
def test_the_host_name_says_whose_webmail_it_is(
    webmail: Any, monkeypatch: pytest.MonkeyPatch, host: str, name: str
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    page = browser().get("/entra/", headers={"host": host}).content.decode()
    assert f"{name}</a>" in page
    tint = re.search(r'href="(/tinte/[^"]+)"', page)
    assert tint
    colours = Client().get(tint[1])
    assert colours.content.startswith(b":root{--brand:#")
    assert "immutable" in colours["cache-control"]


@pytest.mark.parametrize(
    ("colour", "read"), [("#0a4ea3", "#ffffff"), ("#ffcc00", "#000000"), ("#757575", "#ffffff")]
)
def test_words_on_a_brand_s_colour_can_be_read(colour: str, read: str) -> None:
    assert ink(colour) == read


def test_files_are_kept_for_good_at_addresses_that_say_what_is_in_them() -> None:
    address = static("posta.css")
    answer = Client().get(address, headers={"accept-encoding": "gzip"})
    assert re.fullmatch(r"/static/[0-9a-f]{12}/posta.css", address)
    assert "immutable" in answer["cache-control"]
    assert answer["content-encoding"] == "gzip"
    found = finders.find("posta.css")
    assert found is not None
    with open(found, "rb") as file:
        assert gzip.decompress(b"".join(answer)) == file.read()


def test_a_page_is_compressed_for_who_takes_it_so(reader: Reader) -> None:
    fill(reader.box, 30)
    plain = reader.get("/posta/")
    packed = reader.get("/posta/", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain
    assert packed["content-encoding"] == "gzip"
    assert len(packed.content) * 5 < len(plain.content)
    assert "Messaggio 30" in gzip.decompress(packed.content).decode()


def test_a_list_weighs_few_bytes_a_row(reader: Reader) -> None:
    fill(reader.box, 50)
    page = reader.get("/posta/", headers={"accept-encoding": "gzip"})
    assert len(page.content) < 9_000
