"""The status pages, the API of robots, feeds and calendar: light, kept, in both languages."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from icalendar import Calendar
from jsonschema import Draft202012Validator
from tests.faces.incidents import AT, BRANDS, HOUR, goes_on, open_one, plan_one
from tests.faces.programme import Programme
from tests.faces.statuspage_shapes import SHAPES

from ristoro.kernel.signed import is_signed, key_of, public_of, sign
from ristoro.outages.incidents import correct, publish
from ristoro.outages.incidents.board import Part
from ristoro.outages.incidents.publish import Told, Words
from ristoro.outages.incidents.states import Condition, Phase
from ristoro.staff.people import Person

LARGEST_PAGE = 40 * 1024
OUTAGE = "libero-virgilio-2023-01"


@pytest.fixture
def olga(programme: Programme) -> Person:
    return programme.staff["Olga"]


def asked(visitor: Client, name: str, before: str = "") -> Any:
    answer = visitor.get(f"{before}/api/v2/{name}.json")
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.mark.parametrize("before", ["", "/en"])
@pytest.mark.parametrize("name", SHAPES)
def test_every_endpoint_has_the_published_shape(
    visitor: Client, programme: Programme, olga: Person, name: str, before: str
) -> None:
    check = Draft202012Validator(SHAPES[name])
    check.validate(asked(visitor, name, before))
    programme.approve()
    one, planned = open_one(olga, OUTAGE), plan_one(olga)
    check.validate(asked(visitor, name, before))
    goes_on(olga, one.slug, Phase.RESOLVED, 1)
    goes_on(olga, planned.slug, Phase.IN_PROGRESS, 24)
    check.validate(asked(visitor, name, before))


def test_each_list_has_what_its_name_says(visitor: Client, olga: Person) -> None:
    first, planned = open_one(olga), plan_one(olga)

    def listed(name: str, of: str) -> list[str]:
        return [one["id"] for one in asked(visitor, name)[of]]

    assert listed("incidents/unresolved", "incidents") == [first.code]
    assert listed("scheduled-maintenances/upcoming", "scheduled_maintenances") == [planned.code]
    assert listed("scheduled-maintenances/active", "scheduled_maintenances") == []
    goes_on(olga, planned.slug, Phase.IN_PROGRESS, 24)
    goes_on(olga, first.slug, Phase.RESOLVED, 2)
    assert listed("scheduled-maintenances/upcoming", "scheduled_maintenances") == []
    assert listed("scheduled-maintenances/active", "scheduled_maintenances") == [planned.code]
    assert listed("incidents/unresolved", "incidents") == []
    assert listed("incidents", "incidents") == [first.code]
    goes_on(olga, planned.slug, Phase.COMPLETED, 26)
    assert listed("scheduled-maintenances/active", "scheduled_maintenances") == []
    assert listed("scheduled-maintenances", "scheduled_maintenances") == [planned.code]


@pytest.mark.parametrize(
    ("condition", "indicator"),
    [
        (Condition.UNDER_MAINTENANCE, "maintenance"),
        (Condition.DEGRADED, "minor"),
        (Condition.PARTIAL_OUTAGE, "major"),
        (Condition.MAJOR_OUTAGE, "critical"),
    ],
)
def test_the_indicator_is_that_of_the_worst_component(
    visitor: Client, olga: Person, condition: Condition, indicator: str
) -> None:
    assert asked(visitor, "status")["status"] == {
        "indicator": "none",
        "description": "All Systems Operational",
    }
    one = open_one(olga)
    moved = Told(
        Phase.IDENTIFIED, Words("Ora così.", "Now this."), {Part("libero", "webmail"): condition}
    )
    if condition is not Condition.MAJOR_OUTAGE:
        publish.update(one.slug, moved, BRANDS, olga, AT + HOUR)
    summary = asked(visitor, "summary")
    assert summary["status"]["indicator"] == indicator
    by_name = {(each["group_id"], each["name"]): each for each in summary["components"]}
    group = by_name[None, "Libero Mail"]
    assert group["status"] == condition
    assert by_name[group["id"], "Webmail"]["status"] == condition
    assert by_name[None, "Virgilio Mail"]["status"] == "operational"


def test_an_incident_names_what_is_given_for_its_outage(
    visitor: Client, programme: Programme, olga: Person
) -> None:
    open_one(olga, OUTAGE)
    assert asked(visitor, "incidents")["incidents"][0]["x_ristoro"] == {"remedies": []}
    programme.approve()
    remedies = asked(visitor, "incidents", "/en")["incidents"][0]["x_ristoro"]["remedies"]
    assert {one["needs_confirmation"] for one in remedies} == {True, False}
    facts = visitor.get(remedies[0]["statement_url"].replace("http://testserver", ""))
    assert facts.status_code == 200


def test_a_reader_that_has_it_is_told_so(visitor: Client, olga: Person) -> None:
    for path in ("/api/v2/summary.json", "/history.atom", "/it/stato/", "/it/calendario.ics"):
        answer = visitor.get(path)
        assert answer["ETag"].startswith('W/"')
        again = visitor.get(path, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    tag = visitor.get("/api/v2/summary.json")["ETag"]
    open_one(olga)
    assert visitor.get("/api/v2/summary.json", headers={"if-none-match": tag}).status_code == 200


def test_scripts_of_any_site_may_read_it_and_nobody_may_write(visitor: Client) -> None:
    answer = visitor.get("/api/v2/status.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age=10" in answer["Cache-Control"]
    assert visitor.post("/api/v2/status.json").status_code == 405
    assert visitor.get("/api/v2/nothing.json").status_code == 404


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_pages_say_what_was_told_and_are_light(
    visitor: Client, olga: Person, lang: str
) -> None:
    one, planned = open_one(olga, OUTAGE), plan_one(olga)
    goes_on(olga, one.slug, Phase.MONITORING, 1)
    words = {"it": ("stato", "storia", "incidenti"), "en": ("status", "history", "incidents")}[lang]
    root = f"/{lang}/{words[0]}/"
    pages = [root, f"{root}{words[1]}/", f"{root}{words[2]}/{one.slug}/"]
    for path in pages:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) < LARGEST_PAGE
        text = answer.content.decode()
        assert (one.title_it if lang == "it" else one.title_en) in text
        assert "<b>" not in text
        assert "Set-Cookie" not in answer
    board = visitor.get(root).content.decode()
    assert (planned.title_it if lang == "it" else planned.title_en) in board
    assert visitor.get(f"{root}{words[2]}/nothing/").status_code == 404


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_feeds_have_one_entry_for_each_update(visitor: Client, olga: Person, lang: str) -> None:
    one = open_one(olga)
    goes_on(olga, one.slug, Phase.RESOLVED, 1)
    atom = ElementTree.fromstring(visitor.get(f"/{lang}/history.atom").content)
    name = "{http://www.w3.org/2005/Atom}"
    entries = atom.findall(f"{name}entry")
    assert [entry.findtext(f"{name}updated") for entry in entries] == [
        "2023-01-23T09:00:00+00:00",
        "2023-01-23T08:00:00+00:00",
    ]
    ids = [entry.findtext(f"{name}id") or "" for entry in entries]
    assert all(each.startswith(f"tag:testserver,2026:{one.code}/") for each in ids)
    assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    rss = ElementTree.fromstring(visitor.get(f"/{lang}/history.rss").content)
    assert [item.findtext("guid") for item in rss.iter("item")] == ids
    body = [item.findtext("description") or "" for item in rss.iter("item")][1]
    assert ("&lt;b&gt;Non&lt;/b&gt;" in body) == (lang == "it")


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_feeds_have_all_that_their_formats_ask_for(
    visitor: Client, olga: Person, lang: str
) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2; RSS 2.0."""
    one = open_one(olga)
    goes_on(olga, one.slug, Phase.RESOLVED, 1)
    answer = visitor.get(f"/{lang}/history.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    name = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(answer.content)
    for each in (feed, *feed.findall(f"{name}entry")):
        for member in ("id", "title", "updated"):
            assert len(each.findall(f"{name}{member}")) == 1, member
        assert datetime.fromisoformat(each.findtext(f"{name}updated") or "").tzinfo is not None
    assert feed.findtext(f"{name}author/{name}name") == "Libero Mail, Virgilio Mail"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{name}link")}
    assert links["self"] == f"http://testserver/{lang}/history.atom"
    ids = [each.findtext(f"{name}id") for each in feed.findall(f"{name}entry")]
    assert len(set(ids)) == len(ids) == 2
    for entry in feed.findall(f"{name}entry"):
        alternate = entry.find(f"{name}link[@rel='alternate']")
        assert alternate is not None
        place = (alternate.get("href") or "").removeprefix("http://testserver").partition("#")
        assert f'id="{place[2]}"' in visitor.get(place[0]).content.decode()
    rss = ElementTree.fromstring(visitor.get(f"/{lang}/history.rss").content)
    channel = rss.find("channel")
    assert channel is not None
    assert rss.get("version") == "2.0"
    assert all(channel.findtext(member) for member in ("title", "link", "description"))
    for item in channel.findall("item"):
        assert item.findtext("title")
        assert parsedate_to_datetime(item.findtext("pubDate") or "").tzinfo is not None
        assert (item.find("guid") or item).get("isPermaLink") in ("false", None)


def test_a_correction_shows_in_feeds_and_calendars_as_one(visitor: Client, olga: Person) -> None:
    work = plan_one(olga)
    before = visitor.get("/en/history.atom").content
    code = work.updates.get().code
    correct.correct(
        work.slug, code, Words("Di notte, presto.", "At night, early."), olga, AT + HOUR
    )
    name = "{http://www.w3.org/2005/Atom}"
    old, new = (
        ElementTree.fromstring(each).find(f"{name}entry")
        for each in (before, visitor.get("/en/history.atom").content)
    )
    assert old is not None
    assert new is not None
    assert old.findtext(f"{name}id") == new.findtext(f"{name}id")
    assert (old.findtext(f"{name}updated") or "") < (new.findtext(f"{name}updated") or "")
    calendar = Calendar.from_ical(visitor.get("/en/calendar.ics").content)
    (event,) = (one for one in calendar.walk("VEVENT") if str(one["UID"]).startswith(work.code))
    assert event["SEQUENCE"] == 1
    assert str(event["DESCRIPTION"]) == "At night, early."


def test_work_that_was_called_off_stays_in_calendars_as_cancelled(
    visitor: Client, olga: Person
) -> None:
    work = plan_one(olga)
    goes_on(olga, work.slug, Phase.COMPLETED, 1)
    calendar = Calendar.from_ical(visitor.get("/it/calendario.ics").content)
    (event,) = calendar.walk("VEVENT")
    assert str(event["STATUS"]) == "CANCELLED"
    for member in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER"):
        assert member in event, member


def test_the_calendar_has_planned_work_and_last_days(
    visitor: Client, programme: Programme, olga: Person
) -> None:
    planned = plan_one(olga)
    programme.approve()
    answer = visitor.get("/it/calendario.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Rome"]
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    work = events.pop(f"{planned.code}@testserver")
    assert work.decoded("DTSTART") == AT + 24 * HOUR
    assert (work["SEQUENCE"], str(work["STATUS"])) == (0, "TENTATIVE")
    assert len(events) == 1
    (last_day,) = events.values()
    assert str(last_day["SUMMARY"]).startswith("Ultimo giorno per rispondere")
    goes_on(olga, planned.slug, Phase.IN_PROGRESS, 24)
    again = Calendar.from_ical(visitor.get("/it/calendario.ics").content)
    work = next(e for e in again.walk("VEVENT") if str(e["UID"]).startswith(planned.code))
    assert (work["SEQUENCE"], str(work["STATUS"])) == (1, "CONFIRMED")


def test_the_facts_carry_a_signature_that_any_change_breaks(
    visitor: Client, programme: Programme
) -> None:
    programme.approve()
    data = json.loads(visitor.get(f"/it/ristori/{programme.name}.json").content)
    pem = visitor.get("/.well-known/ristoro-facts.pem").content.decode()
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")
    public = data["signature"]["key"]
    assert is_signed(data, public)
    assert not is_signed({**data, "paused": True}, public)
    assert not is_signed({**data, "more": 1}, public)
    other = key_of("another secret", "facts")
    assert not is_signed(data, public_of(other))
    forged = sign({k: v for k, v in data.items() if k != "signature"}, other)
    assert not is_signed(forged, public)
    for broken in ({}, {"signature": 1}, {"signature": {"algorithm": "Ed25519", "value": "%"}}):
        assert not is_signed(broken, public)
