"""What the public is told, in a real browser: written, kept, read as it will be, then published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.browser.conftest import Reader, Site
from tests.faces.incidents import goes_on, open_one, plan_one
from tests.faces.programme import AT
from tests.faces.test_breaches_pages import FILE, NAME
from tests.faces.test_incidents_pages import TYPED

from ristoro.errands.publishing import draw_up
from ristoro.kernel import clock
from ristoro.outages.breaches import register
from ristoro.outages.breaches.models import Kind, Risk
from ristoro.outages.breaches.numbers import Numbers, Touched
from ristoro.outages.declare import read_outage
from ristoro.outages.incidents import drafts
from ristoro.outages.incidents import states as incidents
from ristoro.outages.incidents.states import Phase
from ristoro.remedies import runs

Make = Callable[..., Reader]

LOOKS = [(320, "light", "it"), (1366, "dark", "en")]


def told(site: Site) -> list[str]:
    """Something on every page of this part; the pages."""
    person, run, now = site.programme.staff["Berta"], site.programme.run, clock.now()
    one = open_one(person)
    plan_one(person)
    goes_on(person, one.slug, Phase.IDENTIFIED, 1)
    draft = drafts.begin(incidents.Kind.INCIDENT, None, TYPED, person, now)
    register.open_record(read_outage(FILE), now - timedelta(hours=50), person, now)
    counted = Numbers(9_000_000, 8_700_123, (Touched("webmail", 8_700_123, 0, 10**11),))
    register.count(NAME, counted, "ab" * 32, person, now)
    register.write(NAME, Kind.NATURE, "Perdita di disponibilità.", person, now)
    register.assess(NAME, Risk.LIKELY, "Scadenze mancate.", person, now)
    runs.approve(run, site.programme.staff["Aldo"], run.approval_total, AT)
    draw_up(run, now, lambda buckets: None)
    return [
        "/console/avvisi/",
        "/console/avvisi/nuovo/?tipo=lavori",
        f"/console/avvisi/bozze/{draft.pk}/",
        f"/console/avvisi/bozze/{draft.pk}/pubblicazione/",
        f"/console/avvisi/{one.slug}/",
        f"/console/avvisi/{one.slug}/correzioni/{one.updates.all()[0].code}/",
        "/console/violazioni/",
        f"/console/violazioni/{NAME}/",
        f"/console/esecuzioni/{run.name}/pubblicazione/",
    ]


def test_the_pages_of_what_is_told_fit_and_are_accessible(reader: Make, site: Site) -> None:
    pages, troubles = told(site), []
    for width, scheme, lang in LOOKS:
        one = reader(width, lang, scheme)
        one.sign_in("Berta")
        for path in pages:
            one.open(path)
            troubles += one.troubles()
    assert troubles == []


def test_an_incident_is_kept_while_it_is_written_and_read_before_it_is_public(
    reader: Make, site: Site
) -> None:
    one = reader()
    one.sign_in("Olga")
    page = one.open("/console/avvisi/nuovo/")
    page.fill("#title-it", "Caselle non raggiungibili")
    page.fill("#text-it", "Cerchiamo la causa.")
    page.wait_for_url("**/console/avvisi/bozze/*/")
    page.fill("#text-en", "We look for the <b>cause</b>.")
    english = page.locator("[data-preview] [lang=en]")
    english.get_by_text("We look for the <b>cause</b>.").wait_for()
    page.reload()
    assert page.input_value("#text-en") == "We look for the <b>cause</b>."
    page.select_option("#impact", "major")
    page.select_option("#components-libero-webmail", "major_outage")
    page.click("[name=review]")
    assert page.locator("#title-en-wrong").inner_text().startswith("Scrivilo anche in inglese")
    assert one.troubles() == []
    page.fill("#title-en", "Mailboxes cannot be reached")
    page.click("summary")
    page.click("[data-phase=investigating] >> nth=1 >> button")
    assert "viene consegnata dopo" in page.input_value("#text-it")
    assert page.locator("[data-phase=resolved]").first.is_hidden()
    page.click("[name=review]")
    page.wait_for_url("**/pubblicazione/")
    page.click("main form button")
    page.wait_for_url("**/console/avvisi/*-caselle-non-raggiungibili/")
    assert one.troubles() == []
    public = one.open("/en/status/")
    assert public.get_by_text("Mailboxes cannot be reached").is_visible()
    assert public.get_by_text("We look for the <b>cause</b>.").is_visible()
