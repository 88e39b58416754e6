"""The published windows of mail: what they leave unsaid, and what the imports tell of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.evidence.folders import import_of, late, message, window
from typer.testing import CliRunner

from ristoro.claims.evidence.found import Came
from ristoro.claims.evidence.gaps import Flaw, gaps
from ristoro.cli.program import program
from ristoro.kernel.clock import instant, micros, parse_instant, zone
from ristoro.kernel.spans import Span
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Window

OUTAGES = Path(__file__).parents[2] / "outages"
ROME = zone("Europe/Rome")
MUCH_LATER = micros(datetime(2024, 1, 1, tzinfo=UTC))


def rome(text: str) -> int:
    return micros(parse_instant(text, ROME))


def test_the_hole_of_june_2023_is_found() -> None:
    outage = read_outage(OUTAGES / "libero-virgilio-2023-06.yaml")

    found = gaps(outage.windows, [], MUCH_LATER)

    holes = [one for one in found.gaps if one.flaw is Flaw.HOLE]
    assert [one.span for one in holes] == [Span(rome("2023-06-15T15:00"), rome("2023-06-16T15:00"))]
    assert len(holes[0].stores) == 64
    assert "queued" in holes[0].before
    assert "senders told" in holes[0].after
    assert len(found.said) == 3
    assert not found.covered


def test_january_2023_says_nothing_of_mail_for_stores_that_were_still_shut() -> None:
    outage = read_outage(OUTAGES / "libero-virgilio-2023-01.yaml")

    found = gaps(outage.windows, [], MUCH_LATER)

    assert {one.flaw for one in found.gaps} == {Flaw.AFTER}
    assert {instant(one.span.start).isoformat() for one in found.gaps} == {
        "2023-01-26T12:00:00+00:00"
    }
    assert [len(one.stores) for one in found.gaps] == [8] * 7  # the first stage reopened then


def test_imports_tell_what_came_in_a_hole_and_in_a_window(tmp_path: Path) -> None:
    folder = import_of(
        tmp_path,
        (0, 60),
        histories=[
            message("A1", 10),
            late("A2", 20, 50),
            late("A3", 25, 50, fate="bounced", dsn="5.4.4"),
            message("A4", 40),
        ],
    )
    down, held = mail(0, 15), mail(30, 90, "degraded")

    found = gaps([down, held], [folder, folder], MUCH_LATER)

    assert [one.seen.came for one in found.said] == [{Came.DELIVERED: 1}, {Came.DELIVERED: 1}]
    assert [one.contradicted for one in found.said] == [True, False]
    assert list(found.said[1].seen.covered) == [Span(window(30, 0).start, window(60, 0).start + 1)]
    hole = found.gaps[0]
    assert (hole.flaw, hole.span) == (Flaw.HOLE, window(15, 30))
    assert hole.seen.came == {Came.LATE: 1, Came.BOUNCED: 1}
    assert found.as_json()["gaps"][0]["evidence"]["came"] == {"bounced": 1, "late": 1}


def test_windows_that_say_two_things_of_one_time_conflict() -> None:
    found = gaps([mail(0, 60), mail(30, 90, "degraded")], [], MUCH_LATER)

    assert [(one.flaw, one.span) for one in found.gaps] == [(Flaw.CONFLICT, window(30, 60))]


def test_a_store_that_was_shut_with_nothing_said_of_mail_is_told() -> None:
    shut = [replace(mail(0, 60), component=way) for way in ("webmail", "imap", "pop3")]

    assert [one.flaw for one in gaps(shut, [], MUCH_LATER).gaps] == [Flaw.UNSAID]
    assert gaps(shut[:2], [], MUCH_LATER).gaps == ()
    around = gaps([*shut, mail(20, 30)], [], MUCH_LATER).gaps
    assert [(one.flaw, one.span) for one in around] == [
        (Flaw.BEFORE, window(0, 20)),
        (Flaw.AFTER, window(30, 60)),
    ]


def mail(start: float, end: float, condition: str = "down") -> Window:
    span = window(start, end)
    return Window(
        component="inbound",
        brand="libero",
        store="lib-01",
        start=span.start,
        end=span.end,
        condition=condition,
        error_permille=1000 if condition == "down" else None,
        planned=False,
        announced_at=None,
        source="press",
    )


def test_the_command_prints_the_hole(tmp_path: Path) -> None:
    words = ["evidence", "gaps", "--outage", str(OUTAGES / "libero-virgilio-2023-06.yaml")]
    environment = {"RISTORO_HOME": str(tmp_path), "COLUMNS": "200"}

    told = CliRunner().invoke(program(), words, env=environment)
    data = CliRunner().invoke(program(), [*words, "--format", "json"], env=environment)

    assert "2023-06-15 15:00 to 2023-06-16 15:00  nothing is said of mail" in told.output
    assert "nothing can be proven of it" in told.output
    assert json.loads(data.output)["gaps"][0]["flaw"] == "hole"
