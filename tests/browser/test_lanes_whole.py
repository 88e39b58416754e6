"""An outage on real servers, from the lines in their logs to the money in a holder's account.

Postfix takes mail while Dovecot is stopped; one message comes late, and one is deleted from the
queue by hand. The holder had paid for the days and has no contract any more, so a refund is owed by
transfer; and the deleted message cost them a job, so they claim damages in the webmail. What the
logs show stands beside the claim, an examiner decides it, two people pay both sums in one file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.conftest import WATCH
from tests.browser.office import PATIENT, Colleague, Office, colleagues
from tests.databases import Database, free_port
from tests.faces.programme import PASSWORD
from tests.hosts.embedded import embedded_host
from tests.hosts.postfix import Postfix, postfix
from tests.payees.made import IBAN, NAME
from tests.sepa.bank import Line, received, statement

from ristoro import env, wiring
from ristoro.claims.models import Claim, ClaimState
from ristoro.cli.behind import web_of
from ristoro.cli.host import open_boxes
from ristoro.cli.init import make_secrets
from ristoro.edges.directories.opening import open_directory
from ristoro.edges.mailhosts.embedded import EmbeddedHost
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.journal.verify import verify as verify_journal
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.workers.load import load

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(600)]

ROME = clock.zone("Europe/Rome")
ROOT = Path(__file__).parents[2]
POLICY = ROOT / "policies/premium-refund-2023-01.yaml"
HOLDER = "plus5@libero.it"
BOXES = {HOLDER, "only.imap@libero.it", "free@libero.it"}
FRIEND, CLIENT = "amica@example.org", "committente@example.net"
OUTAGE = """\
outage: staged
version: 1
title: {{it: Prova su server veri, en: Staged on real servers}}
zone: Europe/Rome
stores: {{libero: [lib-01..lib-48]}}
sources: [what this test did]
windows:
  - components: [imap, inbound]
    from: {start}
    to: {end}
    source: this test
