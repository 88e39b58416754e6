"""Exposure of a whole estate: the same as counting every minute of every mailbox."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.outages import oracle
from tests.outages.estates import Box, write
from tests.outages.texts import changed, outage

from ristoro.estate.columns import WAYS, ways_mask
from ristoro.kernel import frames
from ristoro.kernel.clock import instant, micros
from ristoro.kernel.spans import MINUTE
from ristoro.outages.columns import EXPOSURE
from ristoro.outages.measure import ExposureClass, hull
from ristoro.outages.spread import classes, write_exposure

Row = tuple[int, str, int, int, int, int, datetime, datetime]


def when(minute: int) -> datetime:
    return oracle.BASE + timedelta(minutes=minute)


def boxes_by_chance(
    chance: random.Random, many: int
) -> tuple[list[Box], dict[int, tuple[int, int]]]:
    """Mailboxes made and closed before, during and after the outage, and their lives in minutes."""
    boxes, lives = [], {}
    for number in chance.sample(range(1, 10**12), many):
        start, end = chance.choice((-9000, chance.randrange(1000))), chance.randrange(-50, 2000)
        closed = chance.random() < 0.5 and end > start
        ways = tuple(way for way in WAYS if chance.random() < 0.5)
        boxes.append(
            Box(
                number, chance.choice(sorted(oracle.BRAND)), ways, when(start),
                when(end) if closed else None,
            )
        )  # fmt: skip
        lives[number] = (start, end if closed else 99_999)
    return boxes, lives


def expected(windows: list[oracle.Written], box: Box, life: tuple[int, int]) -> list[Row]:
    rows: list[Row] = []
    for component in oracle.COMPONENTS:
        if component not in (*box.ways, "inbound"):
            continue
        down = oracle.down_minutes(windows, component, box.store, life=life)
        troubled = oracle.down_minutes(windows, component, box.store, life=life, least=0)
        if troubled:
            lengths = oracle.stretches(troubled)
            rows.append(
                (
                    box.mailbox_id, component, len(down), len(set(troubled) - set(down)),
                    len(lengths), max(lengths), when(troubled[0]), when(troubled[-1] + 1),
                )
            )  # fmt: skip
    return rows


def read(path: Path) -> list[Row]:
    return [
        (
            row["mailbox_id"], row["component"], row["down_us"] // MINUTE,
            row["degraded_us"] // MINUTE, row["stretches"], row["longest_us"] // MINUTE,
            row["first_start"].replace(tzinfo=UTC), row["last_end"].replace(tzinfo=UTC),
        )
        for row in pq.read_table(path).to_pylist()
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_every_mailbox_has_the_minutes_that_counting_them_gives(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    windows = oracle.by_chance(chance)
    boxes, lives = boxes_by_chance(chance, 60)
    estate, out = write(boxes, tmp_path / "estate.parquet", 17), tmp_path / "exposure.parquet"
    rows = write_exposure(estate, outage(oracle.yaml(windows)), out)
    order = {r["mailbox_id"]: n for n, r in enumerate(pq.read_table(estate).to_pylist())}
    boxes.sort(key=lambda box: order[box.mailbox_id])
    wanted = [row for box in boxes for row in expected(windows, box, lives[box.mailbox_id])]
    assert read(out) == wanted
    assert rows == len(wanted)
    assert pq.read_schema(out).equals(EXPOSURE)


def test_neither_threads_nor_row_groups_change_the_file(tmp_path: Path) -> None:
    chance = random.Random(7)
    declared = outage(oracle.yaml(oracle.by_chance(chance)))
    boxes, _ = boxes_by_chance(chance, 3000)
    digests = set()
    for threads, rows_a_group in ((1, 3000), (2, 100), (4, 999)):
        estate = write(boxes, tmp_path / "estate.parquet", rows_a_group)
        write_exposure(estate, declared, tmp_path / "out.parquet", limits=frames.Limits(threads))
        digests.add(frames.digest_of_parquet(tmp_path / "out.parquet", EXPOSURE.names))
    assert len(digests) == 1


def test_progress_is_told_every_mailbox_once(tmp_path: Path) -> None:
    estate = write([Box(number) for number in range(1, 501)], tmp_path / "estate.parquet")
    told: list[int] = []
    write_exposure(estate, outage(), tmp_path / "out.parquet", progress=told.append)
    assert sum(told) == 500


@pytest.mark.parametrize("boxes", [[], [Box(1, "lib-04", ("pop3",))], [Box(1, "elsewhere")]])
def test_an_estate_that_was_not_touched_gives_an_empty_file(
    boxes: list[Box], tmp_path: Path
) -> None:
    estate, out = write(boxes, tmp_path / "estate.parquet"), tmp_path / "out.parquet"
    assert write_exposure(estate, outage(), out) == 0
    assert pq.read_table(out).num_rows == 0
    assert pq.read_schema(out).equals(EXPOSURE)


def test_a_file_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    estate = write([Box(number) for number in range(1, 501)], tmp_path / "estate.parquet")
    out = tmp_path / "out.parquet"
    out.write_bytes(b"before")

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_exposure(estate, outage(), out, progress=stop)
    assert out.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["estate.parquet", "out.parquet"]


def test_an_outage_still_going_is_written_up_to_an_instant(tmp_path: Path) -> None:
    going = outage(changed("    to: 2023-03-26T12:00\n", ""))
    estate, out = write([Box(1, "lib-02", ("webmail",))], tmp_path / "e.parquet"), tmp_path / "o"
    until = going.start + 90 * MINUTE
    assert write_exposure(estate, going, out, until=until) == 1
    assert read(out)[0][2:] == (90, 0, 1, 90, instant(going.start), instant(until))


# Classes


def found_in(
    boxes: list[Box], tmp_path: Path, used_since: int | None = None
) -> list[ExposureClass]:
    estate = write(boxes, tmp_path / "estate.parquet")
    with frames.connect(reads=[estate]) as con:
        con.read_parquet(str(estate)).create_view("snapshot")
        found = classes(con, outage(), used_since=used_since)
        members = con.execute("SELECT count(*), count(DISTINCT mailbox_id) FROM lives").fetchone()
        assert members == (len(boxes), len(boxes))
        return list(found)


def test_mailboxes_that_the_outage_cannot_tell_apart_are_one_class(tmp_path: Path) -> None:
    boxes = [
        Box(1), Box(2, created=datetime(2020, 2, 2, tzinfo=UTC)),
        Box(3, closed=datetime(2023, 6, 1, tzinfo=UTC)),
    ]  # fmt: skip
    whole = hull(outage())
    assert found_in(boxes, tmp_path) == [
        ExposureClass("libero", "lib-01", ways_mask(WAYS), 0, whole.start, whole.end)
    ]


def test_a_life_that_begins_or_ends_in_the_outage_is_a_class_of_its_own(tmp_path: Path) -> None:
    during = datetime(2023, 3, 26, 5, 0, 0, 1, tzinfo=UTC)
    never = [Box(4, created=datetime(2023, 4, 1, tzinfo=UTC)),
             Box(5, closed=datetime(2023, 1, 1, tzinfo=UTC))]  # fmt: skip
    found = found_in([Box(1), Box(2, created=during), Box(3, closed=during), *never], tmp_path)
    whole, at = hull(outage()), micros(during)
    assert sorted((one.clip_from, one.clip_to) for one in found) == sorted(
        [
            (whole.start, whole.end), (at, whole.end), (whole.start, at),
            (whole.end, whole.end), (whole.start, whole.start),
        ]
    )  # fmt: skip


def test_the_ways_in_that_were_used_tell_classes_apart_where_they_are_asked_for(
    tmp_path: Path,
) -> None:
    recent, old = datetime(2023, 3, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    boxes = [
        Box(number, seen=((way, recent), ("webmail", old)))
        for number, way in enumerate(WAYS[1:], start=1)
    ]
    assert [one.used for one in found_in(boxes, tmp_path)] == [0]
    found = found_in(boxes, tmp_path, used_since=micros(recent))
    assert [one.used for one in found] == [ways_mask((way,)) for way in WAYS[1:]]
