"""What of the journal somebody asks for, by an address, and what their role lets them see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from ristoro import env, wiring
from ristoro.faces.said import Lazy
from ristoro.journal import names
from ristoro.journal.reading import LOOKS, Wanted
from ristoro.kernel import clock
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person

READERS = (Role.AUDITOR, Role.OPERATOR, Role.APPROVER, Role.FINANCE)
AUDITORS_ALONE = ("staff.", "journal.", "fulfilment.caller.", "fulfilment.call.")
"""How names begin that only an auditor reads: of people who work here, and of calls."""

LONGEST = 200
LOOKED = "sguardi"

GROUPS: Mapping[str, Lazy] = {
    "staff": _("People"),
    "estate": _("Estates"),
    "outages": _("Outages and what is told"),
    "remedies": _("Runs"),
    "fulfilment": _("Remedies and answers"),
    "workers": _("Workers and programs"),
    "journal": _("The journal itself"),
}
"""The stages whose names there are, in the order of the work."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in; days are of the installation's zone, the last one included."""

    subject: str
    actor: str
    name: str
    since: str
    until: str

    @property
    def query(self) -> str:
        """The same as an address."""
        fields = {
            "oggetto": self.subject, "chi": self.actor, "cosa": self.name, "dal": self.since,
            "al": self.until,
        }  # fmt: skip
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def is_anything(self) -> bool:
        return bool(self.query)


def read(fields: Mapping[str, str]) -> Asked:
    """From a form or an address; what is not a day is left out."""
    return Asked(
        subject=fields.get("oggetto", "").strip()[:LONGEST],
        actor=fields.get("chi", "").strip()[:LONGEST],
        name=fields.get("cosa", "")[:LONGEST],
        since=_day(fields.get("dal", "")),
        until=_day(fields.get("al", "")),
    )


def wanted(asked: Asked, person: Person) -> Wanted:
    """What is to be found, of what the person may see."""
    seen = names_seen(person)
    if asked.name == LOOKED:
        chosen = seen & LOOKS
    elif asked.name:
        chosen = {name for name in seen if name == asked.name or name.startswith(f"{asked.name}.")}
    else:
        chosen = seen
    everything = chosen == names.NAMES.keys()
    return Wanted(
        subject=_subject(asked.subject),
        actor=asked.actor,
        names=None if everything else sorted(chosen),
        since=_begins(asked.since),
        until=_begins(asked.until, after=1),
    )


def names_seen(person: Person) -> set[str]:
    """The names whose entries the person may read: an auditor all, others those of the work."""
    if Role.AUDITOR in person.roles:
        return set(names.NAMES)
    return {name for name in names.NAMES if not name.startswith(AUDITORS_ALONE)} - LOOKS


def names_by_group(person: Person) -> list[tuple[str, Lazy, list[tuple[str, str]]]]:
    """By stage: what each name says happened, for the form's list."""
    seen = names_seen(person)
    return [
        (
            group,
            words,
            [(name, told) for name, told in names.NAMES.items()
             if name.startswith(f"{group}.") and name in seen],
        )
        for group, words in GROUPS.items()
        if any(name.startswith(f"{group}.") for name in seen)
    ]  # fmt: skip


def _subject(text: str) -> str:
    """A run's name stands for what the journal calls it."""
    found = Run.objects.filter(name=text).values_list("pk", flat=True).first() if text else None
    return text if found is None else f"run {found}"


def _day(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return ""
    return text if 1970 < found.year < 9000 else ""


def _begins(day: str, after: int = 0) -> datetime | None:
    if not day:
        return None
    zone = wiring.zone_of(env.current())
    return clock.start_of_day(date.fromisoformat(day) + timedelta(days=after), zone)