"""
DEBTOR = f"""\
name: Provider S.p.A.
iban: {IBAN}
address: {{town: Milano, country: IT}}
"""


@dataclass(frozen=True)
class House(Office):
    """With a mail server in front of the store."""

    mail: Postfix = field(kw_only=True)


def staged(host: EmbeddedHost, mail: Postfix) -> tuple[datetime, datetime]:
    """The outage: from when to when. One message waits and comes; one is deleted while it waits."""
    mail.send(FRIEND, HOLDER, "<before@example.org>", "Prima")
    mail.waited("<before@example.org>", "status=sent")
    start = datetime.now(UTC)
    host.stop()
    mail.send(FRIEND, HOLDER, "<late@example.org>", "Durante")
    mail.send(CLIENT, HOLDER, "<gone@example.net>", "Conferma dell'incarico")
    mail.waited("<late@example.org>", "status=deferred")
    mail.delete(mail.waited("<gone@example.net>", "status=deferred"))
    host.start()
    end = datetime.now(UTC)
    mail.waited("<late@example.org>", "status=sent")
    return start, end


def imported(folder: Path) -> Path:
    """A snapshot of some mailboxes of the sample, with a holder who had paid."""
    everybody, chosen = folder / "tutte.csv", folder / "caselle.csv"
    sample(100, 2023, everybody, as_of=AS_OF, progress=lambda rows: None)
    with everybody.open(encoding="utf-8", newline="") as file:
        [head, *rows] = csv.reader(file)
    at = head.index("address")
    with chosen.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[at] in BOXES)])
    now = clock.now()
    return import_estate(open_directory(str(chosen)), folder, now=now, as_of=now).path


def acted(office: House, snapshot: Path, start: datetime, end: datetime) -> Run:
    """The refund decided, approved, told of in public, and begun."""
    outage = office.home / "staged.yaml"
    local = "%Y-%m-%dT%H:%M:%S"
    told = OUTAGE.format(
        start=start.astimezone(ROME).strftime(local),
        end=(end + timedelta(seconds=1)).astimezone(ROME).strftime(local),
    )
    outage.write_text(told, encoding="utf-8")
    decision = decide(snapshot, outage, POLICY, office.home / "run")
    anna, bruno = office.employ("Anna", Role.OPERATOR), office.employ("Bruno", Role.APPROVER)
    run = runs.enter(decision.folder, anna, clock.now())
    load(run, anna, clock.now())
    total = runs.read_decided(decision.folder).approval_total
    run = runs.approve(runs.named(run.name), bruno, total, clock.now())
    run = runs.publish(run, anna, {}, clock.now())
    runs.begin(run, clock.now())
    office.ristoro("work", run.name)
    return run


@pytest.fixture
def office(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    home = tmp_path / "home"
    home.mkdir()
    debtor = tmp_path / "conto.yaml"
    debtor.write_text(DEBTOR, encoding="utf-8")
    for name, value in {
        **database.environment(),
        "RISTORO_HOME": str(home),
        "RISTORO_SECOND_FACTOR": "yes",
        "RISTORO_APPROVAL_WAIT": "0",
        "RISTORO_SETTLE_SECONDS": "0",
        "RISTORO_PAYEE_WAIT": "0",
        "RISTORO_SEPA": str(debtor),
        "RISTORO_PASSWORD": PASSWORD,
    }.items():
        monkeypatch.setenv(name, value)
    make_secrets(env.current())
    secret = env.current().secret("RISTORO_SECRET_KEY")
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", secret)
    snapshot = imported(tmp_path)
    with closing(wiring.ledger(env.current())) as ledger:
        ledger.take_in(snapshot)
    with embedded_host(home / "mailhost") as host:
        host.provision_sample(open_boxes(snapshot))
        host.start()
        lmtp = host.status().ports["lmtp"]
        with postfix(["libero.it", "virgilio.it"], lmtp) as mail:
            port = free_port()
            one = House(f"http://libero.localhost:{port}", home, host, mail=mail)
            start, end = staged(host, mail)
            acted(one, snapshot, start, end)
            one.employ("Elena", Role.EXAMINER)
            one.employ("Franca", Role.FINANCE)
            one.ristoro("serve", "--background", "--workers", "1", "--port", str(port))
            try:
                yield one
            finally:
                web_of(home).stop()


@dataclass
class Holder:
    """The holder's browser."""

    page: Any
    base: str

    def open(self, path: str) -> Any:
        self.page.goto(self.base + path)
        return self.page


@pytest.fixture
def holder(office: House, browser: Any) -> Iterator[Holder]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="it-IT")
    context.add_init_script(WATCH)
    context.set_default_timeout(PATIENT)
    one = Holder(context.new_page(), office.base)
    page = one.open("/posta/")
    page.fill("#address", HOLDER)
    page.fill("#password", office.host.reader_password())
    page.press("#password", "Enter")
    page.wait_for_url("**/posta/")
    yield one
    context.close()


def claimed(holder: Holder) -> None:
    """The holder says what was lost, and is shown what the logs know of it."""
    page = holder.open("/reclami/nuovo/")
    page.click("main form.claiming button")
    page.wait_for_url("**/reclami/*/")
    page.check("#lost-1")
    page.fill("#counterparty", CLIENT)
    page.fill("#happened_on", f"{clock.now().astimezone(clock.zone('Europe/Rome')):%Y-%m-%d}")
    page.fill("#cost", "80,00")
    page.check("#cost_kind-1")
    page.fill("#how", "La conferma di un incarico non è mai arrivata, e l'incarico è sfumato.")
    page.click("button[value=review]")
    page.wait_for_url("**/riepilogo/")
    page.click("form.answer button.main")
    page.wait_for_selector("section.evidence")
    named = page.locator("section.evidence li.ours", has_text=CLIENT)
    assert named.count() == 1, page.inner_text("section.evidence")


