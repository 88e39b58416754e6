"""Declaring by a person: the version is kept, the register has its record, the journal tells.

The page, the command and whatever else declares for somebody come through here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.outages import versions
from ristoro.outages.breaches import register
from ristoro.outages.breaches.models import Entry, Kind
from ristoro.outages.versions import Declared
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person


def declare(
    text: bytes, name: str, folder: Path, person: Person, aware_at: datetime, at: datetime
) -> Declared:
    """Take a text into the folder for an operator; ``name`` is the file named in messages.

    A first version opens the outage's record in the register of breaches, whose clock runs from
    ``aware_at``; a correction is an entry more in it. What was declared before and means the same
    is told once: where a declaration was cut off after its file, the same again completes it.
    ``NotAllowed`` for who is no operator, ``BadInput`` as ``versions.declare``.
    """
    people.require(person, Role.OPERATOR)
    register.check_aware(aware_at, at)
    declared = versions.declare_text(text, name, folder)
    outage = declared.outage
    with transaction.atomic():
        told = Entry.objects.filter(
            record__outage=outage.name, kind=Kind.DECLARED, data__digest=outage.digest
        ).exists()
        record = register.open_record(outage, min(aware_at, at), person, at)
        if not told:
            data = {
                "version": outage.version,
                "digest": outage.digest,
                "corrects": outage.corrects,
                "reason": outage.reason,
                "due_at": record.due_at.isoformat(),
            }
            verb = names.OUTAGE_DECLARED if outage.version == 1 else names.OUTAGE_CORRECTED
            append(person.name, verb, subject_of(outage.name), data, at)
    return declared


def subject_of(name: str) -> str:
    """What the journal calls an outage."""
    return f"outage {name}"
