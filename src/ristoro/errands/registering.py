"""The numbers of a breach are counted from a snapshot and written into the register."""

from __future__ import annotations

from typing import Any

from ristoro.errands.places import below, estates, outages
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.outages import versions
from ristoro.outages.breaches import register
from ristoro.outages.breaches.numbers import numbers
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.errands import Teller

COUNT = "breach-numbers"


def do_count(teller: Teller) -> dict[str, Any]:
    """``params``: ``outage`` and ``snapshot``, by name. Asked for by an operator."""
    name, now = str(teller.params["outage"]), teller.clock()
    person = people.find(teller.errand.person)
    people.require(person, Role.OPERATOR)
    register.named(name)
    estate = below(estates(), str(teller.params["snapshot"]))
    outage = versions.version(outages(), name)
    teller.begin("count", None)
    snapshot = open_snapshot(estate)
    found = numbers(estate, outage, clock.micros(now) if outage.end is None else None)
    teller.advance(found.mailboxes)
    register.count(name, found, snapshot.digest, person, teller.clock())
    return {"outage": name, "mailboxes": found.mailboxes, "touched": found.touched}
