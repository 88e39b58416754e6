"""The published windows of mail: what they leave unsaid, and what the imports tell of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
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


def test_what_two_imports_tell_of_one_message_counts_once_as_it_ended(tmp_path: Path) -> None:
    waiting = late("A1", 10, 20, fate="deferred", ended_at=None)
    early = import_of(tmp_path, (0, 30), "early.log", histories=[waiting, message("A2", 12)])
    ended = late("A1", 10, 50)
    both = import_of(tmp_path, (0, 60), "both.log", histories=[ended, message("A2", 12)])
    after = import_of(tmp_path, (100, 110), "after.log", histories=[message("A3", 105)])

    found = gaps([mail(0, 60), mail(90, 120)], [early, both, after], MUCH_LATER)

    assert [one.seen.came for one in found.said] == [
        {Came.DELIVERED: 1, Came.LATE: 1},
        {Came.DELIVERED: 1},
    ]


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


MINUTES = 60
_ANY = st.lists(
    st.tuples(
        st.integers(0, MINUTES - 1),
        st.one_of(st.none(), st.integers(1, 20)),
        st.sampled_from(("down", "degraded")),
    ),
    max_size=5,
)


@given(_ANY, st.lists(st.tuples(st.integers(0, MINUTES - 1), st.integers(1, 20)), max_size=2))
def test_every_minute_is_said_once_or_told_as_a_flaw(
    told: list[tuple[int, int | None, str]], closed: list[tuple[int, int]]
) -> None:
    windows = [
        replace(mail(start, start + (length or 0), condition), source=str(number))
        for number, (start, length, condition) in enumerate(told)
    ]
    windows = [
        replace(one, end=None) if length is None else one
        for one, (_, length, _) in zip(windows, told, strict=True)
    ]
    shut = [
        replace(mail(start, start + length), component=way)
        for start, length in closed
        for way in ("webmail", "imap", "pop3")
    ]
    said: dict[str, set[int]] = {"down": set(), "degraded": set()}
    for start, length, condition in told:
        said[condition] |= minutes(start, start + length if length else MINUTES)
    any_said = said["down"] | said["degraded"]
    unread = set().union(*(minutes(start, start + length) for start, length in closed))

    found: dict[Flaw, set[int]] = {}
    for one in gaps([*windows, *shut], [], window(MINUTES, 0).start).gaps:
        assert one.stores == (("libero", "lib-01"),)
        start, end = ((at - window(0, 0).start) // 60_000_000 for at in one.span)
        whole = minutes(start, max(end, start + 1))
        assert one.flaw is Flaw.CONFLICT or not whole & found.get(one.flaw, set())
        found.setdefault(one.flaw, set()).update(whole)
        if one.flaw is Flaw.HOLE:
            before, after = windows[int(one.before)], windows[int(one.after)]
            assert (before.end or window(MINUTES, 0).start, after.start) == one.span

    hull = minutes(min(any_said), max(any_said) + 1) if any_said else set()
    first, last = (min(hull), max(hull)) if hull else (0, 0)
    wanted = {
        Flaw.CONFLICT: said["down"] & said["degraded"],
        Flaw.HOLE: hull - any_said,
        Flaw.UNSAID: set() if hull else unread,
        Flaw.BEFORE: {one for one in unread if hull and one < first},
        Flaw.AFTER: {one for one in unread if hull and one > last},
    }
    assert found == {flaw: each for flaw, each in wanted.items() if each}


def minutes(start: int, end: int) -> set[int]:
    return set(range(start, end))


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
