"""What the demo's holders and examiner do in the web faces: accounts, claims, and a decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Console

from ristoro.cli.addresses import webmail_at
from ristoro.cli.visit import Visit
from ristoro.kernel import clock

POLICY = Path("policies/premium-refund-2023-01.yaml")
READER = "plus100@virgilio.it"
"""Left for whoever looks: has no account, and has claimed nothing."""
SETTLED = "ends.31aug@libero.it"
WAITING = "free@libero.it"
RENEWED = ("plus5@libero.it", "arrears@libero.it", "suspended.plus@libero.it")
"""Whose subscriptions go on, so that a bill comes: none of them is asked for a yes meanwhile."""

ACCOUNT = """\
name: Posta Esempio S.p.A.
iban: IT24D0542811101000000654321
identifier: A1B2C3D4
issuer: CBI
address: {street: Via Roma, number: "8", postcode: "20121", town: Milano, country: IT}
"""
"""The account that pays, for RISTORO_SEPA."""
IBAN, NAME = "IT60X0542811101000000123456", "Teresa Agosti"
"""The number that examples of IBANs have; it is nobody's."""

LOST = {
    "lost": "1",
    "counterparty": "ufficio@partner.test",
    "happened_on": "2023-01-26",
    "cost_kind": "2",
}
CLAIMS = {
    SETTLED: (
        "80,00",
        "Aspettavo dall'ufficio la conferma di una lezione da 80 euro. Non è mai arrivata.",
    ),
    WAITING: (
        "45,00",
        "Mi hanno spostato un appuntamento e non l'ho saputo: ho perso mezza giornata di lavoro.",
    ),
}
"""What each asks for, and why."""


def account(home: Path) -> Path:
    """The file of the account that pays, written when it is first asked for."""
    path = home / "account.yaml"
    if not path.exists():
        path.write_text(ACCOUNT, encoding="utf-8")
    return path


def next_bill() -> date:
    """Until when renewed subscriptions are paid."""
    return date(clock.now().year + 1, 12, 31)


def play(port: int, password: str, examiner: str) -> None:
    """Two holders claim damages, one of them says where money is to go; the examiner decides one.

    All of it by the pages, as people do it; ``Missing`` where one does not do what is asked.
    """
    tell = Console(highlight=False).print
    host = webmail_at(port)["libero"].split("//")[1].partition(":")[0]
    for address in (SETTLED, WAITING):
        visit = Visit(host, port)
        visit.open("/entra/")
        visit.send("/entra/", {"address": address, "password": password})
        if address == SETTLED:
            tell(f"\n[bold]In the webmail[/bold] {address} says where money is to go")
            visit.open("/ristoro/conto/indica/")
            visit.send("/conto/indica/", {"iban": IBAN, "name": NAME})
            visit.send("/conferma/", {"password": password})
        tell(f"[bold]In the webmail[/bold] {address} claims damages")
        claim(visit, *CLAIMS[address])
        tell(f"  {visit.path}")
        if address == SETTLED:
            desk = Visit("127.0.0.1", port)
            decide(desk, examiner)
            tell(f"[bold]In the console[/bold] elena takes the claim and decides it\n  {desk.path}")


def claim(visit: Visit, cost: str, how: str) -> None:
    """Write a claim and send it, from the first page to the receipt."""
    visit.open("/reclami/nuovo/")
    visit.send("/reclami/nuovo/", {"outage": "libero-virgilio-2023-01"})
    visit.send(visit.path, {**LOST, "cost": cost, "how": how}, ("go", "review"))
    visit.send("/invia/", {})


def decide(desk: Visit, password: str) -> None:
    """The next claim, found proved: its mail was not delivered, as the logs show."""
    desk.open("/console/entra/")
    desk.send("/console/entra/", {"username": "elena", "password": password})
    desk.open("/console/pratiche/")
    desk.send("/avanti/", {})
    desk.send("/decisione/", {"outcome": "proved", "reason-proved": {"not-delivered"}})
    desk.send("/decisione/", {})
