"""A run on the console in a real browser: approved, thought over, watched, paused, its queues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.conftest import Reader, Site
from tests.faces.test_watch import acting, worked

from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.workers import leases

Make = Callable[..., Reader]

LOOKS = [(320, "it", "light"), (1366, "en", "dark")]
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"


def test_every_page_of_a_run_fits_and_is_accessible(reader: Make, site: Site) -> None:
    made = site.programme
    run = f"/console/esecuzioni/{made.name}/"
    queue = f"{run}code/righe/?atto=1&stato=7&motivo=no-mailbox"
    readers = []
    for width, lang, scheme in LOOKS:
        one = reader(width, lang, scheme)
        one.sign_in("Olga")
        readers.append(one)
    troubles = looked_at(readers, ("/console/", run, f"{run}approvazione/", f"{run}messaggi/"))
    at = clock.now()
    total = made.run.approval_total
    runs.approve(made.run, made.staff["Aldo"], total, at, wait=timedelta(minutes=10))
    troubles += looked_at(readers[:1], (run, f"{run}avanzamento/"))
    Run.objects.update(acts_from=None)
    runs.publish(made.run, made.staff["Olga"], {}, at)
    worked(runs.begin(made.run, at), refused="no-mailbox")
    troubles += looked_at(readers, ("/console/", run, f"{run}avanzamento/", f"{run}code/", queue))
    assert troubles == []


def looked_at(readers: list[Reader], paths: tuple[str, ...]) -> list[str]:
    troubles = []
    for one in readers:
        for path in paths:
            one.open(path).evaluate(UNFOLD)
            troubles += one.troubles()
    return troubles


def test_a_run_is_approved_and_cancelled_by_two_people(
    reader: Make, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.__dict__, "APPROVAL_WAIT", timedelta())
    run = f"/console/esecuzioni/{site.programme.name}/"
    entered = reader()
    entered.sign_in("Berta")
    expect(entered.open(f"{run}approvazione/").locator("#total")).to_have_count(0)
    approver = reader(java_script_enabled=False)
    approver.sign_in("Aldo")
    approver.open(run)
    approver.page.click("text=Leggila e approvala")
    approver.page.fill("#total", "everything")
    approver.page.press("#total", "Enter")
    assert approver.page.locator("[role=alert]").inner_text().startswith("Non è stato fatto")
    approver.page.fill("#total", site.programme.run.approval_total)
    approver.page.press("#total", "Enter")
    assert approver.page.locator("h1 .state").inner_text() == "approvato"
    assert Run.objects.get().state == RunState.APPROVED
    Run.objects.update(acts_from=clock.now() + timedelta(minutes=10))
    shown = entered.open(run).locator("[data-until]")
    shown.filter(has_text="9:").wait_for()
    before = shown.inner_text()
    shown.filter(has_not_text=before).wait_for()
    assert entered.troubles() == []
    entered.page.click("text=Annulla questa esecuzione")
    entered.page.fill("#reason", "il listino era di gennaio")
    entered.page.press("#reason", "Enter")
    assert entered.page.locator("h1 .state").inner_text() == "annullato"
    assert Run.objects.get().state == RunState.CANCELLED


def test_progress_comes_by_itself_and_a_pause_is_one_press(reader: Make, site: Site) -> None:
    run = acting(site.programme)
    place = f"/console/esecuzioni/{site.programme.name}/avanzamento/"
    one = reader(lang="en")
    one.sign_in("Olga")
    page = one.open(place)
    troubles = page.locator(".troubles li")
    expect(troubles).to_have_count(0)
    held = worked(run, refused="no-mailbox")
    troubles.first.wait_for(timeout=4_000)
    assert "The mailbox is gone" in troubles.first.inner_text()
    expect(page.locator("code:has-text('5b2c9c1e')")).to_have_count(1)
    link = troubles.first.locator("a")
    link.focus()
    leases.finish(held)
    page.locator("code:has-text('5b2c9c1e')").wait_for(state="detached", timeout=4_000)
    focused: Any = page.evaluate("document.activeElement.textContent")
    assert focused == "The mailbox is gone"
    page.click("text=Pause")
    assert page.locator("h1 .paused").inner_text() == "paused"
    assert Run.objects.get().paused
    page.click("text=Resume")
    assert not Run.objects.get().paused
    assert one.troubles() == []


def test_a_queue_is_worked_off_without_script(reader: Make, site: Site) -> None:
    leases.finish(worked(acting(site.programme), refused="no-mailbox"))
    one = reader(390, "en", java_script_enabled=False)
    one.sign_in("Olga")
    page = one.open(f"/console/esecuzioni/{site.programme.name}/code/")
    page.click("text=The mailbox is gone")
    boxes = page.locator("input[name=row]")
    expect(boxes).to_have_count(2)
    boxes.first.check()
    page.click("text=Try the chosen ones again")
    expect(boxes).to_have_count(1)
    boxes.first.check()
    page.fill("#because", "spoke with the holder")
    page.click("text=Mark the chosen ones as handled")
    expect(boxes).to_have_count(0)
    page.click("text=Handled ones")
    expect(page.locator("text=spoke with the holder")).to_have_count(1)
