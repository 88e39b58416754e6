"""A decision as its pages show it: what stands in its folder, laid out, and who may see what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ristoro.errands import places
from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.faces.said import Lazy
from ristoro.kernel.clock import instant
from ristoro.kernel.errors import BadInput, Missing
from ristoro.notices import showing
from ristoro.remedies import news
from ristoro.remedies.comparing import against
from ristoro.remedies.deciding import decide
from ristoro.remedies.folder import again, preview, whole_files
from ristoro.remedies.folder.preview import Preview, Row
from ristoro.remedies.folder.samples import Sample, masked
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person

READERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE)
"""Who may look at a decision before it is given."""

NAMED_TO = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
"""Who may see whose the samples are; others see addresses masked."""

Unit = tuple[str, str]
"""A unit and, where it is money, its currency."""


@dataclass(frozen=True, slots=True)
class Place:
    """A decision's folder, the run that it became, if any, and what the journal files looks
    under."""

    folder: Path
    digest: str
    run: Run | None

    @property
    def subject(self) -> str:
        return f"run {self.run.pk}" if self.run else f"decision {self.digest}"

    @property
    def mailbox(self) -> str:
        """The address that explains a mailbox of it."""
        if self.digest:
            return reverse("console:decision-mailbox", args=[self.digest])
        assert self.run is not None
        return reverse("console:run-mailbox", args=[self.run.name])


def of_digest(digest: str) -> Place:
    """The decision of that digest, or 404."""
    try:
        folder = places.below(places.decisions(), digest)
    except Missing as error:
        raise Http404 from error
    outcomes = preview.read(folder).digest
    entered = Run.objects.filter(outcomes_digest=outcomes).exclude(state=RunState.CANCELLED)
    return Place(folder, digest, entered.order_by("-pk").first())


def of_run(name: str) -> Place:
    """The decision that a run was entered from, or 404; one made by the command has no digest."""
    run = Run.objects.filter(name=name).first()
    if run is None:
        raise Http404
    folder = Path(run.directory)
    is_here = folder.parent == places.decisions().resolve()
    return Place(folder, folder.name if is_here else "", run)


@dataclass(frozen=True, slots=True)
class Table:
    """Sums by something: a column for each unit that anything is given in."""

    heads: tuple[Lazy, ...]
    units: tuple[Unit, ...]
    rows: tuple[tuple[Row, tuple[Mapping[str, Any] | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A sample with its addresses as this reader may see them."""

    sample: Sample
    title: Mapping[str, str]
    because: Mapping[str, str]
    rows: tuple[tuple[Any, str], ...]


UNITS: Mapping[str, Lazy] = {
    "bytes": _("Space"),
    "months": _("Months"),
    "days": _("Days"),
    "minor": _("Money"),
}


def tables(found: Preview) -> list[tuple[Lazy, Table]]:
    """The sums by remedy, by plan and by brand."""
    titles = {one["remedy"]: one["title"] for one in found.totals["remedies"]}
    units = tuple(sorted(found.in_all().sum.amounts))
    by_remedy = [Row((titles[row.name[0]],), row.sum, row.mailboxes) for row in found.by_remedy()]
    return [
        (_("By remedy"), _table((_("Remedy"),), units, by_remedy)),
        (_("By plan"), _table((_("Brand"), _("Plan")), units, found.by_plan())),
        (_("By brand"), _table((_("Brand"),), units, found.by_brand())),
    ]


def _table(heads: tuple[Lazy, ...], units: Sequence[Unit], rows: Sequence[Row]) -> Table:
    def cell(row: Row, unit: Unit) -> Mapping[str, Any] | None:
        amount = row.sum.amounts.get(unit)
        if amount is None:
            return None
        return {"unit": unit[0], "currency": unit[1], "amount": amount}

    laid = tuple((row, tuple(cell(row, unit) for unit in units)) for row in rows)
    return Table(heads, tuple(units), laid)


def knows_whose(person: Person) -> bool:
    """Whether this person may see whose mailboxes are named."""
    return not person.roles.isdisjoint(NAMED_TO)


def named(found: Preview, person: Person) -> list[Named]:
    """The samples, with whole addresses for those who may know them."""
    knows = knows_whose(person)
    remedies = found.totals["remedies"]
    return [
        Named(
            one,
            remedies[one.remedy_no]["title"],
            _because(remedies[one.remedy_no], one),
            tuple((row, row.address if knows else masked(row.address)) for row in one.drawn),
        )
        for one in found.samples
    ]


def _because(remedy: Mapping[str, Any], sample: Sample) -> Mapping[str, str]:
    for line in remedy["nothing"]:
        if (line["rule"], line["reason"]) == (sample.rule, sample.reason):
            because: Mapping[str, str] = line.get("because", {})
            return because
    return {}


def about(place: Place, person: Person) -> dict[str, Any]:
    """Everything that the page of a decision says; ``BadInput`` where the folder is no run."""
    found = preview.read(place.folder)
    shelves = places.shelves()
    record = found.record
    snapshot, missing = _snapshot(record)
    told, waits = news.News(None, None, None), None
    if snapshot is not None:
        told, waits = news.at_a_glance(place.folder, shelves)
    return {
        "place": place,
        "run": place.run,
        "digest": place.digest or found.digest,
        "found": found,
        "record": record,
        "totals": found.totals,
        "figures": found.figures,
        "snapshot": snapshot,
        "missing": missing,
        "until": _instant(record.get("until_us")),
        "tables": tables(found),
        "list_values": found.list_values(),
        "samples": named(found, person),
        "knows": knows_whose(person),
        "letters": showing.read(place.folder, found.digest),
        "news": told,
        "waits": waits,
        "proof": _proof(snapshot, place.folder),
        "checked": again.read(place.folder),
        "comparisons": against.kept(place.folder) if place.digest else [],
    }


def _snapshot(record: Mapping[str, Any]) -> tuple[Snapshot | None, str]:
    """The snapshot that was decided on; what is wrong where it is gone."""
    try:
        return open_snapshot(Path(record["snapshot"])), ""
    except BadInput as error:
        return None, str(error)


def _proof(snapshot: Snapshot | None, folder: Path) -> whole_files.Proof | None:
    if snapshot is None:
        return None
    return whole_files.proof(snapshot, folder / decide.OUTCOMES)


def _instant(until_us: int | None) -> datetime | None:
    return None if until_us is None else instant(until_us)
