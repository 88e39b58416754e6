"""Which entries of the journal are told to other programs, and what of each.

An event is thin: what happened to which thing, for a receiver to look up with its own rights.
Nothing of a mailbox holder's is in any, and no name of a person: only members that are named here
leave the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.keys import canonical_json


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its type, what it says, and which members of the entry's data it tells.

    ``subject`` is the member that the second word of the entry's subject becomes, if any.
    """

    type: str
    said: str
    members: tuple[str, ...]
    subject: str = ""


_RUN = ("run",)
KINDS: Mapping[str, Kind] = {
    names.RUN_ENTERED: Kind("run.entered", "A decided run was entered.", (*_RUN, "outcomes")),
    names.RUN_LOADED: Kind("run.loaded", "A run can be approved.", (*_RUN, "rows")),
    names.RUN_APPROVED: Kind(
        "run.approved", "A second person approved a run.", (*_RUN, "approval_total", "outcomes")
    ),
    names.RUN_PUBLISHED: Kind("run.published", "A run's page of facts is public.", _RUN),
    names.RUN_BEGUN: Kind("run.begun", "A run began to act.", _RUN),
    names.RUN_PAUSED: Kind("run.paused", "A run was paused.", _RUN),
    names.RUN_RESUMED: Kind("run.resumed", "A paused run goes on.", _RUN),
    names.RUN_CLOSED: Kind("run.closed", "A run was closed.", _RUN),
    names.RUN_CANCELLED: Kind("run.cancelled", "A run was cancelled before it acted.", _RUN),
    names.INCIDENT_OPENED: Kind(
        "incident.opened", "The public was told of an incident.", ("slug", "kind"), "incident"
    ),
    names.INCIDENT_UPDATED: Kind(
        "incident.published",
        "The public was told how an incident goes on.",
        ("update", "phase"),
        "incident",
    ),
    names.BREACH_OPENED: Kind(
        "breach.opened",
        "An outage was entered in the register of breaches; its 72 hours run.",
        ("aware_at", "due_at"),
        "outage",
    ),
    names.BREACH_WRITTEN: Kind(
        "breach.written", "The register of breaches was written on.", ("kind",), "outage"
    ),
    names.ERRAND_ENDED: Kind(
        "errand.ended", "A long work ended: done, failed or cancelled.", ("errand", "kind", "state")
    ),
    names.WEBHOOK_ADDED: Kind(
        "webhook.added", "A webhook was added: the first event that a new one gets.", ("webhook",)
    ),
}
TYPES = {kind.type: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``id`` follows from the entry's hash: the same for every receiver and try."""

    id: str
    type: str
    at: datetime
    number: int
    data: Mapping[str, Any]

    @property
    def body(self) -> str:
        """The JSON that is sent, in one spelling."""
        return canonical_json(
            {
                "type": self.type,
                "timestamp": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "entry": self.number,
                "data": dict(self.data),
            }
        ).decode()


def event_of(entry: Entry) -> Event:
    """The event that an entry of ``KINDS`` is; one whose detail was shredded tells no members."""
    kind = KINDS[entry.name]
    detail = Detail.objects.filter(number=entry.number).first()
    known = (detail.data if detail is not None else None) or {}
    data = {name: known[name] for name in kind.members if name in known}
    if kind.subject:
        data[kind.subject] = entry.subject.partition(" ")[2]
    return Event(f"evt_{entry.hash[:32]}", kind.type, entry.at, entry.number, data)
