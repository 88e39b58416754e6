"""Drafts: what is being written, kept as typed until it is published or dropped.

A draft may be wrong and half-empty; publishing is what is strict. What is published is the version
that was reviewed: a draft that was changed since is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Missing, NotAllowed, Place, Problem
from ristoro.outages.incidents import publish as publishing
from ristoro.outages.incidents.board import Part, parts_of
from ristoro.outages.incidents.models import Draft, Incident
from ristoro.outages.incidents.publish import Opening, Plan, Told, Words
from ristoro.outages.incidents.states import PHASES, Condition, Impact, Kind, Phase
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

FIELDS = (
    *("title.it", "title.en", "text.it", "text.en"),
    *("phase", "impact", "from", "until", "outage"),
)
"""As in an incident's file; beside them ``components.BRAND.COMPONENT`` for each that is moved."""

LONGEST_FIELD = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """What a draft says; ``opening`` is there for a new incident. Nothing is known of ``wrong``."""

    opening: Opening | None
    told: Told
    wrong: tuple[Problem, ...]


def begin(
    kind: Kind, incident: Incident | None, fields: Mapping[str, str], person: Person, at: datetime
) -> Draft:
    """A new draft; of an incident that has an open one already, that one, as it is."""
    people.require(person, Role.OPERATOR)
    kept = {name: text[:LONGEST_FIELD] for name, text in fields.items()}
    try:
        with transaction.atomic():
            return Draft.objects.create(
                incident=incident,
                kind=kind,
                fields=kept,
                begun_at=at,
                saved_at=at,
                saved_by=person.name,
            )
    except IntegrityError:
        return Draft.objects.get(incident=incident, published=None)


def save(
    number: int, version: int, fields: Mapping[str, str], person: Person, at: datetime
) -> Draft:
    """Keep what was typed. ``NotAllowed`` where it was saved from elsewhere since ``version``."""
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        draft = open_draft(number, lock=True)
        kept = {name: text[:LONGEST_FIELD] for name, text in fields.items()}
        if kept == draft.fields:
            return draft
        _check_version(draft, version)
        draft.fields, draft.version = kept, draft.version + 1
        draft.saved_at, draft.saved_by = at, person.name
        draft.save(update_fields=["fields", "version", "saved_at", "saved_by"])
    return draft


def drop(number: int, person: Person) -> None:
    """Forget a draft; nothing of it was ever public."""
    people.require(person, Role.OPERATOR)
    Draft.objects.filter(pk=number, published=None).delete()


def publish(
    number: int,
    version: int,
    brands: Sequence[str],
    zone: ZoneInfo,
    person: Person,
    at: datetime,
) -> Incident:
    """Publish a draft as it was reviewed, once; asked again, the incident that came of it.

    ``BadInput`` names every field that is wrong, ``NotAllowed`` where the draft was changed since.
    """
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        draft = _locked(number)
        if draft.published is not None:
            return draft.published.incident
        _check_version(draft, version)
        said = written(draft, brands, zone, at)
        if said.wrong:
            raise BadInput(*said.wrong)
        if draft.incident is None:
            assert said.opening is not None
            incident = publishing.publish(said.opening, said.told, brands, person, at)
            update = incident.updates.get()
        else:
            incident = draft.incident
            update = publishing.update(incident.slug, said.told, brands, person, at)
        draft.published, draft.incident = update, incident
        draft.save(update_fields=["published", "incident"])
    return incident


def written(draft: Draft, brands: Sequence[str], zone: ZoneInfo, at: datetime) -> Written:
    """What a draft says as it stands, with everything that stands against publishing it ``at``."""
    wrong: list[Problem] = []
    fields: Mapping[str, str] = draft.fields
    kind = Kind(draft.kind)
    opening = None
    if draft.incident is None:
        opening = _opening(kind, fields, zone, wrong)
        if opening is not None:
            wrong += publishing.of_opening(opening, at)
    words = Words(fields.get("text.it", ""), fields.get("text.en", ""))
    phase = fields.get("phase", "")
    told = Told(
        Phase(phase) if phase in set(Phase) else PHASES[kind][0],
        words.tidy(),
        dict(_conditions(fields, brands)),
    )
    if phase not in set(Phase):
        wrong.append(_missing("phase", "how far it is"))
    wrong += publishing.of_update(told, kind, brands)
    if draft.incident is not None and not wrong:
        wrong += _of_going_on(draft.incident, told)
    return Written(opening, told, tuple(wrong))


