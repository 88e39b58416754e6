"""What a page shows of a decision is drawn by its digest alone: always the same, by no choice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ristoro.estate.sample import sample
from ristoro.kernel import frames
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.folder import again, preview, samples

ROOT = Path(__file__).parents[2]
NAME = "libero-virgilio-2023-01.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("decided")
    sample(400, 11, base / "estate.parquet", progress=lambda rows: None)
    decide(base / "estate.parquet", ROOT / "outages" / NAME, ROOT / "policies" / NAME, base / "run")
    preview.write(base / "run")
    return base / "run"


def drawn(folder: Path, digest: str, threads: int) -> tuple[samples.Sample, ...]:
    snapshot = folder.parent / "estate.parquet"
    outcomes = folder / "outcomes.parquet"
    with frames.connect(frames.Limits(threads=threads), reads=[outcomes, snapshot]) as con:
        return samples.draw(con, outcomes, snapshot, digest)


def test_the_same_decision_has_the_same_preview_to_the_byte(folder: Path) -> None:
    first = (folder / preview.PREVIEW).read_bytes()
    preview.write(folder)
    assert (folder / preview.PREVIEW).read_bytes() == first


def test_samples_follow_from_the_digest_and_not_from_how_they_are_read(folder: Path) -> None:
    one = drawn(folder, "1f" * 32, threads=1)
    assert one == drawn(folder, "1f" * 32, threads=2)
    other = drawn(folder, "2e" * 32, threads=1)
    assert [sample.mailboxes for sample in one] == [sample.mailboxes for sample in other]
    assert [sample.drawn for sample in one] != [sample.drawn for sample in other]


def test_every_way_to_be_treated_has_samples_and_givers_come_first(folder: Path) -> None:
    found = preview.read(folder).samples
    assert all(0 < len(one.drawn) <= samples.DRAWN for one in found)
    gives = [not one.reason for one in found]
    assert gives == sorted(gives, reverse=True)
    assert {one.mailboxes for one in found if len(one.drawn) < samples.DRAWN} <= {1, 2, 3, 4}


def test_what_is_kept_is_read_back_as_it_was(folder: Path) -> None:
    told = json.loads((folder / preview.PREVIEW).read_text(encoding="utf-8"))
    found = preview.read(folder)
    assert [json.loads(json.dumps(one.as_dict())) for one in found.samples] == told["samples"]
    assert found.figures is not None
    assert json.loads(json.dumps(found.figures.as_dict())) == told["figures"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [("anna.rossi@libero.it", "a…@libero.it"), ("x@y.it", "x…@y.it"), ("odd", "…odd")],
)
def test_an_address_is_masked_but_for_its_first_letter_and_its_domain(
    address: str, shown: str
) -> None:
    assert samples.masked(address) == shown


def test_a_proof_finds_samples_that_somebody_chose(folder: Path) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert again.prove(folder, at).passed
    assert again.read(folder) == again.prove(folder, at)
    path = folder / preview.PREVIEW
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b'"drawn"', b'"drawn" ', 1))
    try:
        failed = [one.name for one in again.prove(folder, at).checks if not one.passed]
    finally:
        path.write_bytes(kept)
    assert failed == [again.DRAWN_AGAIN]
