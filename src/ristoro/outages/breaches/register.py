"""Keeping the register: opened when an outage is declared, written on in phases, settled once.

A loss of availability is a personal-data breach too, however short (GDPR, article 4(12); EDPB
Guidelines 9/2022), so each outage has a record. Whether the authority must be told is for a person
to say; what the law asks to be documented is documented either way (article 33(5)), and what is
not known yet follows in phases (article 33(4)).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.clock import instant
from ristoro.kernel.errors import Missing, NotAllowed, Problem, bad_input
from ristoro.kernel.keys import digest_of
from ristoro.outages.breaches.models import Entry, Kind, Record, Risk, Standing
from ristoro.outages.breaches.numbers import Numbers
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import Outage
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

CLOCK = timedelta(hours=72)
"""From awareness, and not from the outage's start (article 33(1))."""

LONGEST = 10_000
BY_HAND = (Kind.NATURE, Kind.CONSEQUENCES, Kind.MEASURES, Kind.PEOPLE_TOLD)
SETTLED = {Kind.NOTIFIED: Standing.NOTIFIED, Kind.NOT_NOTIFIED: Standing.NOT_NOTIFIED}


def open_record(outage: Outage, aware_at: datetime, person: Person, at: datetime) -> Record:
    """The record of an outage, with an entry for this version of it.

    A first version opens a draft whose clock runs from ``aware_at``. A correction is an entry
    more; the clock stays as it is, for awareness does not begin anew. The same version again
    writes nothing.
    """
    people.require(person, Role.OPERATOR)
    check_aware(aware_at, at)
    try:
        with transaction.atomic():
            record = Record.objects.create(
                outage=outage.name,
                standing=Standing.DRAFT,
                aware_at=aware_at,
                due_at=aware_at + CLOCK,
                opened_at=at,
                opened_by=person.name,
            )
            data = {"aware_at": aware_at.isoformat(), "due_at": record.due_at.isoformat()}
            append(person.name, names.BREACH_OPENED, _subject(record), data, at)
    except IntegrityError:
        record = Record.objects.get(outage=outage.name)
    facts = _facts(outage)
    if not record.entries.filter(kind=Kind.DECLARED, data__digest=outage.digest).exists():
        _write(record, Kind.DECLARED, outage.title["it"], facts, person, at)
    return record


def check_aware(aware_at: datetime, at: datetime) -> None:
    """``BadInput`` where awareness is said to begin later than now."""
    if aware_at > at:
        raise bad_input(
            "aware-later",
            f"awareness is said to begin at {aware_at.isoformat()}, which is not yet",
            "the clock of 72 hours cannot begin in the future",
            "write when somebody here first knew of the outage",
        )


def count(outage: str, found: Numbers, snapshot: str, person: Person, at: datetime) -> Entry:
    """Write the numbers drawn from a snapshot, which is named by its digest."""
    people.require(person, Role.OPERATOR)
    record = named(outage)
    data = {"snapshot": snapshot, **asdict(found)}
    data["components"] = [asdict(one) for one in found.components]
    words = f"{found.touched} caselle su {found.mailboxes}"
    return _write(record, Kind.NUMBERS, words, data, person, at)


def write(outage: str, kind: Kind, words: str, person: Person, at: datetime) -> Entry:
    """Add what a person says: the nature, the consequences, the measures, who was told."""
    people.require(person, Role.OPERATOR)
    if kind not in BY_HAND:
        raise bad_input(
            "wrong-value",
            f"{kind} is not written by hand",
            "it follows from a declared outage, from an estate, or settles the record",
            f"choose one of {', '.join(BY_HAND)}",
        )
    return _once(named(outage), kind, _tidy(words), {}, person, at)


def assess(outage: str, risk: Risk, words: str, person: Person, at: datetime) -> Entry:
    """Write how likely harm to people is, and why. The last assessment is the one that counts."""
    people.require(person, Role.OPERATOR)
    return _once(named(outage), Kind.RISK, _tidy(words), {"risk": risk.value}, person, at)


def supplement(outage: str, words: str, sent_at: datetime, person: Person, at: datetime) -> Entry:
    """Write what more the authority was told, and when, after a first notification.

    ``NotAllowed`` before that one: what is told in phases begins with it (article 33(4)).
    """
    people.require(person, Role.APPROVER)
    record = named(outage)
    if record.standing != Standing.NOTIFIED:
        raise NotAllowed(
            Problem(
                "breach-not-notified",
                f"the authority was not told of {outage} yet",
                "further information follows a first notification (article 33(4))",
                "write the first one: ristoro breach notified",
            )
        )
    _check_sent(record, sent_at, at)
    data = {"sent_at": sent_at.isoformat()}
    return _once(record, Kind.SUPPLEMENT, _tidy(words), data, person, at)


