"""Incidents are told in both languages or not at all, once, and never rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.databases import Database

from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.outages.incidents import publish
from ristoro.outages.incidents.board import Part, board, code_of
from ristoro.outages.incidents.models import Incident, Update
from ristoro.outages.incidents.publish import Opening, Plan, Told, Words
from ristoro.outages.incidents.states import Condition, Impact, Indicator, Phase
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT = datetime(2023, 1, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BRANDS = ("libero", "virgilio")
WEBMAIL, IMAP = Part("libero", "webmail"), Part("virgilio", "imap")
TITLE = Words("Caselle non raggiungibili", "Mailboxes cannot be reached")
BODY = Words("Cerchiamo la causa.", "We are looking for the cause.")
DOWN = Told(Phase.INVESTIGATING, BODY, {WEBMAIL: Condition.MAJOR_OUTAGE})
OPENING = Opening(TITLE, Impact.MAJOR, AT - HOUR)


@pytest.fixture
def olga(each_database: Database) -> Person:
    del each_database
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)


def told(phase: Phase, words: str, conditions: dict[Part, Condition] | None = None) -> Told:
    return Told(phase, Words(f"{words}, detto", f"{words}, told"), conditions or {})


def test_an_incident_is_on_the_board_until_it_is_resolved(olga: Person) -> None:
    assert board(BRANDS).indicator is Indicator.NONE
    one = publish.publish(OPENING, DOWN, BRANDS, olga, AT)
    now = board(BRANDS)
    assert now.indicator is Indicator.CRITICAL
    assert [
        (s.part, s.since) for s in now.standings if s.condition is not Condition.OPERATIONAL
    ] == [(WEBMAIL, AT)]
    assert [each.slug for each in now.incidents] == [one.slug]

    better = told(Phase.MONITORING, "meglio", {WEBMAIL: Condition.DEGRADED})
    publish.update(one.slug, better, BRANDS, olga, AT + HOUR)
    assert board(BRANDS).indicator is Indicator.MINOR
    last = publish.update(one.slug, told(Phase.RESOLVED, "fine"), BRANDS, olga, AT + 2 * HOUR)
    assert board(BRANDS).indicator is Indicator.NONE
    assert not board(BRANDS).incidents
    assert last.changes == [
        {
            "brand": "libero",
            "component": "webmail",
            "old": "degraded_performance",
            "new": "operational",
        }
    ]
    one.refresh_from_db()
    assert (one.monitoring_at, one.over_at) == (AT + HOUR, AT + 2 * HOUR)


def test_the_worst_of_two_open_incidents_is_shown(olga: Person) -> None:
    publish.publish(OPENING, DOWN, BRANDS, olga, AT)
    slow = told(Phase.IDENTIFIED, "lento", {WEBMAIL: Condition.DEGRADED, IMAP: Condition.DEGRADED})
    second = publish.publish(
        Opening(Words("Lentezza", "Slowness"), Impact.MINOR, AT), slow, BRANDS, olga, AT + HOUR
    )
    of = {one.part: one.condition for one in board(BRANDS).standings}
    assert (of[WEBMAIL], of[IMAP]) == (Condition.MAJOR_OUTAGE, Condition.DEGRADED)
    publish.update(second.slug, told(Phase.RESOLVED, "fine"), BRANDS, olga, AT + 2 * HOUR)
    of = {one.part: one.condition for one in board(BRANDS).standings}
    assert (of[WEBMAIL], of[IMAP]) == (Condition.MAJOR_OUTAGE, Condition.OPERATIONAL)


def test_every_thing_told_is_in_the_journal_with_who_told_it(olga: Person) -> None:
    one = publish.publish(OPENING, DOWN, BRANDS, olga, AT)
    publish.update(one.slug, told(Phase.RESOLVED, "fine"), BRANDS, olga, AT + HOUR)
    found = Entry.objects.filter(name__startswith="outages.incident").order_by("number")
    assert [(entry.actor, entry.name) for entry in found] == [
        ("Olga", "outages.incident.opened"),
        ("Olga", "outages.incident.updated"),
        ("Olga", "outages.incident.updated"),
    ]


@pytest.mark.parametrize(
    ("opening", "first", "code"),
    [
        (OPENING, Told(Phase.INVESTIGATING, Words("Solo qui.", " ")), "one-language"),
        (Opening(Words("", "Only here"), Impact.MAJOR, AT), DOWN, "one-language"),
        (OPENING, Told(Phase.SCHEDULED, BODY), "phase-of-other-kind"),
        (OPENING, Told(Phase.IDENTIFIED, Words("a\u202eb", "ab")), "control-character"),
        (OPENING, Told(Phase.IDENTIFIED, Words("x" * 5001, "x")), "too-long"),
        (Opening(TITLE, Impact.MAJOR, AT + HOUR), DOWN, "in-the-future"),
        (Opening(TITLE, Impact.MAINTENANCE, AT), DOWN, "impact-of-other-kind"),
        (
            Opening(TITLE, Impact.MAINTENANCE, AT, Plan(AT + HOUR, AT)),
            Told(Phase.SCHEDULED, BODY),
            "plan-empty",
        ),
        (
            OPENING,
            Told(Phase.IDENTIFIED, BODY, {Part("libero", "fax"): Condition.MAJOR_OUTAGE}),
            "unknown-part",
        ),
    ],
)
def test_what_is_wrong_is_refused_whole(
    olga: Person, opening: Opening, first: Told, code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        publish.publish(opening, first, BRANDS, olga, AT)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert not Incident.objects.exists()
    assert not Update.objects.exists()


def test_the_same_thing_is_not_told_twice(olga: Person) -> None:
    one = publish.publish(OPENING, DOWN, BRANDS, olga, AT)
    with pytest.raises(NotAllowed, match="update-twice"):
        publish.update(one.slug, DOWN, BRANDS, olga, AT + HOUR)


def test_what_is_over_stays_over(olga: Person) -> None:
    one = publish.publish(OPENING, DOWN, BRANDS, olga, AT)
    with pytest.raises(NotAllowed, match="incident-open"):
        publish.update(one.slug, told(Phase.POSTMORTEM, "perché"), BRANDS, olga, AT)
    publish.update(one.slug, told(Phase.RESOLVED, "fine"), BRANDS, olga, AT + HOUR)
    with pytest.raises(NotAllowed, match="incident-over"):
        publish.update(one.slug, told(Phase.IDENTIFIED, "di nuovo"), BRANDS, olga, AT + HOUR)
    publish.update(one.slug, told(Phase.POSTMORTEM, "perché"), BRANDS, olga, AT + 2 * HOUR)
    one.refresh_from_db()
    assert one.over_at == AT + HOUR


def test_only_an_operator_tells(olga: Person) -> None:
    one = publish.publish(OPENING, DOWN, BRANDS, olga, AT)
    gina = people.add("Gina", "quattro parole scelte", [Role.AGENT], actor="test", at=AT)
    with pytest.raises(NotAllowed, match="role-missing"):
        publish.publish(OPENING, DOWN, BRANDS, gina, AT)
    with pytest.raises(NotAllowed, match="role-missing"):
        publish.update(one.slug, told(Phase.RESOLVED, "fine"), BRANDS, gina, AT)


def test_an_unknown_incident_is_named_in_the_error(olga: Person) -> None:
    with pytest.raises(Missing, match="no incident is named 'nothing'"):
        publish.update("nothing", DOWN, BRANDS, olga, AT)


def test_two_of_the_same_title_and_day_have_pages_of_their_own(olga: Person) -> None:
    slugs = [publish.publish(OPENING, DOWN, BRANDS, olga, AT + n * HOUR).slug for n in range(3)]
    assert slugs == [
        "2023-01-23-caselle-non-raggiungibili",
        "2023-01-23-caselle-non-raggiungibili-2",
        "2023-01-23-caselle-non-raggiungibili-3",
    ]


def test_a_code_is_twelve_characters_of_base_36_and_stays() -> None:
    assert code_of("component", "libero", "webmail") == code_of("component", "libero", "webmail")
    codes = {code_of("update", number) for number in range(2000)}
    assert len(codes) == 2000
    assert all(len(code) == 12 and code.isalnum() and code == code.lower() for code in codes)
