"""Closing, the report and the journal in a real browser: fit, accessible, and a run closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Reader, Site
from tests.faces import ended
from tests.faces.ended import AT
from tests.faces.programme import Template

from ristoro.fulfilment.models import Grant, GrantState, Mismatch
from ristoro.remedies.models import Run, RunState

Make = Callable[..., Reader]

LOOKS = [(320, "dark", "it"), (1366, "light", "en")]
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture(scope="module")
def programme_template(
    programme_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Template:
    with django_db_blocker.unblock():
        return ended.make_template(programme_template, tmp_path_factory.mktemp("ended"), read=True)


def mismatched(run: Run) -> None:
    """Some grants read otherwise; one handled, one with the longest words."""
    grants = Grant.objects.filter(run=run, state=GrantState.VERIFIED).order_by("id")[:3]
    for number, grant in enumerate(grants):
        Mismatch.objects.create(
            run=run,
            mailbox_id=grant.mailbox_id,
            bucket=grant.bucket,
            remedy=grant.remedy,
            address=grant.address,
            code="not-as-given",
            text="the mailbox shows 1 KiB, the grant says 3355444 KiB",
            found_at=AT,
            reason="perché " * 60 if number == 2 else "",
            handled_by="Olga" if number == 2 else "",
            handled_at=AT if number == 2 else None,
        )


def test_the_pages_fit_and_are_accessible(reader: Make, site: Site) -> None:
    run = site.programme.run
    mismatched(run)
    ended.done(site.programme.staff["Ivo"], "walk-journal")
    ended.done(site.programme.staff["Ivo"], "prove", run=run.name)
    base = f"/console/esecuzioni/{run.name}"
    troubles = []
    for width, scheme, lang in LOOKS:
        operator, auditor = reader(width, lang, scheme), reader(width, lang, scheme)
        operator.sign_in("Olga")
        auditor.sign_in("Ivo")
        for one, path in (
            (operator, f"{base}/chiusura/"),
            (operator, f"{base}/chiusura/differenze/?codice=not-as-given"),
            (auditor, f"{base}/chiusura/righe/refused/"),
            (auditor, f"{base}/rapporto/"),
            (auditor, "/console/registro/"),
            (auditor, "/console/registro/2/"),
            (auditor, "/console/registro/catena/"),
            (auditor, f"/console/registro/prove/{run.name}/"),
            (operator, "/console/registro/prove/"),
        ):
            one.open(path).evaluate(UNFOLD)
            troubles += one.troubles()
    assert troubles == []


def test_an_operator_handles_the_differences_and_closes_the_run(reader: Make, site: Site) -> None:
    run = site.programme.run
    mismatched(run)
    one = reader(lang="en")
    one.sign_in("Olga")
    page = one.open(f"/console/esecuzioni/{run.name}/chiusura/")
    expect(page.locator("text=It cannot be closed yet")).to_have_count(1)
    page.click("text=By name >> nth=0")
    page.click("text=It shows something else than was given. >> nth=0")
    page.fill("#reason", "an upgrade by their holders")
    page.click("text=Give it to all 2 of this kind")
    expect(page.locator("text=none yet")).to_have_count(0)
    page.click("nav >> text=Closing")
    page.click("text=Close this run")
    page.wait_for_selector(".onward", timeout=60_000)
    page.click(".onward")
    assert page.locator("#over").inner_text() == "This run is closed"
    assert "CLOSING STATEMENT OF RUN" in page.inner_text("pre[lang=en]")
    assert Run.objects.get(pk=run.pk).state == RunState.CLOSED
    assert one.troubles() == []
