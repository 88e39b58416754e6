"""A programme from the upload to its closing, by two people in Chromium, on a real Dovecot.

Nobody touches a terminal but the provider, whose mail host and subscriptions are there before. Each
person has a browser and an authenticator app of their own; the web process's own errands and work
processes do what is asked for on the pages.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.office import PATIENT, Colleague, Colleagues, Office, colleagues
from tests.databases import Database, free_port
from tests.hosts.embedded import embedded_host

from ristoro import env, wiring
from ristoro.cli.behind import web_of
from ristoro.cli.host import open_boxes
from ristoro.cli.init import make_secrets
from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.journal.verify import verify as verify_journal
from ristoro.kernel import clock
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages/libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies/libero-virgilio-2023-01.yaml"
CASES = ROOT / "policies/libero-virgilio-2023-01.cases.yaml"
SAMPLED, CAST, MAILBOXES, PAID = 400, 60, 30, 2
SEED = 11


@dataclass(frozen=True)
class Provider(Office):
    """With a list of its mailboxes."""

    estate: Path = Path()


def mailboxes(folder: Path) -> Path:
    """A list of ordinary mailboxes: many free ones, and two that are paid for."""
    everybody, chosen = folder / "tutte.csv", folder / "caselle.csv"
    sample(SAMPLED, SEED, everybody, as_of=AS_OF, progress=lambda rows: None)
    with everybody.open(encoding="utf-8", newline="") as file:
        [head, *rows] = csv.reader(file)
    plan, standing, closed = (head.index(name) for name in ("plan", "standing", "closed_at"))
    usual = [row for row in rows[CAST:] if row[standing] == "good" and not row[closed]]
    paid = [row for row in usual if not row[plan].endswith("-free")][:PAID]
    free = [row for row in usual if row[plan].endswith("-free")][: MAILBOXES - PAID]
    with chosen.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *paid, *free])
    return chosen


@pytest.fixture
def office(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    home = tmp_path / "home"
    home.mkdir()
    for name, value in database.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RISTORO_HOME", str(home))
    monkeypatch.setenv("RISTORO_SECOND_FACTOR", "yes")
    monkeypatch.setenv("RISTORO_APPROVAL_WAIT", "0")
    monkeypatch.setenv("RISTORO_SETTLE_SECONDS", "0")
    make_secrets(env.current())
    secret = env.current().secret("RISTORO_SECRET_KEY")
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", secret)
    estate = mailboxes(tmp_path)
    directory = open_directory(str(estate))
    snapshot = import_estate(directory, tmp_path, now=clock.now(), as_of=AS_OF).path
    with closing(wiring.ledger(env.current())) as ledger:
        ledger.take_in(snapshot)
    with embedded_host(home / "mailhost") as host:
        host.provision_sample(open_boxes(snapshot))
        host.start()
        port = free_port()
        one = Provider(f"http://libero.localhost:{port}", home, host, estate=estate)
        one.employ("Anna", Role.OPERATOR)
        one.employ("Bruno", Role.APPROVER)
        one.ristoro("serve", "--background", "--workers", "1", "--port", str(port))
        try:
            yield one
        finally:
            web_of(home).stop()


@pytest.fixture
def colleague(browser: Any, office: Provider) -> Iterator[Colleagues]:
    with colleagues(browser, office) as make:
        yield make


def imported(anna: Colleague) -> None:
    page = anna.page
    anna.open("/console/importazioni/")
    page.set_input_files("#file", str(anna.office.estate))
    page.click("form.sending button")
    page.wait_for_url("**/importazioni/file/**")
    page.fill("#as-of", AS_OF.astimezone(clock.zone("Europe/Rome")).strftime("%Y-%m-%dT%H:%M:%S"))
    page.click("section.act button")
    anna.onward()
    assert str(MAILBOXES) in page.inner_text("main")


def declared(anna: Colleague) -> None:
    page = anna.page
    anna.open("/console/disservizi/nuovo/")
    page.click("details.import summary")
    page.set_input_files("#file", str(OUTAGE))
    page.click("button[value=import]")
    page.wait_for_selector("svg.bar")
    page.click("button[value=review]")
    page.wait_for_selector("#aware")
    page.fill("#aware", "2023-01-23T06:00")
    page.click("button[value=confirm]")
    page.wait_for_url("**/console/disservizi/libero-virgilio-2023-01/")


def entered(anna: Colleague) -> None:
    page = anna.page
    anna.open("/console/politiche/nuova/")
    page.set_input_files("#policy-file", str(POLICY))
    page.set_input_files("#cases-file", str(CASES))
    page.click("main form[enctype] button")
    page.wait_for_url("**/console/politiche/*/")


def decided(anna: Colleague) -> str:
    """The name of the run that was entered."""
    page = anna.page
    anna.open("/console/decisioni/nuova/")
    page.click("main .decide button")
    anna.onward()
    assert page.locator("h1").inner_text() == "Che cosa verrà dato"
    page.click("text=Registra questa decisione")
    anna.onward()
    found = re.search(r"/console/esecuzioni/(r[0-9a-f]{12})/$", page.url)
    assert found is not None, page.url
    return found[1]


def approved(bruno: Colleague, place: str) -> None:
    page = bruno.page
    bruno.open(f"{place}approvazione/")
    total = page.locator("p.total code").first.inner_text()
    page.fill("#total", f"{total} ")
    page.click("section[aria-labelledby=approve] form button")
    page.wait_for_url(f"{bruno.office.base}{place}")


def published(anna: Colleague, place: str) -> None:
    page = anna.page
    anna.open(f"{place}pubblicazione/")
    page.click("text=Prepara le lettere")
    anna.onward()
    page.click("text=Pubblica adesso")
    page.wait_for_selector("text=Pubblica dal")


def answered(office: Provider, browser: Any, address: str, answer: str) -> None:
    """A premium holder signs in to the webmail and says yes or no."""
    context = browser.new_context(locale="it-IT")
    page = context.new_page()
    brand = "virgilio" if address.endswith("virgilio.it") else "libero"
    base = office.base.replace("libero", brand)
    page.goto(f"{base}/posta/")
    page.fill("#address", address)
    page.fill("#password", office.host.reader_password())
    page.press("#password", "Enter")
    page.wait_for_url("**/posta/")
    page.goto(f"{base}/ristoro/")
    page.click(f"form.answer button[value={answer}]")
    page.wait_for_selector(".receipt .number")
    context.close()


def premium(run: Run) -> list[str]:
    """Who has not answered yet."""
    waiting = Grant.objects.filter(run=run, state=GrantState.WAITING)
    return list(waiting.order_by("id").values_list("address", flat=True))


def until_over(anna: Colleague, place: str) -> None:
    """Watch the run until its workers have nothing left to do."""
    anna.open(f"{place}avanzamento/")
    anna.page.locator("dd:text-is('tutto fatto')").nth(1).wait_for(timeout=PATIENT)


def test_two_people_run_a_programme_from_the_upload_to_its_closing(
    office: Provider, colleague: Colleagues, browser: Any
) -> None:
    anna = colleague("Anna")
    imported(anna)
    declared(anna)
    entered(anna)
    name = decided(anna)
    place = f"/console/esecuzioni/{name}/"
    anna.open(f"{place}approvazione/")
    expect(anna.page.locator("#total")).to_have_count(0)
    bruno = colleague("Bruno")
    approved(bruno, place)
    published(anna, place)
    until_over(anna, place)
    run = Run.objects.get(name=name)
    for address, answer in zip(premium(run), ("yes", "no"), strict=True):
        answered(office, browser, address, answer)
    until_over(anna, place)
    closed(anna, place)
    reported(anna, place)
    run.refresh_from_db()
    assert run.state == RunState.CLOSED
    assert verify_journal().problem is None
    assert anna.faults == []
    assert "a page broke its policy" not in web_of(office.home).log.read_text(encoding="utf-8")


def closed(anna: Colleague, place: str) -> None:
    page = anna.page
    anna.open(f"{place}chiusura/")
    page.click("button[value=reconcile]")
    anna.onward()
    page.click("button[value=close]")
    anna.onward()
    assert "Questa esecuzione è chiusa" in page.inner_text("main")


def reported(anna: Colleague, place: str) -> None:
    page = anna.page
    anna.open(f"{place}rapporto/")
    assert page.locator("svg").count() > 0
    assert taken(page, "rapporto-it.pdf").startswith(b"%PDF-")
    with zipfile.ZipFile(BytesIO(taken(page, "tabelle.zip"))) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) > 3


def taken(page: Any, name: str) -> bytes:
    """A file that a link of the page gives."""
    with page.expect_download() as download:
        page.click(f"a[href$='{name}']")
    raw: bytes = Path(download.value.path()).read_bytes()
    return raw
