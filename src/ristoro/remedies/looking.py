"""A look at what one mailbox was decided to get, and why: in the journal before it is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.remedies.explaining.explain import Explanation, explain
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
"""Who may know whose mailbox it is; others see figures, and addresses masked. An agent comes to a
mailbox by a call of its holder alone (``fulfilment.callers``)."""


def look(
    folder: Path, subject: str, mailbox: str | int, lang: str, person: Person, at: datetime
) -> Explanation:
    """Explain a mailbox, by address or id, to a person; ``subject`` is what the journal files it
    under, ``run 7`` or ``decision`` and its digest.

    ``NotAllowed`` for whoever may not know; ``BadInput`` as ``explain`` has it.
    """
    people.require(person, *LOOKERS)
    told = explain(folder, mailbox, lang)
    data = {"person": person.id, "mailbox": told.mailbox_id, "address": told.address}
    with transaction.atomic():
        append(person.name, names.MAILBOX_EXPLAINED, subject, data, at)
    return told
