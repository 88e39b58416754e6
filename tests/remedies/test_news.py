"""What has become of a decision's inputs since: named exactly, and in the way of acting on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.sample import sample
from ristoro.kernel.errors import NotAllowed
from ristoro.kernel.keys import bucket_of
from ristoro.outages import versions
from ristoro.remedies import news
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.shelves import Shelves

ROOT = Path(__file__).parents[2]
NAME = "libero-virgilio-2023-01"
THEN = datetime(2023, 2, 10, 9, tzinfo=UTC)
LATER = datetime(2023, 2, 17, 9, tzinfo=UTC)
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one snapshot, one outage and one policy, and the decision of these."""
    home = tmp_path_factory.mktemp("home")
    for name in ("estate", "policies"):
        (home / name).mkdir()
    sample(300, 5, home / "estate/then.parquet", as_of=THEN, progress=lambda rows: None)
    outage = versions.declare(ROOT / f"outages/{NAME}.yaml", home / "outages").path
    policy = home / "policies" / "first.yaml"
    shutil.copy(ROOT / f"policies/{NAME}.yaml", policy)
    decide(home / "estate/then.parquet", outage, policy, home / "run")
    return home


@pytest.fixture
def home(decided: Path, tmp_path: Path) -> Path:
    """A copy of it, for one test."""
    copy = tmp_path / "home"
    shutil.copytree(decided, copy)
    return copy


def shelves(home: Path) -> Shelves:
    return Shelves(home / "estate", home / "outages", home / "policies")


def since(home: Path) -> news.News:
    return news.since(home / "run", shelves(home))


def later(home: Path, change: Change, *more: dict[str, Any], digest: str = "1" * 64) -> None:
    """A newer snapshot, each row changed or, by ``None``, left out."""
    rows = [change(row) for row in pq.read_table(home / "estate/then.parquet").to_pylist()]
    kept = [*(row for row in rows if row is not None), *more]
    kept.sort(key=lambda row: (row["bucket"], row["mailbox_id"]))
    labels = {"as_of": LATER.isoformat(), "source_digest": "2" * 64, "digest": digest}
    table = pa.Table.from_pylist(kept, SNAPSHOT).replace_schema_metadata(
        {f"ristoro.{name}": text for name, text in labels.items()}
    )
    pq.write_table(table, home / "estate" / "later.parquet")


def given(home: Path) -> list[int]:
    rows = pq.read_table(home / "run/outcomes.parquet").to_pylist()
    return sorted({row["mailbox_id"] for row in rows if not row["reason"]})


def nothing(home: Path) -> list[int]:
    rows = pq.read_table(home / "run/outcomes.parquet").to_pylist()
    return sorted({row["mailbox_id"] for row in rows} - set(given(home)))


def test_nothing_is_new_of_what_was_decided_last(home: Path) -> None:
    assert since(home) == news.News(None, None, None)
    assert news.refuse(home / "run", shelves(home)).blocks() == ()


def test_what_changes_by_the_hour_is_no_news(home: Path) -> None:
    later(home, lambda row: {**row, "used_bytes": row["used_bytes"] + 1, "seen_webmail": None})
    estate = since(home).estate
    assert estate is not None
    assert (estate.given.mailboxes, estate.others.mailboxes, estate.came) == (0, 0, 0)
    assert news.refuse(home / "run", shelves(home)).estate == estate


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("gone", lambda row: None),
        ("closed", lambda row: {**row, "closed_at": datetime(2023, 2, 12)}),  # noqa: DTZ001
        ("plan", lambda row: {**row, "plan": "odd"}),
        ("price", lambda row: {**row, "price_minor": row["price_minor"] + 1}),
        ("paid-until", lambda row: {**row, "paid_until": date(2031, 1, 1)}),
        ("storage", lambda row: {**row, "storage_bytes": row["storage_bytes"] + 1}),
        ("standing", lambda row: {**row, "standing": "arrears"}),
        ("address", lambda row: {**row, "address": "x" + row["address"]}),
        ("store", lambda row: {**row, "store": "vir-99"}),
        ("holder", lambda row: {**row, "holder_id": "somebody else"}),
        ("language", lambda row: {**row, "locale": "en" if row["locale"] == "it" else "it"}),
        ("ways", lambda row: {**row, "ways": row["ways"] ^ 1}),
        ("past", lambda row: {**row, "before_storage_bytes": 17}),
    ],
)
def test_each_change_of_a_mailbox_that_gets_something_is_named(
    home: Path, what: str, change: Change
) -> None:
    some = set(given(home)[:3])
    later(home, lambda row: change(row) if row["mailbox_id"] in some else row)
    estate = since(home).estate
    assert estate is not None
    assert (estate.given.mailboxes, estate.given.in_what) == (3, {what: 3})
    with pytest.raises(NotAllowed) as refused:
        news.refuse(home / "run", shelves(home))
    (problem,) = refused.value.problems
    assert problem.code == "estate-changed"
    assert f"3 {news.WORDS[what]}" in problem.what


