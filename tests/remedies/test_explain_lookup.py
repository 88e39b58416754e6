"""One mailbox is found without reading the estate, and never a wrong one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.estate.sample import sample
from ristoro.kernel.errors import BadInput
from ristoro.remedies.deciding.decide import Decision, decide
from ristoro.remedies.explaining.explain import explain
from ristoro.remedies.folder import rows, text_index, whole_files
from ristoro.remedies.folder.run_folder import open_run

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Decision:
    folder = tmp_path_factory.mktemp("run")
    sample(2_000, 3, folder / "estate.parquet")
    return decide(folder / "estate.parquet", OUTAGE, POLICY, folder / "january")


@pytest.fixture
def copied(run: Decision, tmp_path: Path) -> Path:
    """A run of its own, so that what is kept beside it is this test's alone."""
    shutil.copytree(run.folder, tmp_path / "january")
    return tmp_path / "january"


def test_every_address_and_every_holder_is_found_by_its_index(run: Decision) -> None:
    opened = open_run(run.folder)
    table = pq.read_table(opened.snapshot.path, columns=["address", "holder_id", "bucket"])
    for column in ("address", "holder_id"):
        index = text_index.build(opened.snapshot.path, column)
        for text, bucket in zip(table.column(column), table.column("bucket"), strict=True):
            if text.as_py():
                assert bucket.as_py() in index.buckets(text.as_py())
    assert index.buckets("") == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_a_text_has_one_hash_alone_or_among_others(texts: list[str]) -> None:
    together = text_index.hashes(pa.array(texts, pa.string()))
    alone = [text_index.hashes(pa.array([text], pa.string()))[0] for text in texts]
    assert list(together) == alone
    part = pa.array(["first", *texts], pa.string()).slice(1)
    assert list(text_index.hashes(part)) == alone


def test_the_hash_is_the_same_for_ever() -> None:
    [found] = text_index.hashes(pa.array(["free@libero.it"]))
    assert int(found) == 17_474_249_801_570_823_924


def test_an_index_that_is_torn_or_of_another_snapshot_is_no_index(
    run: Decision, tmp_path: Path
) -> None:
    snapshot = open_run(run.folder).snapshot
    index = text_index.build(snapshot.path, "address")
    path = text_index.path_of(tmp_path, snapshot.digest, "address")
    text_index.save(index, path, snapshot.digest)
    assert text_index.load(path, snapshot.digest) is not None
    assert text_index.load(path, "0" * 64) is None
    raw = bytearray(path.read_bytes())
    for torn in (raw[:50], raw[:-4], raw[:-1] + bytes([raw[-1] ^ 1]), b"x" + raw[1:]):
        path.write_bytes(torn)
        assert text_index.load(path, snapshot.digest) is None
    path.unlink()
    assert text_index.load(path, snapshot.digest) is None


def test_the_index_is_kept_beside_the_snapshot_or_else_beside_the_run(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_run(copied)
    beside = text_index.path_of(opened.snapshot.path.parent, opened.snapshot.digest, "address")
    beside.unlink(missing_ok=True)
    saved: list[Path] = []
    save = text_index.save

    def only_the_run(index: text_index.TextIndex, path: Path, digest: str) -> None:
        saved.append(path)
        if path.parent != copied:
            raise PermissionError(13, "read-only", str(path))
        save(index, path, digest)

    monkeypatch.setattr(rows.text_index, "save", only_the_run)
    assert explain(copied, "free@libero.it", "en").agrees
    assert [path.parent for path in saved] == [opened.snapshot.path.parent, copied]
    assert text_index.load(saved[1], opened.snapshot.digest) is not None


def test_a_changed_text_is_noticed_at_the_next_question(copied: Path) -> None:
    assert explain(copied, 1_000_001, "en").agrees
    text = (copied / "policy.yaml").read_text()
    (copied / "policy.yaml").write_text(text.replace("20 percent", "21 percent"))
    with pytest.raises(BadInput, match="run-changed"):
        explain(copied, 1_000_001, "en")


def test_a_proof_is_remembered_until_a_file_changes(copied: Path) -> None:
    opened, outcomes = open_run(copied), copied / "outcomes.parquet"
    digest = (copied / "digest").read_text().strip()
    assert whole_files.proof(opened.snapshot, outcomes) == whole_files.Proof(None, None)
    proven = whole_files.prove(opened.snapshot, outcomes, digest, NOW)
    assert proven == whole_files.Proof(NOW, NOW)
    assert whole_files.proof(opened.snapshot, outcomes) == proven
    table = pq.read_table(outcomes)
    pq.write_table(table.slice(1), outcomes)
    assert whole_files.proof(opened.snapshot, outcomes).outcomes is None
    with pytest.raises(BadInput, match="run-changed"):
        whole_files.prove(opened.snapshot, outcomes, digest, NOW)


def test_what_is_remembered_may_be_lost_or_torn(copied: Path) -> None:
    (copied / "proven.json").write_text("{")
    opened = open_run(copied)
    assert whole_files.proof(opened.snapshot, copied / "outcomes.parquet").outcomes is None
