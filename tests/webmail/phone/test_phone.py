"""The installed webmail as its server makes it: manifest, icons, worker, keys, subscriptions."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from tests.hosts.embedded import EmbeddedPeer
from tests.push.browser import Browser
from tests.webmail.conftest import FIRST, Reader, browser, fill

from ristoro.edges.push.vapid import from_url, in_url
from ristoro.faces.webmail import brands
from ristoro.faces.webmail.phone import icons, keeping
from ristoro.faces.webmail.phone.worker import shell
from ristoro.faces.webmail.session import LONGEST
from ristoro.kernel import clock
from ristoro.notices.push import subscriptions
from ristoro.notices.push.models import PushSubscription

pytestmark = pytest.mark.host


def manifest(client: Client, host: str = "localhost") -> dict[str, Any]:
    answer = client.get("/telefono/manifesto-it.webmanifest", headers={"host": host})
    assert answer["content-type"] == "application/manifest+json"
    told: dict[str, Any] = json.loads(answer.content)
    return told


def test_the_manifest_lets_a_phone_install_the_webmail(visitor: Reader) -> None:
    told = manifest(visitor.client)
    assert told["id"] == told["start_url"] == "/posta/"
    assert (told["name"], told["lang"], told["display"]) == ("Libero Mail", "it", "standalone")
    assert [one["url"] for one in told["shortcuts"]] == ["/ristoro/", "/posta/scrivi/"]
    assert [one["name"] for one in told["shortcuts"]] == ["Il mio ristoro", "Nuovo messaggio"]
    for one in told["icons"]:
        answer = visitor.client.get(one["src"])
        assert "immutable" in answer["cache-control"]
        picture = Image.open(BytesIO(answer.content))
        assert "{}x{}".format(*picture.size) == one["sizes"]


def test_each_brand_has_its_own_name_and_icons(visitor: Reader, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    libero = manifest(visitor.client, "mail.libero.it")
    virgilio = manifest(visitor.client, "mail.virgilio.it")
    assert (libero["name"], virgilio["name"]) == ("Libero Mail", "Virgilio Mail")
    assert libero["icons"] != virgilio["icons"]


def test_a_maskable_icon_is_filled_and_a_plain_one_has_round_corners() -> None:
    masked = Image.open(BytesIO(icons.drawn("#0a4ea3", "maskable-192")))
    plain = Image.open(BytesIO(icons.drawn("#0a4ea3", "192")))
    assert masked.mode == "RGB"
    assert masked.getpixel((0, 0)) == (10, 78, 163)
    assert plain.getpixel((0, 0))[3] == 0  # type: ignore[index]
    middle = [plain.getpixel((x, 100)) for x in range(192)]
    assert (255, 255, 255, 255) in middle
    ring = [masked.getpixel((x, y)) for x in range(192) for y in (0, 18, 173, 191)]
    assert set(ring) == {(10, 78, 163)}, "the mark stays within the safe zone"


def test_a_picture_that_cannot_be_drawn_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'A'"):
        list(icons.outline("M1 1A2 2 0 0 1 3 3"))


@pytest.mark.parametrize("path", ["libero-000000000000/192", "nobody-000000000000/192"])
def test_an_icon_that_is_not_there_is_not_found(visitor: Reader, path: str) -> None:
    assert visitor.client.get(f"/telefono/icone/{path}.png").status_code == 404


def test_the_worker_may_work_for_the_whole_webmail_and_is_never_stale(visitor: Reader) -> None:
    answer = visitor.client.get("/telefono/lavora.js")
    assert answer["service-worker-allowed"] == "/"
    assert answer["content-type"].startswith("text/javascript")
    assert "no-store" in answer["cache-control"]
    assert "default-src 'none'" in answer["content-security-policy"]
    told = json.loads(re.search(r"^const SHELL = (.+);$", answer.content.decode(), re.M)[1])  # type: ignore[index]
    assert tuple(told["assets"]) == shell(next(iter(brands.known().values())))
    for address in told["assets"]:
        if not address.startswith("/static/"):
            assert visitor.client.get(address).status_code == 200, address


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_page_without_a_network_names_nobody(reader: Reader, lang: str) -> None:
    text = reader.get(f"/telefono/senza-rete/{lang}/").content.decode()
    assert f'lang="{lang}"' in text
    assert reader.address not in text
    assert "csrfmiddlewaretoken" not in text


def key_of(client: Client) -> str:
    """The key that the phone's cookie has."""
    return str(client.cookies["telefono"].value)


