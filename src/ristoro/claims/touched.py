"""The outages that touched a mailbox, about which its holder can claim damages.

They are those of the programmes in which the mailbox stands: of two programmes about one outage
the newer one counts. A policy that has a remedy of the lane of damages may name a last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.fulfilment import holder
from ristoro.fulfilment.held import Programme
from ristoro.fulfilment.models import Consent
from ristoro.kernel.clock import micros, start_of_day
from ristoro.kernel.errors import BadInput
from ristoro.kernel.spans import Span
from ristoro.remedies.folder.find import find_mailbox
from ristoro.remedies.folder.run_folder import open_run
from ristoro.remedies.models import Run

DAMAGES = "damages"
LATEST = timedelta(days=5)
"""How long after an outage mail that waited may still come or be given up: Postfix, and RFC 5321
in section 4.5.4.1, wait for four to five days."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An outage and the mailbox that it touched, as the run has them.

    ``start`` and ``end`` are the outage's own, in ``zone``, that of the policy's days; ``last_day``
    is until when a claim is taken here, where the policy says so.
    """

    outage: str
    outage_digest: str
    title: str
    run_id: int
    mailbox_id: int
    bucket: int
    address: str
    brand: str
    currency: str
    zone: ZoneInfo
    start: datetime
    end: datetime
    last_day: date | None

    def open_on(self, day: date) -> bool:
        """Whether a claim is taken on that day."""
        return self.last_day is None or day <= self.last_day


def touched(address: str, lang: str) -> tuple[Touched, ...]:
    """Every outage that touched the mailbox, the newest programme first."""
    found: dict[str, Touched] = {}
    for programme in holder.of_mailbox(address, lang):
        one = _of(programme, address, lang)
        if one is not None:
            found.setdefault(one.outage, one)
    return tuple(found.values())


def of_run(run_id: int, address: str, lang: str) -> Touched | None:
    """The outage of one run; ``None`` where its folder is gone or has not the mailbox."""
    run = Run.objects.filter(pk=run_id).first()
    programme = None if run is None else holder.of_run(run, address, lang)
    return None if programme is None else _of(programme, address, lang)


def window(outage: Touched, happened_on: date | None) -> Span:
    """What the evidence of a claim is looked for in: the outage, the day that the holder names, and
    the days after them in which mail that waited may have come or been given up."""
    start, end = micros(outage.start), micros(outage.end)
    if happened_on is not None:
        start = min(start, micros(start_of_day(happened_on, outage.zone)))
        end = max(end, micros(start_of_day(happened_on + timedelta(days=1), outage.zone)))
    return Span(start, end + LATEST // timedelta(microseconds=1))


def _of(programme: Programme, address: str, lang: str) -> Touched | None:
    if programme.exposure is None or not programme.exposure.touched:
        return None
    try:
        folder = open_run(Path(programme.run.directory))
        one = find_mailbox(folder, address.strip().lower())
    except BadInput:
        return None
    outage = folder.bound.sight.outage
    days = [
        owed.grant.deadline
        for owed in programme.owed
        if owed.lane == DAMAGES and owed.grant is not None and owed.grant.consent is Consent.CLAIM
    ]
    return Touched(
        outage=outage.name,
        outage_digest=programme.run.outage_digest,
        title=outage.title[lang],
        run_id=programme.run.pk,
        mailbox_id=one.mailbox_id,
        bucket=int(one.row["bucket"]),
        address=str(one.row["address"]),
        brand=str(one.row["brand"]),
        currency=folder.checked.policy.currency,
        zone=folder.bound.sight.zone,
        start=programme.exposure.start,
        end=programme.exposure.end,
        last_day=max((day for day in days if day is not None), default=None),
    )
