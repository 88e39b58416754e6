"""The webmail as an app in Chromium: installed, read without a network, told of letters, wiped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.gate import Gate
from tests.browser.phones import SMALL, SUBJECT, WORDS, Place, ready, signed_in, troubles
from tests.browser.webmail_stage import Stage

from ristoro.notices.push.message import TITLES, message

pytestmark = [pytest.mark.host, pytest.mark.whole, pytest.mark.timeout(300)]

PREMIUM = "only.ios.plus@libero.it"
LEFT = """
async () => {
  const read = (asked) => new Promise((done, fail) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const records = {};
  for (const { name } of await indexedDB.databases()) {
    const base = await read(indexedDB.open(name));
    for (const store of base.objectStoreNames) {
      records[store] = await read(base.transaction(store).objectStore(store).getAll());
    }
    base.close();
  }
  const text = (value) => value instanceof ArrayBuffer
    ? new TextDecoder('latin1').decode(value) : value instanceof CryptoKey ? 'a key' : value;
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      cached[new URL(asked.url).pathname] = await (await cache.match(asked)).text();
    }
  }
  return {
    records: JSON.parse(JSON.stringify(records, (_, value) => text(value))), cached,
    local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie,
  };
}
"""


@pytest.fixture(scope="module")
def open_place(stage: Stage) -> Iterator[Place]:
    with Gate(stage.port) as gate:
        yield Place(gate, stage)


@pytest.fixture
def place(open_place: Place) -> Place:
    """The webmail, with its gate open."""
    open_place.gate.open()
    return open_place


@pytest.fixture
def phone(browser: Any, place: Place) -> Iterator[Any]:
    """A phone whose holder has signed in."""
    context = browser.new_context(viewport=SMALL, locale="it-IT")
    yield signed_in(context, place)
    context.close()


@pytest.fixture
def installed(browser: Any, place: Place, tmp_path: Path) -> Iterator[Any]:
    """A phone that keeps what browsers keep in a folder, ``tmp_path``."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=FLAGS, viewport=SMALL, locale="it-IT"
    )
    yield signed_in(context, place)
    context.close()


def keep(page: Any, place: Place) -> None:
    """Have pages kept on this phone."""
    page.goto(f"{place.base}/telefono/")
    page.click("#keep")
    page.wait_for_selector("#keep[aria-pressed=true]:not([disabled])")


def test_chromium_offers_to_install_it(phone: Any, place: Place) -> None:
    line = phone.context.new_cdp_session(phone)
    told = line.send("Page.getAppManifest")
    assert told["errors"] == []
    assert "/telefono/manifesto-it.webmanifest" in told["url"]
    wrong = line.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in wrong if one["errorId"] != "in-incognito"] == []


def test_nothing_is_kept_where_nobody_asked(phone: Any) -> None:
    ready(phone)
    registrations = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
    assert phone.evaluate(registrations) == 0
    left = phone.evaluate(LEFT)
    assert (left["records"], left["cached"], left["local"]) == ({}, {}, {})


def test_a_letter_is_read_while_the_network_is_gone(phone: Any, place: Place) -> None:
    keep(phone, place)
    place.gate.shut()
    phone.goto(f"{place.base}/posta/")
    ready(phone)
    assert "copia" in phone.inner_text(".offline")
    phone.click(f"text={SUBJECT}")
    ready(phone)
    assert SUBJECT in phone.inner_text("h1")
    assert WORDS in phone.inner_text("main")
    assert "copia" in phone.inner_text(".offline")
    phone.goto(f"{place.base}/impostazioni/")
    assert phone.inner_text("h1") == "Sei senza rete"
    phone.wait_for_selector("#kept a")
    assert troubles(phone) == []
    phone.click("#kept ul[data-kind=message] a")
    assert SUBJECT in phone.inner_text("h1")


def test_the_notice_and_the_receipt_are_read_while_the_network_is_gone(
    browser: Any, place: Place
) -> None:
    context = browser.new_context(viewport=SMALL, locale="it-IT")
    page = signed_in(context, place, PREMIUM)
    page.goto(f"{place.base}/ristoro/")
    page.click("form.answer button[value=yes]")
    page.wait_for_url("**/ricevuta/")
    receipt = page.inner_text("h1")
    keep(page, place)
    place.gate.shut()
    page.goto(f"{place.base}/impostazioni/")
    page.wait_for_selector("#kept time")
    assert page.locator("#kept li").count() == page.locator("#kept time").count()
    page.click("#kept a[href$='/ricevuta/']")
    ready(page)
    assert page.inner_text("h1") == receipt
    assert "copia" in page.inner_text(".offline")
    page.goto(f"{place.base}/posta/")
    page.click(".row a >> nth=0")
    ready(page)
    assert "autentico" in page.inner_text("main")
    assert "copia" in page.inner_text(".offline")
    assert page.evaluate("window.violations") == []
    context.close()


def test_what_is_kept_is_noise_without_the_session(phone: Any, place: Place) -> None:
    keep(phone, place)
    left = phone.evaluate(LEFT)
    pages = left["records"]["pages"]
    assert {one["kind"] for one in pages} == {"message", "list", "ristoro"}
    assert [set(one) for one in pages] == [{"id", "kind", "at", "iv", "sealed"}] * len(pages)
    (begun,) = left["records"]["session"]
    assert set(begun) == {"id", "name", "ends", "lang"}, "no key lies beside what it opens"
    shell = "\n".join(left["cached"].values())
    assert "/telefono/senza-rete/it/" in left["cached"]
    said = json.dumps([left["records"], left["local"], left["session"]]) + shell
    found = [one for one in (SUBJECT, WORDS, "@libero.it", 'name="csrfmiddle') if one in said]
    assert found == []