def settle(
    outage: str, kind: Kind, words: str, settled_at: datetime, person: Person, at: datetime
) -> Entry:
    """Say that the authority was told (``words``: its number for the file) or why it was not.

    An entry may be added afterwards; a record that was settled is settled otherwise only from
    "not told" to "told". Later than 72 hours the reasons for the delay are asked for (article
    33(1)), so that ``words`` must then say more than a number.
    """
    people.require(person, Role.APPROVER)
    record = named(outage)
    told = _tidy(words)
    if record.standing == Standing.NOTIFIED:
        raise NotAllowed(
            Problem(
                "breach-settled",
                f"the authority was told of {outage} on {record.settled_at:%Y-%m-%d %H:%M} UTC",
                "that was documented, and is not undone",
                "what has become known since is an entry: ristoro breach write",
            )
        )
    _check_sent(record, settled_at, at)
    late = kind is Kind.NOTIFIED and settled_at > record.due_at
    if late and len(told.split()) < FEWEST_REASONS:
        raise bad_input(
            "delay-unexplained",
            f"the authority was told after {record.due_at:%Y-%m-%d %H:%M} UTC, with no reason",
            "a notification later than 72 hours gives the reasons for the delay (article 33(1))",
            "write the authority's number and why it was late",
        )
    data = {"settled_at": settled_at.isoformat(), "late": late}
    with transaction.atomic():
        record.standing, record.settled_at = SETTLED[kind], settled_at
        record.save(update_fields=["standing", "settled_at"])
        return _write(record, kind, told, data, person, at)


def _check_sent(record: Record, sent_at: datetime, at: datetime) -> None:
    if not record.aware_at <= sent_at <= at:
        raise bad_input(
            "sent-never",
            f"it is said to have been at {sent_at.isoformat()}",
            f"it became known at {record.aware_at:%Y-%m-%d %H:%M}; now it is {at:%Y-%m-%d %H:%M}",
            "write when it was",
        )


FEWEST_REASONS = 5
"""Words: less is a number and no reason."""


def named(outage: str) -> Record:
    """The record of an outage; ``Missing`` where there is none."""
    record = Record.objects.filter(outage=outage).first()
    if record is None:
        raise Missing(
            Problem(
                "no-breach",
                f"the register has no record of {outage!r}",
                "a record is opened when an outage is declared by somebody who is signed in",
                f"run `ristoro breach open {outage}`",
            )
        )
    return record


def _once(
    record: Record, kind: Kind, words: str, data: Mapping[str, Any], person: Person, at: datetime
) -> Entry:
    """``_write``, unless the last entry of the kind says it already: a form sent twice."""
    with transaction.atomic():
        held = Record.objects.select_for_update().get(pk=record.pk)
        last = held.entries.filter(kind=kind).last()
        if last is not None and (last.words, last.data) == (words, dict(data)):
            return last
        return _write(held, kind, words, data, person, at)


def _write(
    record: Record, kind: Kind, words: str, data: Mapping[str, Any], person: Person, at: datetime
) -> Entry:
    with transaction.atomic():
        entry = Entry.objects.create(
            record=record, kind=kind, at=at, words=words, data=dict(data), written_by=person.name
        )
        told = {"entry": entry.pk, "kind": kind.value, "digest": digest_of([words, dict(data)])}
        append(person.name, names.BREACH_WRITTEN, _subject(record), told, at)
    return entry


def _facts(outage: Outage) -> dict[str, Any]:
    """What the declared outage says: nothing here is typed twice."""
    failed = {window.component for window in outage.windows}
    end = outage.end
    return {
        "version": outage.version,
        "digest": outage.digest,
        "start": instant(outage.start).isoformat(),
        "end": None if end is None else instant(end).isoformat(),
        "brands": list(outage.brands),
        "components": [component for component in COMPONENTS if component in failed],
        "reason": outage.reason,
    }


def _tidy(words: str) -> str:
    text = unicodedata.normalize("NFC", words).strip()
    if not text or len(text) > LONGEST:
        raise bad_input(
            "wrong-value",
            f"the text has {len(text)} characters",
            "an empty entry documents nothing, and one without end is not read",
            f"write 1 to {LONGEST}",
        )
    return text


def _subject(record: Record) -> str:
    return f"breach {record.outage}"