def test_the_key_follows_from_the_session_and_is_told_to_nobody_else(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    first = reader.get("/telefono/chiave/")
    assert "no-store" in first["cache-control"]
    assert first["cross-origin-resource-policy"] == "same-origin"
    key = key_of(reader.client)
    assert len(from_url(key)) == 32
    assert key not in first.content.decode()
    reader.get("/telefono/chiave/")
    assert key_of(reader.client) == key
    again = browser()
    other = Reader(again, reader.address, reader.box)
    other.sign_in()
    other.get("/telefono/chiave/")
    assert key_of(again) != key
    assert browser().get("/telefono/chiave/").status_code == 303
    foreign = reader.get("/telefono/chiave/", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 302


def test_the_key_ends_with_the_session_and_goes_to_this_site_alone(reader: Reader) -> None:
    told = reader.get("/telefono/chiave/").json()
    cookie = reader.client.cookies["telefono"]
    assert cookie["samesite"] == "Strict"
    assert 0 < int(cookie["max-age"]) <= LONGEST.total_seconds()
    left = told["ends"] / 1_000 - clock.now().timestamp()
    assert abs(left - int(cookie["max-age"])) < 10


def test_a_browser_remembers_whose_choice_it_was_without_the_address(reader: Reader) -> None:
    page = reader.get("/telefono/").content.decode()
    mark = re.search(r'data-telefono="([^"]*)"', page)
    assert mark is not None
    assert mark[1] == keeping.mark_of(reader.address)
    assert mark[1] != keeping.mark_of("other@libero.it")
    assert 'data-telefono=""' in browser().get("/entra/").content.decode()


def test_after_sign_out_there_is_no_key(reader: Reader) -> None:
    cookie = reader.client.cookies["posta"].value
    answer = reader.post("/esci/")
    assert '"storage"' in answer["clear-site-data"]
    reader.client.cookies["posta"] = cookie
    assert reader.get("/telefono/chiave/").status_code == 303


def test_the_newest_messages_are_worth_keeping(reader: Reader) -> None:
    fill(reader.box, 25)
    pages = reader.get("/telefono/da-tenere/").json()["pages"]
    assert pages[:2] == ["/posta/", "/ristoro/"]
    assert len(pages) == 22
    assert all(re.fullmatch(r"/posta/arrivo/\d+-\d+/", one) for one in pages[2:])


def subscription(endpoint: str = "https://fcm.googleapis.com/fcm/send/1") -> dict[str, str]:
    target = Browser().target(endpoint)
    return {
        "endpoint": endpoint,
        "p256dh": in_url(target.p256dh),
        "auth": in_url(target.auth),
    }


def test_a_phone_subscribes_and_takes_it_back(reader: Reader) -> None:
    page = reader.get("/telefono/").content.decode()
    key = re.search(r'data-public="([^"]+)"', page)
    assert key is not None
    assert len(from_url(key[1])) == 65
    answer = reader.post("/telefono/avvisi/", "/telefono/", **subscription())
    assert (answer.status_code, answer["location"]) == (303, "/telefono/?avvisi=si")
    (one,) = subscriptions.subscribers([reader.address])
    assert (one.home, one.locale) == ("http://testserver/posta/", "it")
    assert "su 1 dispositivo" in reader.get("/telefono/").content.decode()
    answer = reader.post("/telefono/avvisi/basta/", "/telefono/")
    assert answer["location"] == "/telefono/?avvisi=no"
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "https://10.0.0.1/"},
        {"endpoint": "http://fcm.googleapis.com/1"},
        {"p256dh": "short"},
        {"auth": ""},
    ],
)
def test_a_subscription_elsewhere_or_broken_is_refused(
    reader: Reader, changed: dict[str, str]
) -> None:
    answer = reader.post("/telefono/avvisi/", "/telefono/", **{**subscription(), **changed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not PushSubscription.objects.exists()


def test_nobody_subscribes_a_holder_from_elsewhere(reader: Reader) -> None:
    form = {**reader.keys("/telefono/"), **subscription()}
    answer = reader.client.post("/telefono/avvisi/", form, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code in (302, 403)
    assert reader.get("/telefono/avvisi/").status_code == 405
    assert not PushSubscription.objects.exists()


def test_one_holder_cannot_take_back_another_ones_phone(reader: Reader) -> None:
    told = subscription()
    target = subscriptions.target_of(*told.values(), ["fcm.googleapis.com"])
    subscriptions.subscribe("other@libero.it", subscriptions.Subscriber(target, "", "it"), FIRST)
    reader.post("/telefono/avvisi/basta/", "/telefono/", endpoint=told["endpoint"])
    assert subscriptions.count("other@libero.it") == 1