def open_draft(number: int, lock: bool = False) -> Draft:
    """The draft of that number; ``Missing`` where it was dropped or published."""
    draft = _locked(number) if lock else _found(Draft.objects.filter(pk=number).first())
    if draft.published is not None:
        raise _gone()
    return draft


def _locked(number: int) -> Draft:
    return _found(Draft.objects.select_for_update(of=("self",)).filter(pk=number).first())


def _found(draft: Draft | None) -> Draft:
    if draft is None:
        raise _gone()
    return draft


def _gone() -> Missing:
    return Missing(
        Problem(
            "no-draft",
            "there is no such draft any more",
            "it was published or dropped, by you or by somebody else",
            "look at the list",
        )
    )


def _check_version(draft: Draft, version: int) -> None:
    if draft.version != version:
        raise NotAllowed(
            Problem(
                "draft-changed",
                f"the draft was saved by {draft.saved_by} meanwhile",
                "what they wrote would be lost, or published without having been read",
                "open it again, and read what it says now",
            )
        )


def _opening(
    kind: Kind, fields: Mapping[str, str], zone: ZoneInfo, wrong: list[Problem]
) -> Opening | None:
    start = _instant("from", fields, zone, wrong)
    planned = kind is Kind.MAINTENANCE
    end = _instant("until", fields, zone, wrong) if planned else None
    impact = Impact.MAINTENANCE.value if planned else fields.get("impact", "")
    if impact not in set(Impact):
        wrong.append(_missing("impact", "how bad it is"))
    title = Words(fields.get("title.it", ""), fields.get("title.en", "")).tidy()
    if start is None or impact not in set(Impact) or (planned and end is None):
        wrong += publishing.of_words(title, "title", publishing.LONGEST_TITLE)
        return None
    plan = Plan(start, end) if end is not None else None
    return Opening(title, Impact(impact), start, plan, fields.get("outage", ""))


def _instant(
    name: str, fields: Mapping[str, str], zone: ZoneInfo, wrong: list[Problem]
) -> datetime | None:
    typed = fields.get(name, "")
    if not typed:
        wrong.append(_missing(name, "when it is"))
        return None
    try:
        return clock.parse_instant(typed, zone).astimezone(zone)
    except ValueError as error:
        wrong.append(
            Problem(
                "wrong-time",
                f"{typed!r} is not one instant",
                str(error),
                f"write it as 2023-01-23T08:00, of {zone.key}",
                Place("incident", field=name),
            )
        )
        return None


def _conditions(
    fields: Mapping[str, str], brands: Sequence[str]
) -> Iterator[tuple[Part, Condition]]:
    known = set(Condition)
    for part in parts_of(brands):
        said = fields.get(f"components.{part.brand}.{part.component}", "")
        if said in known:
            yield part, Condition(said)


def _of_going_on(incident: Incident, told: Told) -> tuple[Problem, ...]:
    try:
        publishing.check_goes_on(incident, told)
    except NotAllowed as error:
        return error.problems
    return ()


def _missing(field: str, what: str) -> Problem:
    return Problem(
        "not-said",
        f"it is not said {what}",
        "whoever reads it asks for it first",
        "fill it in",
        Place("incident", field=field),
    )


def of_incident(incident: Incident) -> Draft | None:
    """The open draft of an incident's next update."""
    return Draft.objects.filter(incident=incident, published=None).first()


def waiting() -> list[Draft]:
    """Every open draft, the last saved first."""
    drafts = Draft.objects.filter(published=None).select_related("incident")
    return list(drafts.order_by("-saved_at", "-id"))
