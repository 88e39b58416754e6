"""A decision in a real browser: from the form to the run, at every width, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.browser.conftest import Reader, Site
from tests.faces import deciding
from tests.faces.deciding import decided_home, newer_estate

__all__ = ["decided_home"]

Make = Callable[..., Reader]
LOOKS = [(320, "dark", "it"), (390, "light", "en"), (1366, "light", "it"), (1366, "dark", "en")]
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"
PATIENT = 60_000
"""Milliseconds that an errand may take, in a process of its own beside this one."""


@pytest.fixture
def digest(site: Site, decided_home: tuple[Path, str]) -> str:
    """A decision in the home of the web process."""
    del site
    return deciding.put(decided_home)


def done(one: Reader) -> None:
    """Wait on the page of an errand until it leads on, and go there."""
    link = one.page.locator("a.onward")
    link.wait_for(timeout=PATIENT)
    link.click()


def test_a_decision_is_made_read_compared_and_entered(
    reader: Make, site: Site, digest: str
) -> None:
    one = reader(1366)
    one.sign_in("Olga")
    page = one.open("/console/decisioni/nuova/")
    troubles = one.troubles()
    page.select_option("#policy", "first.yaml")
    page.click("main .decide button")
    done(one)
    assert page.locator("h1").inner_text() == "Che cosa verrà dato"
    decision = page.url.removeprefix(site.base)
    page.click("main section[aria-labelledby=samples] td button >> nth=0")
    assert "Questa consultazione" in page.inner_text("main") or page.locator("pre").count()
    troubles += one.troubles()
    one.open(decision)
    page.select_option("#other", "other.yaml")
    page.click("text=Confronta")
    done(one)
    compared = page.url.removeprefix(site.base)
    for width, scheme, lang in LOOKS:
        other = reader(width, lang, scheme)
        other.sign_in("Olga")
        for path in ("/console/decisioni/", decision, f"{decision}messaggi/", compared):
            other.open(path).evaluate(UNFOLD)
            troubles += other.troubles()
    assert troubles == []
    one.open(decision)
    page.click("text=Registra questa decisione")
    done(one)
    assert re.search(r"/console/esecuzioni/r[0-9a-f]{12}/$", page.url)
    one.open(page.url.removeprefix(site.base) + "anteprima/")
    assert page.locator("h2.will").inner_text() == "Che cosa verrà dato"
    assert one.troubles() == []


def test_a_changed_estate_is_named_where_it_stands_in_the_way(
    reader: Make, site: Site, digest: str
) -> None:
    first, second, *_ = deciding.given(digest)
    newer_estate(**{f"m{first}": {"plan": "odd"}, f"m{second}": None})
    one = reader(390, "en", "dark")
    one.sign_in("Olga")
    page = one.open(f"/console/decisioni/{digest}/")
    page.click("text=Enter this decision")
    page.locator("text=changed plan").first.wait_for(timeout=PATIENT)
    assert one.troubles() == []
    one.open(f"/console/decisioni/{digest}/")
    assert "1 is not in it" in page.inner_text(".news")
    page.fill("#reason", "Both are test boxes of ours.")
    assert one.troubles() == []
    page.click("text=Enter it all the same")
    done(one)
    assert "/console/esecuzioni/" in page.url
