"""Correcting what was published: the new text takes the place, and the old one stays beside it.

A correction changes words, in both languages. What works and what does not is changed by an update.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, Missing, NotAllowed, Problem
from ristoro.kernel.keys import digest_of
from ristoro.outages.incidents.models import Correction, Incident, Update
from ristoro.outages.incidents.publish import LONGEST_BODY, Words, of_words
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person


def correct(slug: str, code: str, body: Words, person: Person, at: datetime) -> Update:
    """Publish another text of an update; ``BadInput`` unless in both languages.

    The same text again is left as it is: a form that was sent twice corrects once.
    """
    people.require(person, Role.OPERATOR)
    text = body.tidy()
    with transaction.atomic():
        update = told(slug, code, lock=True)
        problems = list(of_words(text, "text", LONGEST_BODY))
        if problems:
            raise BadInput(*problems)
        before = Words(update.body_it, update.body_en)
        if text == before:
            return update
        Correction.objects.create(
            update=update,
            body_it=before.it,
            body_en=before.en,
            at=at,
            corrected_by=person.name,
        )
        update.body_it, update.body_en = text.it, text.en
        update.save(update_fields=["body_it", "body_en"])
        Incident.objects.filter(pk=update.incident_id).update(updated_at=at)
        data = {
            "update": update.code,
            "before": digest_of([before.it, before.en]),
            "after": digest_of([text.it, text.en]),
        }
        subject = f"incident {update.incident.code}"
        append(person.name, names.INCIDENT_CORRECTED, subject, data, at)
    return update


def check_read(update: Update, before: Words) -> None:
    """Return where the update still says what somebody read; ``NotAllowed`` otherwise."""
    if Words(update.body_it, update.body_en) != before:
        raise NotAllowed(
            Problem(
                "corrected-meanwhile",
                f"{update.code} was corrected since this was opened",
                "the correction of somebody else would be lost",
                "read what it says now, and correct that",
            )
        )


def told(slug: str, code: str, lock: bool = False) -> Update:
    """The update of that code; ``Missing`` where the incident has none."""
    every = Update.objects.filter(code=code, incident__slug=slug).select_related("incident")
    update = (every.select_for_update(of=("self",)) if lock else every).first()
    if update is None:
        raise Missing(
            Problem(
                "no-update",
                f"{slug} has no update {code!r}",
                "what is corrected was published before",
                "look at the incident again",
            )
        )
    return update
