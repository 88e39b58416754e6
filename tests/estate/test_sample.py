"""The sample estate: the same for the same seed, every kind present, fit to be decided."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ristoro.estate.cast import cast
from ristoro.estate.columns import ways_mask
from ristoro.estate.sample import AS_OF, sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput


def rows_of(path: Path) -> dict[str, list[object]]:
    return pq.read_table(path).to_pydict()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_same_seed_and_size_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    one, two, other = (tmp_path / f"{name}{suffix}" for name in ("one", "two", "other"))
    sample(3000, 7, one)
    sample(3000, 7, two)
    sample(3000, 8, other)
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() != other.read_bytes()
    assert sorted(tmp_path.iterdir()) == sorted([one, two, other])


def test_a_sample_in_parquet_is_a_snapshot_whose_values_are_those_of_its_digest(
    tmp_path: Path,
) -> None:
    sample(2000, 1, tmp_path / "estate.parquet")
    snapshot = open_snapshot(tmp_path / "estate.parquet")
    snapshot.check()
    assert (snapshot.rows, snapshot.as_of) == (2000, AS_OF)


def test_a_larger_sample_begins_with_the_smaller_one(tmp_path: Path) -> None:
    sample(500, 7, tmp_path / "small.csv")
    sample(70_000, 7, tmp_path / "large.csv")
    small, large = ((tmp_path / f"{name}.csv").read_bytes() for name in ("small", "large"))
    assert large.startswith(small)


def test_two_hundred_mailboxes_have_one_of_every_kind(tmp_path: Path) -> None:
    sample(200, 1, tmp_path / "estate.parquet")
    rows = rows_of(tmp_path / "estate.parquet")
    addresses = set(rows["address"])
    assert len(addresses) == 200
    assert {member.address for member in cast(AS_OF)} <= addresses
    assert set(rows["standing"]) == {"good", "arrears", "suspended", "abuse"}
    assert set(rows["plan"]) == {
        "libero-free",
        "virgilio-free",
        "libero-plus-5",
        "libero-plus-1tb",
        "virgilio-plus-100",
    }
    assert ways_mask(("ios",)) in rows["ways"]
    assert ways_mask(("imap", "submission")) in rows["ways"]
    assert set(rows["locale"]) == {"it", "en"}


def test_no_row_contradicts_itself(tmp_path: Path) -> None:
    sample(20_000, 3, tmp_path / "estate.parquet")
    as_of = AS_OF.replace(tzinfo=None)
    for row in pq.read_table(tmp_path / "estate.parquet").to_pylist():
        assert row["created_at"] <= row["plan_since"] <= as_of, row
        assert row["closed_at"] is None or row["plan_since"] <= row["closed_at"] <= as_of, row
        assert (row["paid_until"] is None) == (row["price_minor"] == 0), row
        assert (row["before_plan"] is None) == (row["before_price_minor"] is None), row
        assert (row["before_paid_until"] is None) == (not row["before_price_minor"]), row
        assert row["before_plan"] != row["plan"], row
        assert row["used_bytes"] >= 0, row
        assert row["standing"] != "arrears" or row["price_minor"] > 0, row


def test_a_sample_seen_later_has_the_upgrade_of_10_february(tmp_path: Path) -> None:
    seen = datetime(2023, 2, 20, 9, tzinfo=UTC)
    sample(100, 1, tmp_path / "estate.parquet", as_of=seen)
    rows = pq.read_table(tmp_path / "estate.parquet").to_pylist()
    [upgraded] = [row for row in rows if row["address"] == "upgraded.feb@libero.it"]
    assert upgraded["plan_since"] == datetime(2023, 2, 10, 8, 15)  # noqa: DTZ001
    assert upgraded["before_plan"] == "libero-free"


@pytest.mark.parametrize(
    ("mailboxes", "name", "as_of", "code"),
    [
        (0, "estate.csv", AS_OF, "wrong-value"),
        (10, "estate.xls", AS_OF, "unknown-format"),
        (10, "estate.csv", datetime(2023, 1, 1, tzinfo=UTC), "wrong-value"),
        (10, "nowhere/estate.csv", AS_OF, "unreadable"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tmp_path: Path, mailboxes: int, name: str, as_of: datetime, code: str
) -> None:
    with pytest.raises(BadInput) as caught:
        sample(mailboxes, 1, tmp_path / name, as_of=as_of)
    assert caught.value.problems[0].code == code
    assert list(tmp_path.iterdir()) == []