def test_a_phone_that_lost_its_session_cannot_read_what_it_kept(phone: Any, place: Place) -> None:
    keep(phone, place)
    phone.context.clear_cookies()
    stop_worker(phone)
    place.gate.shut()
    phone.goto(f"{place.base}/posta/")
    assert phone.inner_text("h1") == "Sei senza rete"
    phone.wait_for_selector("#none:not([hidden])")


def test_a_worker_that_started_anew_reads_on_within_the_session(phone: Any, place: Place) -> None:
    keep(phone, place)
    stop_worker(phone)
    place.gate.shut()
    phone.goto(f"{place.base}/posta/")
    ready(phone)
    assert SUBJECT in phone.inner_text("main")


def stop_worker(page: Any) -> None:
    """Have Chromium end the service worker, and all that it had in mind."""
    line = page.context.new_cdp_session(page)
    line.send("ServiceWorker.enable")
    line.send("ServiceWorker.stopAllWorkers")
    line.detach()


def test_a_page_comes_from_the_network_again_once_it_is_back(phone: Any, place: Place) -> None:
    keep(phone, place)
    place.gate.shut()
    phone.goto(f"{place.base}/posta/")
    phone.wait_for_selector(".offline")
    place.gate.open()
    phone.goto(f"{place.base}/posta/")
    ready(phone)
    expect(phone.locator(".offline")).to_have_count(0)


def test_signing_out_leaves_nothing(phone: Any, place: Place) -> None:
    keep(phone, place)
    phone.click("form[action='/esci/'] button")
    phone.wait_for_url("**/entra/**")
    ready(phone)
    left = phone.evaluate(LEFT)
    assert not any(left["records"].values())
    assert (left["local"], left["session"], left["cached"]) == ({}, {}, {})
    assert {one["name"] for one in phone.context.cookies()} <= {"csrftoken", "django_language"}


def test_signing_out_leaves_nothing_on_the_disk(
    installed: Any, place: Place, tmp_path: Path
) -> None:
    keep(installed, place)
    installed.goto(f"{place.base}/posta/")
    installed.evaluate("localStorage.setItem('control', 'pescheria del porto')")
    installed.click("form[action='/esci/'] button")
    installed.wait_for_url("**/entra/**")
    ready(installed)
    installed.evaluate("localStorage.setItem('control', 'ferramenta di via Pre')")
    installed.context.close()
    octets = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert in_any(octets, "ferramenta di via Pre"), "this finds what was kept in clear"
    assert not in_any(octets, WORDS)


def in_any(octets: bytes, words: str) -> bool:
    return words.encode() in octets or words.encode("utf-16-le") in octets


def test_a_session_that_is_over_leaves_nothing(phone: Any, place: Place) -> None:
    keep(phone, place)
    phone.context.clear_cookies(name="posta")
    phone.goto(f"{place.base}/posta/")
    assert "/entra/" in phone.url
    ready(phone)
    left = phone.evaluate(LEFT)
    assert not any(left["records"].values())
    assert "telefono" not in left["cookie"]
    assert set(left["cached"]) == {one for one in left["cached"] if not one.startswith("/posta")}
    place.gate.shut()
    phone.goto(f"{place.base}/posta/")
    assert phone.inner_text("h1") == "Sei senza rete"
    phone.wait_for_selector("#none:not([hidden])")
    expect(phone.locator("#kept a")).to_have_count(0)


def test_a_phone_that_is_offline_sends_no_form_and_says_so(phone: Any, place: Place) -> None:
    phone.goto(f"{place.base}/telefono/")
    ready(phone)
    phone.context.set_offline(True)
    phone.wait_for_selector(".offline:not([hidden])")
    phone.click("form.language button")
    assert "Non è stato inviato nulla" in phone.inner_text(".offline")
    phone.context.set_offline(False)
    phone.wait_for_selector(".offline", state="hidden")


def test_a_push_shows_that_something_came_and_nothing_else(phone: Any, place: Place) -> None:
    phone.context.grant_permissions(["notifications"])
    keep(phone, place)
    line = phone.context.new_cdp_session(phone)
    known: list[dict[str, Any]] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.append(told))
    line.send("ServiceWorker.enable")
    phone.reload()
    ready(phone)
    number = next(one["registrationId"] for told in known for one in told["registrations"])
    home = f"{place.base}/posta/"
    line.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": place.base, "registrationId": number, "data": message(home, "it").decode()},
    )
    shown = phone.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          for (let again = 0; again < 100; again += 1) {
            const all = await registration.getNotifications();
            if (all.length) return all.map(({ title, body, data }) => ({ title, body, data }));
            await new Promise((done) => setTimeout(done, 20));
          }
          return [];
        }"""
    )
    assert shown == [{"title": TITLES["it"], "body": "", "data": {"navigate": home}}]


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_page_of_choices_is_accessible(phone: Any, place: Place, lang: str) -> None:
    phone.goto(f"{place.base}/telefono/")
    if lang == "en":
        phone.click("form.language button")
    ready(phone)
    assert phone.evaluate("document.documentElement.lang") == lang
    assert troubles(phone) == []
