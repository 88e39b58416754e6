"""Every page of the webmail on the smallest phone, in one hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from tests.browser.gate import Gate
from tests.browser.phones import SMALL, Place, signed_in
from tests.browser.webmail_stage import Stage

pytestmark = [pytest.mark.host, pytest.mark.whole, pytest.mark.timeout(300)]

ON_PAPER = ("/stampa/", "/sorgente/")
PREMIUM = "dormant.plus@libero.it"
FREE = "only.android@libero.it"
HTML = """From: =?utf-8?q?Comitato_Quartiere?= <comitato-organizzatore-della-festa@example.org>
To: %s
Subject: Parolalunghissimasenzaunospaziochenonvaacapodasola e una riga molto lunga
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<table width=900><tr><td>Programma</td><td><img src="https://example.org/a.png"></td></tr></table>
<p><a href="https://example.org/un/percorso/molto/lungo">Leggi tutto</a></p>
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="un-nome-di-file-molto-lungo-senza-spazi-2023.pdf"

%%PDF-1.4
--b--
"""
TOO_SMALL = """
() => {
  const asked = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const isInText = (one) => one.matches('a') && getComputedStyle(one).display === 'inline'
    && [...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const isHit = (one, x, y) => {
    const there = document.elementFromPoint(x, y);
    return one.contains(there) || there?.closest('label')?.control === one;
  };
  const found = [];
  for (const one of document.querySelectorAll(asked)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || isInText(one)) continue;
    if (one.closest('.skip, .unseen')) continue;
    one.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { x, y, width, height } = one.getBoundingClientRect();
    if (width >= 43.5 && height >= 43.5) continue;
    const at = [x + width / 2, y + height / 2];
    const across = width < 43.5 ? [[-21, 0], [21, 0]] : [];
    const down = height < 43.5 ? [[0, -21], [0, 21]] : [];
    if ([...across, ...down].some(([dx, dy]) => !isHit(one, at[0] + dx, at[1] + dy))) {
      found.push(`${Math.round(width)}x${Math.round(height)} ${one.outerHTML.slice(0, 140)}`);
    }
  }
  scrollTo(0, 0);
  return found;
}
"""
WIDE = """
() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + .5)
    .map((one) => `${Math.round(one.getBoundingClientRect().right)} ${one.outerHTML.slice(0, 140)}`)
"""
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((one) => one.href)"
IN_REACH = """
(selector) => {
  const one = document.querySelector(selector)?.getBoundingClientRect();
  return Boolean(one) && one.top >= innerHeight / 2 && one.bottom <= innerHeight + .5;
}
"""


@pytest.fixture(scope="module")
def place(stage: Stage) -> Iterator[Place]:
    for address in (PREMIUM, FREE):
        box = stage.box(address)
        box.append("INBOX", (HTML % address).replace("\n", "\r\n").encode())
        box.close()
    with Gate(stage.port) as gate:
        yield Place(gate, stage)


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    one = browser.new_context(viewport=SMALL, locale="it-IT", has_touch=True, is_mobile=True)
    yield one
    one.close()


def faults(page: Any) -> list[str]:
    """What does not fit a small screen or a thumb on this page."""
    path = urlsplit(page.url).path
    wide = [f"{path} is too wide: {one}" for one in page.evaluate(WIDE)]
    if path.endswith(ON_PAPER):
        return wide
    return wide + [f"{path} has too small: {one}" for one in page.evaluate(TOO_SMALL)]


def route(place: Place, address: str) -> str:
    """The name of the page at an address of the webmail; empty elsewhere."""
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" != place.base:
        return ""
    try:
        found = resolve(parts.path)
    except Resolver404:
        return ""
    return found.view_name + ("?" if parts.query else "")


def crawl(page: Any, place: Place) -> dict[str, list[str]]:
    """The faults of each page that links lead to, one of a kind, from the page on."""
    waiting = [page.url]
    seen: dict[str, list[str]] = {}
    while waiting:
        address = waiting.pop(0)
        name = route(place, address)
        if not name or name in seen:
            continue
        page.goto(address)
        seen[name] = faults(page)
        waiting += page.evaluate(LINKS)
    return seen


@pytest.mark.parametrize(("address", "lang"), [(PREMIUM, "it"), (FREE, "en")])
def test_every_page_fits_a_small_screen_and_a_thumb(
    context: Any, place: Place, address: str, lang: str
) -> None:
    page = signed_in(context, place, address)
    if lang == "en":
        page.click("form.language button")
    seen = crawl(page, place)
    assert {"mail:inbox", "mail:settings", "reading:message", "writing:new"} <= set(seen)
    assert {"mine:home", "leaving:leaving", "leaving:fault"} <= set(seen)
    found = [one for each in seen.values() for one in each]
    assert found == []


def test_the_main_actions_are_where_the_thumb_is(context: Any, place: Place) -> None:
    page = signed_in(context, place, PREMIUM)
    found = {"the ways": page.evaluate(IN_REACH, ".ways")}
    page.tap(".row input >> nth=0")
    found["what to do with chosen messages"] = page.evaluate(IN_REACH, ".tools")
    page.tap(".row input >> nth=0")
    page.tap(".row a >> nth=0")
    page.wait_for_selector(".letter")
    found["what to do with a message"] = page.evaluate(IN_REACH, ".letter .tools")
    page.goto(f"{place.base}/posta/scrivi/")
    send = "button[formaction$='/invia/'], form[action$='/invia/'] button.main"
    found["send"] = page.evaluate(IN_REACH, send)
    assert [one for one, is_in_reach in found.items() if not is_in_reach] == []