def test_a_mailbox_that_changed_in_several_ways_counts_once(home: Path) -> None:
    one, two, three = given(home)[:3]
    later(
        home,
        lambda row: (
            {**row, "plan": "odd", "price_minor": 7, "storage_bytes": 1}
            if row["mailbox_id"] == one
            else None
            if row["mailbox_id"] in (two, three)
            else row
        ),
    )
    estate = since(home).estate
    assert estate is not None
    assert estate.given.mailboxes == 3
    assert estate.given.in_what == {"gone": 2, "plan": 1, "price": 1, "storage": 1}


def test_mailboxes_that_get_nothing_or_are_new_do_not_stand_in_the_way(home: Path) -> None:
    other = nothing(home)[0]
    new = dict(pq.read_table(home / "estate/then.parquet").to_pylist()[0])
    new |= {"mailbox_id": 999_999, "bucket": bucket_of(999_999), "address": "new@libero.it"}
    later(
        home,
        lambda row: {**row, "plan": "odd"} if row["mailbox_id"] == other else row,
        new,
    )
    estate = since(home).estate
    assert estate is not None
    assert estate.given.mailboxes == 0
    assert (estate.others.mailboxes, estate.others.in_what, estate.came) == (1, {"plan": 1}, 1)
    assert news.refuse(home / "run", shelves(home)).estate == estate


def test_a_newer_estate_can_be_set_aside_and_a_still_newer_one_asks_again(home: Path) -> None:
    some = given(home)[0]
    later(home, lambda row: {**row, "plan": "odd"} if row["mailbox_id"] == some else row)
    assert news.refuse(home / "run", shelves(home), {"1" * 64}).estate is not None
    later(
        home,
        lambda row: {**row, "plan": "odder"} if row["mailbox_id"] == some else row,
        digest="3" * 64,
    )
    with pytest.raises(NotAllowed):
        news.refuse(home / "run", shelves(home), {"1" * 64})


def test_an_older_snapshot_is_no_news(home: Path) -> None:
    later(home, lambda row: None)
    (home / "estate/then.parquet").rename(home / "then.parquet")
    record = json.loads((home / "run/run.json").read_text())
    record["snapshot"] = str(home / "estate/later.parquet")
    (home / "run/run.json").write_text(json.dumps(record))
    (home / "then.parquet").rename(home / "estate/then.parquet")
    assert since(home).estate is None


def test_what_was_found_is_remembered_and_shown_without_comparing(home: Path) -> None:
    later(home, lambda row: None)
    before, waits = news.at_a_glance(home / "run", shelves(home))
    assert before.estate is None
    assert waits is not None
    assert waits.as_of == LATER
    found = since(home)
    assert news.at_a_glance(home / "run", shelves(home)) == (found, None)
    assert since(home) == found


def test_a_corrected_outage_and_a_replaced_policy_are_named_and_cannot_be_set_aside(
    home: Path, tmp_path: Path
) -> None:
    first = versions.version(home / "outages", NAME)
    text = (ROOT / f"outages/{NAME}.yaml").read_text(encoding="utf-8")
    corrected = text.replace(
        "version: 1\n", f"version: 2\ncorrects: {first.digest}\nreason: a store came back later\n"
    )
    (tmp_path / "two.yaml").write_text(corrected, encoding="utf-8")
    versions.declare(tmp_path / "two.yaml", home / "outages")
    policy = (ROOT / f"policies/{NAME}.yaml").read_text(encoding="utf-8")
    (home / "policies/second.yaml").write_text(
        policy.replace("version: 1\n", "version: 3\n"), encoding="utf-8"
    )
    found = since(home)
    assert found.outage == news.VersionNews(NAME, 1, 2)
    assert found.policy == news.VersionNews(NAME, 1, 3)
    told = [problem.what for problem in found.blocks({"1" * 64})]
    assert told == [f"outage {NAME}: v2 replaced v1", f"policy {NAME}: v3 replaced v1"]
