"""Publishing: an incident, a planned maintenance, and what is told of them as they go on.

Nothing is published in one language only, and nothing is published twice: an update that says what
the last one said, by the same phase and conditions, is refused. What a problem is about is named
as in an incident's file: ``title.it``, ``text.en``, ``from``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, Missing, NotAllowed, Place, Problem
from ristoro.outages.incidents.board import Part, code_of, conditions_of, parts_of
from ristoro.outages.incidents.models import Incident, Update
from ristoro.outages.incidents.states import OVER, PHASES, Condition, Impact, Kind, Phase
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_TITLE = 200
LONGEST_BODY = 5000
LONGEST_SLUG = 72
AHEAD = timedelta(minutes=5)
"""A clock that is a little fast is no lie; what lies further ahead is not known yet."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    it: str
    en: str

    def tidy(self) -> Words:
        """Composed characters, no blanks around."""
        return Words(*(unicodedata.normalize("NFC", text).strip() for text in (self.it, self.en)))


@dataclass(frozen=True, slots=True)
class Told:
    """What one update says. ``conditions`` are of the components that it moves, and no others."""

    phase: Phase
    body: Words
    conditions: Mapping[Part, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a maintenance is planned, from and until."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """A new incident, or a maintenance where there is a plan.

    The day of ``started_at``, in its own zone, stands in the name of the page.
    """

    title: Words
    impact: Impact
    started_at: datetime
    plan: Plan | None = None
    outage: str = ""

    @property
    def kind(self) -> Kind:
        return Kind.INCIDENT if self.plan is None else Kind.MAINTENANCE


def publish(
    opening: Opening, first: Told, brands: Sequence[str], person: Person, at: datetime
) -> Incident:
    """Open an incident or announce a maintenance, with its first update, at once.

    ``BadInput`` names every field that is wrong; ``NotAllowed`` unless the person is an operator.
    """
    people.require(person, Role.OPERATOR)
    title = opening.title.tidy()
    problems = [*of_opening(opening, at), *of_update(first, opening.kind, brands)]
    if problems:
        raise BadInput(*problems)
    with transaction.atomic():
        incident = Incident.objects.create(
            code=code_of("incident", title.en, at.isoformat()),
            slug=_free_slug(title.it, opening.started_at),
            kind=opening.kind,
            impact=opening.impact,
            phase=first.phase,
            title_it=title.it,
            title_en=title.en,
            outage=opening.outage,
            created_at=at,
            updated_at=at,
            started_at=opening.started_at,
            scheduled_for=opening.plan.start if opening.plan else None,
            scheduled_until=opening.plan.end if opening.plan else None,
        )
        data = {"kind": opening.kind.value, "slug": incident.slug, "title": title.en}
        append(person.name, names.INCIDENT_OPENED, _subject(incident), data, at)
        _add(incident, first, brands, person, at)
    return incident


def update(slug: str, told: Told, brands: Sequence[str], person: Person, at: datetime) -> Update:
    """Tell how it goes on. Resolving, or completing, has every component work again.

    After the end only a postmortem is told; what fails again is an incident of its own.
    """
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        incident = named(slug, lock=True)
        problems = of_update(told, Kind(incident.kind), brands)
        if problems:
            raise BadInput(*problems)
        check_goes_on(incident, told)
        return _add(incident, told, brands, person, at)


def named(slug: str, lock: bool = False) -> Incident:
    """The incident of that name; ``Missing`` when there is none."""
    found = Incident.objects.filter(slug=slug)
    incident = (found.select_for_update() if lock else found).first()
    if incident is None:
        raise Missing(
            Problem(
                "no-incident",
                f"no incident is named {slug!r}",
                "an update belongs to an incident that was opened before",
                "look at the list: ristoro incident list",
            )
        )
    return incident


def _add(
    incident: Incident, told: Told, brands: Sequence[str], person: Person, at: datetime
) -> Update:
    body = told.body.tidy()
    changes = changes_of(incident, told, brands)
    added = Update.objects.create(
        code=code_of("update", incident.code, at.isoformat(), told.phase),
        incident=incident,
        phase=told.phase,
        body_it=body.it,
        body_en=body.en,
        at=at,
        changes=changes,
        written_by=person.name,
    )
    incident.phase, incident.updated_at = told.phase, at
    if told.phase is Phase.MONITORING and incident.monitoring_at is None:
        incident.monitoring_at = at
    if told.phase in OVER and incident.over_at is None:
        incident.over_at = at
    incident.save(update_fields=["phase", "updated_at", "monitoring_at", "over_at"])
    data = {"update": added.code, "phase": told.phase.value, "changes": changes}
    append(person.name, names.INCIDENT_UPDATED, _subject(incident), data, at)
    return added


def changes_of(
    incident: Incident | None, told: Told, brands: Sequence[str]
) -> list[dict[str, str]]:
    """Which components the update moves, from what to what, in the order of the board.

    ``incident`` is ``None`` for the first update of a new one.
    """
    so_far = incident.updates.all() if incident is not None else ()
    before = {part: said for part, (said, _) in conditions_of(so_far).items()}
    after = dict(told.conditions)
    if told.phase in OVER:
        after |= dict.fromkeys(before, Condition.OPERATIONAL)
    found = []
    for part in parts_of(brands):
        old, new = before.get(part, Condition.OPERATIONAL), after.get(part)
        if new is not None and new is not old:
            found.append({"brand": part.brand, "component": part.component, "old": old, "new": new})
    return found


def check_goes_on(incident: Incident, told: Told) -> None:
    """Return where the update can follow what was told so far; ``NotAllowed`` otherwise."""
    if incident.phase in OVER and told.phase is not Phase.POSTMORTEM:
        raise NotAllowed(
            Problem(
                "incident-over",
                f"{incident.slug} is {incident.phase}",
                "what was said to be over stays so in the history that people were told",
                "open a new incident, or write a postmortem",
            )
        )
    if incident.phase not in OVER and told.phase is Phase.POSTMORTEM:
        raise NotAllowed(
            Problem(
                "incident-open",
                f"{incident.slug} is not over: it is {incident.phase}",
                "a postmortem tells of something that has ended",
                "say first that it is resolved",
            )
        )
    last = incident.updates.order_by("-at", "-id").first()
    body = told.body.tidy()
    if last is not None and (last.phase, last.body_it, last.body_en) == (
        told.phase,
        body.it,
        body.en,
    ):
        raise NotAllowed(
            Problem(
                "update-twice",
                "this is what the last update says, word by word",
                "whoever follows the page would be told the same thing twice",
                "nothing is to be done: it is published",
            )
        )


def of_words(words: Words, where: str, longest: int) -> Iterator[Problem]:
    """What stands against publishing these words as the ``title`` or the ``text``."""
    for lang, text in (("it", words.it), ("en", words.en)):
        place = _at(f"{where}.{lang}")
        if not text:
            yield Problem(
                "one-language",
                f"the {where} has no {_LANGUAGES[lang]} text",
                "nothing is published in one language only: half of its readers would miss it",
                f"write the {where} in Italian and in English",
                place,
            )
        elif len(text) > longest:
            yield Problem(
                "too-long",
                f"the {where} has {len(text)} characters in {_LANGUAGES[lang]}",
                f"it may have {longest}: it is read on phones, in a hurry",
                "say it shorter",
                place,
            )
        elif any(unicodedata.category(char) in ("Cc", "Cf") and char != "\n" for char in text):
            yield Problem(
                "control-character",
                f"the {where} has a control character in {_LANGUAGES[lang]}",
                "it would turn or hide words in feeds and on pages",
                "type the text anew instead of pasting it",
                place,
            )


_LANGUAGES = {"it": "Italian", "en": "English"}


def _at(field: str) -> Place:
    return Place("incident", field=field)


def of_opening(opening: Opening, at: datetime) -> Iterator[Problem]:
    """What stands against publishing a new incident or maintenance, its first update apart."""
    yield from of_words(opening.title.tidy(), "title", LONGEST_TITLE)
    if opening.plan is None and opening.started_at > at + AHEAD:
        yield Problem(
            "in-the-future",
            f"the incident is said to begin at {opening.started_at.isoformat()}",
            "an incident has begun; what is going to be is a maintenance",
            "correct the time, or announce a maintenance with its two times",
            _at("from"),
        )
    if opening.plan is not None and opening.plan.end <= opening.plan.start:
        yield Problem(
            "plan-empty",
            "the maintenance ends before it begins",
            "calendars and readers refuse such a plan",
            "write the later time as the end",
            _at("until"),
        )
    if (opening.impact is Impact.MAINTENANCE) != (opening.kind is Kind.MAINTENANCE):
        yield Problem(
            "impact-of-other-kind",
            f"the impact {opening.impact} does not go with {opening.kind}",
            "robots read whether it was planned from it",
            "write maintenance for planned work, and one of none, minor, major, critical else",
            _at("impact"),
        )


def of_update(told: Told, kind: Kind, brands: Sequence[str]) -> list[Problem]:
    """What stands against publishing an update of an incident of that kind."""
    problems = [*of_words(told.body.tidy(), "text", LONGEST_BODY)]
    if told.phase not in PHASES[kind]:
        problems.append(
            Problem(
                "phase-of-other-kind",
                f"{told.phase} is no phase of {kind}",
                "readers tell incidents and planned work apart by it",
                f"choose one of {', '.join(PHASES[kind])}",
                _at("phase"),
            )
        )
    known = parts_of(brands)
    for part in told.conditions:
        if part not in known:
            problems.append(
                Problem(
                    "unknown-part",
                    f"there is no component {part.component!r} of a brand {part.brand!r}",
                    "nobody could be told that it works again",
                    f"brands are {', '.join(brands)}; components as in an outage's file",
                    _at("components"),
                )
            )
    return problems


def _free_slug(title: str, started_at: datetime) -> str:
    """A name for the page's address: the day and the Italian title, numbered where it is taken."""
    base = f"{started_at:%Y-%m-%d}-{slugify(title)}"[:LONGEST_SLUG].rstrip("-")
    taken = set(Incident.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _subject(incident: Incident) -> str:
    return f"incident {incident.code}"
