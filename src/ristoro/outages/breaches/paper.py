"""A record of the register on paper, as authorities ask: article 33(3), point by point."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from ristoro.kernel.clock import parse_instant
from ristoro.outages.breaches.models import Entry, Kind, Record, Risk

COMPONENTS = {
    "webmail": "webmail",
    "imap": "programmi di posta (IMAP)",
    "pop3": "programmi di posta (POP3)",
    "submission": "invio dai programmi di posta",
    "inbound": "posta da fuori",
    "ios": "app iOS",
    "android": "app Android",
}
HEADINGS = {
    Kind.NATURE: "Natura della violazione",
    Kind.CONSEQUENCES: "Probabili conseguenze",
    Kind.RISK: "Rischio per i diritti e le libertà delle persone",
    Kind.MEASURES: "Misure adottate o proposte",
    Kind.PEOPLE_TOLD: "Comunicazione agli interessati (articolo 34)",
    Kind.SUPPLEMENT: "Informazioni fornite in fasi successive (articolo 33, paragrafo 4)",
}
CONTACT = "RISTORO_PRIVACY_CONTACT"
"""The setting that says whom the authority can ask."""

POINTS_BEFORE = 2
"""When and what, which stand before the headings."""

RISKS = {
    Risk.UNLIKELY: "Improbabile",
    Risk.LIKELY: "Probabile",
    Risk.HIGH: "Elevato",
}


def as_data(record: Record) -> dict[str, Any]:
    """All of a record for machines; instants in UTC."""
    return {
        "outage": record.outage,
        "standing": record.standing,
        "aware_at": record.aware_at.isoformat(),
        "due_at": record.due_at.isoformat(),
        "settled_at": record.settled_at and record.settled_at.isoformat(),
        "entries": [
            {
                "kind": entry.kind,
                "at": entry.at.isoformat(),
                "words": entry.words,
                "data": entry.data,
                "written_by": entry.written_by,
            }
            for entry in record.entries.all()
        ],
    }


def as_text(record: Record, at: datetime, zone: ZoneInfo, contact: str = "") -> str:
    """The record in Italian, as it stands ``at``, in text that prints anywhere.

    ``contact`` is where the authority can ask for more (article 33(3)(b)).
    """
    entries = list(record.entries.all())
    declared = _last(entries, Kind.DECLARED)
    counted = _last(entries, Kind.NUMBERS)
    facts: dict[str, Any] = declared.data if declared else {}
    points = [
        (heading, texts)
        for kind, heading in HEADINGS.items()
        if (texts := [_said(entry, zone) for entry in entries if entry.kind == kind])
        or kind != Kind.SUPPLEMENT
    ]
    about = {
        "record": record,
        "title": declared.words if declared else record.outage,
        "aware": _shown(record.aware_at, zone),
        "due": _shown(record.due_at, zone),
        "settled": record.settled_at and _shown(record.settled_at, zone),
        "start": facts.get("start") and _shown(parse_instant(facts["start"]), zone),
        "end": facts.get("end") and _shown(parse_instant(facts["end"]), zone),
        "components": [COMPONENTS[name] for name in facts.get("components", ())],
        "counted": counted and counted.data,
        "touched": [
            {
                **one,
                "name": COMPONENTS[one["component"]],
                "hours": one["longest_us"] // 3_600_000_000,
            }
            for one in (counted.data["components"] if counted else ())
        ],
        "points": points,
        "last": len(points) + POINTS_BEFORE + 1,
        "history": [(_shown(entry.at, zone), entry) for entry in entries],
        "drawn": _shown(at, zone),
        "contact": contact,
        "zone": zone.key,
    }
    return render_to_string("breaches/record.txt", about)


def _said(entry: Entry, zone: ZoneInfo) -> str:
    if entry.kind == Kind.RISK:
        return f"{RISKS[Risk(entry.data['risk'])]}. {entry.words}"
    if entry.kind == Kind.SUPPLEMENT:
        return f"{_shown(parse_instant(entry.data['sent_at']), zone)}: {entry.words}"
    return entry.words


def left(record: Record, at: datetime) -> timedelta | None:
    """The time until the 72 hours are over, negative after; ``None`` once it is settled."""
    return None if record.settled_at is not None else record.due_at - at


def _last(entries: list[Entry], kind: Kind) -> Entry | None:
    return next((entry for entry in reversed(entries) if entry.kind == kind), None)


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M}"