def given(holder: Holder, password: str) -> None:
    """The holder says where the money is to go, after the password once more."""
    page = holder.open("/ristoro/conto/indica/")
    page.fill("#iban", IBAN)
    page.fill("#name", NAME)
    page.click("main form button.main")
    page.fill("#password", password)
    page.click("main form button.main")
    page.wait_for_url("**/ristoro/conto/**")
    expect(page.locator(".good-news")).to_have_count(1)


def decided(elena: Colleague) -> None:
    """The examiner goes to the next claim by keyboard, and decides that the loss is proved."""
    page = elena.page
    elena.open("/console/pratiche/")
    page.keyboard.press("n")
    page.wait_for_url("**/pratiche/R-*/")
    assert CLIENT in page.inner_text("section[aria-labelledby=known]")
    page.locator("input[name=outcome]").first.check()
    page.locator("fieldset.why:visible input").first.check()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("pre.letter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("p.done")


def paid(franca: Colleague, bruno: Colleague, folder: Path) -> Path:
    """Finance prepares, the approver releases; the bank books; what finance took to the bank."""
    page = franca.page
    franca.open("/console/pagamenti/")
    page.click("main form button")
    page.wait_for_url("**/distinte/*/")
    place = page.url.removeprefix(franca.office.base)
    bruno.open(place)
    bruno.page.fill("#total", bruno.page.locator("#total-hint code").inner_text())
    bruno.page.fill("#count", bruno.page.locator("#count-hint code").inner_text())
    bruno.page.click("section[aria-labelledby=release] form button")
    bruno.page.wait_for_selector("section[aria-labelledby=file]")
    franca.open(place)
    with page.expect_download() as taken:
        page.click("section[aria-labelledby=file] form button")
    order = folder / "distinta.xml"
    taken.value.save_as(order)
    booked = [Line(one.end_to_end, one.amount) for one in received(order).payments]
    answer = folder / "estratto.xml"
    answer.write_bytes(statement(booked))
    franca.open("/console/pagamenti/banca/")
    page.set_input_files("#file", str(answer))
    page.click("main form button")
    franca.onward()
    page.wait_for_url("**/banca/*/")
    page.click("form[action$='/applica/'] button")
    franca.onward()
    page.wait_for_selector("dt:text('Applicato')")
    return order


def test_mail_that_was_lost_is_found_decided_and_paid(
    office: House, holder: Holder, browser: Any, tmp_path: Path
) -> None:
    year = str(clock.now().year)
    office.ristoro("evidence", "import", str(office.mail.log), "--year", year, "--zone", "UTC")
    claimed(holder)
    given(holder, office.host.reader_password())
    with colleagues(browser, office) as colleague:
        elena, franca, bruno = colleague("Elena"), colleague("Franca"), colleague("Bruno")
        decided(elena)
        claim = Claim.objects.get()
        assert claim.state == ClaimState.SETTLED
        order = paid(franca, bruno, tmp_path)
        assert elena.faults == []
    assert [one.amount for one in received(order).payments] == ["0.06", "80.00"]
    mine = Payment.objects.filter(address=HOLDER).order_by("amount")
    assert [(one.amount, one.state) for one in mine] == [
        (6, PaymentState.BOOKED),
        (8000, PaymentState.BOOKED),
    ]
    run = Run.objects.get()
    office.ristoro("work", run.name)
    assert Grant.objects.get(address=HOLDER).state == GrantState.VERIFIED
    page = holder.open("/ristoro/conto/")
    assert page.inner_text("main").count("pagat") >= 2
    office.ristoro("books", "reconcile")
    bundle = tmp_path / "fascicolo.zip"
    office.ristoro("claims", "bundle", claim.number, "--as", "Elena", "--out", str(bundle))
    here = office.base.replace("libero.localhost", "127.0.0.1")
    key = tmp_path / "ristoro-facts.pem"
    with urlopen(f"{here}/.well-known/{key.name}", timeout=30) as answer:
        key.write_bytes(answer.read())
    office.ristoro("claims", "verify", str(bundle), "--key", str(key))
    assert verify_journal().problem is None
    assert "a page broke its policy" not in web_of(office.home).log.read_text(encoding="utf-8")
