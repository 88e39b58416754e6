"""Drafts are kept as typed, published once as reviewed; corrections keep what was said before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.databases import Database

from ristoro.journal.models import Detail, Entry
from ristoro.journal.verify import verify
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.outages.incidents import correct, drafts
from ristoro.outages.incidents.models import Draft, Incident, Update
from ristoro.outages.incidents.publish import Words
from ristoro.outages.incidents.states import Kind
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT = datetime(2023, 1, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BRANDS = ("libero", "virgilio")
ROME = ZoneInfo("Europe/Rome")
WHOLE = {
    "title.it": "Caselle non raggiungibili",
    "title.en": "Mailboxes cannot be reached",
    "text.it": "Cerchiamo la causa.",
    "text.en": "We look for the cause.",
    "phase": "investigating",
    "impact": "major",
    "from": "2023-01-23T08:30",
    "components.libero.webmail": "major_outage",
    "components.virgilio.imap": "",
}
NEXT = {"text.it": "Trovata.", "text.en": "Found.", "phase": "identified"}


@pytest.fixture
def olga(each_database: Database) -> Person:
    del each_database
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)


def publish(draft: Draft, person: Person, at: datetime = AT) -> Incident:
    return drafts.publish(draft.pk, draft.version, BRANDS, ROME, person, at)


def opened(olga: Person) -> Incident:
    return publish(drafts.begin(Kind.INCIDENT, None, WHOLE, olga, AT), olga)


def fields_of(error: pytest.ExceptionInfo[BadInput]) -> set[str | None]:
    places = (problem.place for problem in error.value.problems)
    return {place.field if place else None for place in places}


def test_a_draft_becomes_the_incident_that_it_describes_and_only_once(olga: Person) -> None:
    draft = drafts.begin(Kind.INCIDENT, None, WHOLE, olga, AT)
    one = publish(draft, olga)
    assert (one.title_en, one.impact, one.phase) == (
        "Mailboxes cannot be reached", "major", "investigating",
    )  # fmt: skip
    assert one.started_at == datetime(2023, 1, 23, 7, 30, tzinfo=UTC)
    assert one.slug == "2023-01-23-caselle-non-raggiungibili"
    assert [change["new"] for change in one.updates.get().changes] == ["major_outage"]
    assert publish(draft, olga) == one
    assert Incident.objects.count() == Update.objects.count() == 1
    assert drafts.waiting() == []
    with pytest.raises(Missing, match="no-draft"):
        drafts.save(draft.pk, draft.version, NEXT, olga, AT)


@pytest.mark.parametrize("field", ["title.it", "title.en", "text.it", "text.en"])
def test_neither_language_is_published_without_the_other(olga: Person, field: str) -> None:
    draft = drafts.begin(Kind.INCIDENT, None, {**WHOLE, field: " \n"}, olga, AT)
    with pytest.raises(BadInput) as error:
        publish(draft, olga)
    assert fields_of(error) == {field}
    assert not Incident.objects.exists()


def test_every_field_that_is_wrong_is_named(olga: Person) -> None:
    draft = drafts.begin(Kind.INCIDENT, None, {}, olga, AT)
    with pytest.raises(BadInput) as error:
        publish(draft, olga)
    assert fields_of(error) == {
        "title.it", "title.en", "text.it", "text.en", "phase", "impact", "from",
    }  # fmt: skip
    planned = {**WHOLE, "phase": "scheduled", "from": "2023-02-01T02:00", "until": "yesterday"}
    draft = drafts.begin(Kind.MAINTENANCE, None, planned, olga, AT)
    with pytest.raises(BadInput) as error:
        publish(draft, olga)
    assert fields_of(error) == {"until"}
    draft = drafts.save(draft.pk, 1, {**planned, "until": "2023-02-01T01:00"}, olga, AT)
    with pytest.raises(BadInput) as error:
        publish(draft, olga)
    assert fields_of(error) == {"until"}
    draft = drafts.save(draft.pk, 2, {**planned, "until": "2023-02-01T05:00"}, olga, AT)
    work = publish(draft, olga)
    assert (work.kind, work.impact) == ("maintenance", "maintenance")
    assert work.scheduled_until == datetime(2023, 2, 1, 4, 0, tzinfo=UTC)


def test_what_somebody_else_saved_is_neither_overwritten_nor_published_unread(
    olga: Person,
) -> None:
    draft = drafts.begin(Kind.INCIDENT, None, WHOLE, olga, AT)
    later = drafts.save(draft.pk, draft.version, {**WHOLE, "impact": "minor"}, olga, AT + HOUR)
    assert later.version == 2
    assert drafts.save(draft.pk, 1, {**WHOLE, "impact": "minor"}, olga, AT).version == 2
    with pytest.raises(NotAllowed, match="draft-changed"):
        drafts.save(draft.pk, 1, {**WHOLE, "impact": "critical"}, olga, AT)
    with pytest.raises(NotAllowed, match="draft-changed"):
        drafts.publish(draft.pk, 1, BRANDS, ROME, olga, AT)


def test_an_incident_has_one_draft_of_its_next_update(olga: Person) -> None:
    one = opened(olga)
    first = drafts.begin(Kind.INCIDENT, one, NEXT, olga, AT)
    assert drafts.begin(Kind.INCIDENT, one, {}, olga, AT) == first
    assert drafts.of_incident(one) == first
    publish(first, olga, AT + HOUR)
    one.refresh_from_db()
    assert one.phase == "identified"
    assert drafts.of_incident(one) is None
    again = drafts.begin(Kind.INCIDENT, one, NEXT, olga, AT)
    with pytest.raises(BadInput, match="update-twice"):
        publish(again, olga, AT + 2 * HOUR)
    drafts.drop(again.pk, olga)
    assert drafts.waiting() == []


def test_only_an_operator_writes(olga: Person) -> None:
    ivo = people.add("Ivo", "quattro parole scelte", [Role.AUDITOR], actor="test", at=AT)
    draft = drafts.begin(Kind.INCIDENT, None, WHOLE, olga, AT)
    for act in (
        lambda: drafts.begin(Kind.INCIDENT, None, WHOLE, ivo, AT),
        lambda: drafts.save(draft.pk, 1, NEXT, ivo, AT),
        lambda: drafts.drop(draft.pk, ivo),
        lambda: publish(draft, ivo),
        lambda: correct.correct("any", "any", Words("a", "b"), ivo, AT),
    ):
        with pytest.raises(NotAllowed, match="role-missing"):
            act()


def test_a_correction_takes_the_place_and_keeps_what_was_said(olga: Person) -> None:
    one = opened(olga)
    code = one.updates.get().code
    new = Words("Cerchiamo la causa del guasto.", "We look for the cause of the fault.")
    correct.correct(one.slug, code, new, olga, AT + HOUR)
    correct.correct(one.slug, code, new, olga, AT + HOUR)
    update = one.updates.get()
    assert (update.body_it, update.body_en, update.at) == (new.it, new.en, AT)
    (before,) = update.corrections.all()
    assert (before.body_it, before.at, before.corrected_by) == (
        WHOLE["text.it"], AT + HOUR, "Olga",
    )  # fmt: skip
    one.refresh_from_db()
    assert one.updated_at == AT + HOUR
    entry = Entry.objects.get(name="outages.incident.corrected")
    assert Detail.objects.get(number=entry.number).data["update"] == code
    assert verify().whole
    with pytest.raises(BadInput, match="one-language"):
        correct.correct(one.slug, code, Words("Solo in italiano.", ""), olga, AT + HOUR)
    with pytest.raises(NotAllowed, match="corrected-meanwhile"):
        correct.check_read(update, Words(WHOLE["text.it"], WHOLE["text.en"]))
    with pytest.raises(Missing, match="no-update"):
        correct.correct(one.slug, "nothing", new, olga, AT + HOUR)
