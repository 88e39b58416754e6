"""What a programme is made from, in a browser: an estate sent and imported, a policy entered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from tests.browser.conftest import Reader, Site
from tests.faces.programme import AT
from tests.faces.test_policies_pages import CASES, POLICY

from ristoro.estate.sample import sample

Make = Callable[..., Reader]

LOOKS = [(1366, "dark"), (320, "light")]


def look_at(reader: Make, lang: str, pages: list[str]) -> list[str]:
    troubles = []
    for width, scheme in LOOKS:
        one = reader(width, lang, scheme)
        one.sign_in("Olga")
        for page in pages:
            one.open(page)
            troubles += one.troubles()
    return troubles


def cancelled_without_script(reader: Make) -> str:
    """Enter a policy that comes along, follow its examination and cancel it; how that ended."""
    one = reader(java_script_enabled=False)
    one.sign_in("Olga")
    page = one.open("/console/politiche/")
    page.click("text=eu-261-2004")
    page.click("text=Guarda a che punto")
    assert "/console/lavori/" in page.url
    cancel = page.locator("text=Annulla questo lavoro")
    if cancel.count():  # a quick machine may have done it by now
        cancel.click()
    return str(page.locator("h1 .state").inner_text())


def test_an_estate_is_sent_looked_at_and_imported(reader: Make, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "caselle-di-gennaio.csv"
    sample(120, 3, file, as_of=AT, progress=lambda rows: None)
    text = file.read_text(encoding="utf-8").replace("arrears", "in arretrato")
    file.write_text(text, encoding="utf-8")
    one = reader()
    one.sign_in("Olga")
    page = one.open("/console/importazioni/")
    page.set_input_files("#file", {"name": "a.xlsx", "mimeType": "x/y", "buffer": b"PK"})
    page.click("form.sending button")
    page.wait_for_selector("main > .wrong")
    page.set_input_files("#file", str(file))
    page.click("form.sending button")
    page.wait_for_url("**/importazioni/file/**")
    there = page.url.removeprefix(site.base)
    assert one.troubles() == []
    page.fill("#as-of", "2023-02-10T10:00:00")
    page.click("section.act button")
    page.wait_for_selector(".wrong")
    refused = page.url.removeprefix(site.base)
    assert "in arretrato" in page.inner_text(".problems")
    assert one.troubles() == []
    page.click("text=Torna indietro")
    expect(page.locator("#bad")).to_have_count(1)
    page.fill("#as-of", "2023-02-10T10:00:00")
    page.fill("#allowed", "2")
    page.click("section.act button")
    page.click("a.onward")
    assert "caselle" in page.locator("h1").inner_text()
    snapshot = page.url.removeprefix(site.base)
    pages = ["/console/importazioni/", there, f"{there}mappatura/", refused, snapshot]
    assert look_at(reader, "it", [*pages, "/console/lavori/"]) == []


def test_a_policy_is_entered_corrected_and_compared(reader: Make, site: Site) -> None:
    one = reader()
    one.sign_in("Olga")
    page = one.open("/console/politiche/")
    page.click(".do-it")
    page.fill("#policy-text", POLICY.replace("4 hours", "4 apples"))
    page.fill("#cases-text", CASES.replace("owed: nothing", "owed: 2 GiB"))
    page.click("main form[enctype] button")
    assert "4 apples" in page.inner_text(".told")
    assert one.troubles() == []
    page.fill("#policy-text", POLICY)
    page.click("main form[enctype] button")
    page.wait_for_selector("h1 .e4")
    first = page.url.removeprefix(site.base)
    page.click("text=Correggila")
    page.fill("#policy-text", POLICY.replace("version: 1", "version: 2").replace("1 GiB", "2 GiB"))
    page.fill("#cases-text", CASES.replace("1 GiB", "2 GiB"))
    page.click("main form[enctype] button")
    page.wait_for_selector("h1 .e3")
    second = page.url.removeprefix(site.base)
    page.click("text=Mostra che cosa cambia")
    expect(page.locator("tr.changed")).to_have_count(2)
    beside = page.url.removeprefix(site.base)
    pages = ["/console/politiche/", first, second, f"{first}casi/2/", beside]
    assert look_at(reader, "en", [*pages, f"{first}correggi/"]) == []
    assert cancelled_without_script(reader) in ("annullato", "fatto")
