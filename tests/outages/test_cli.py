"""``ristoro outage`` as a person sees it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.outages.texts import GOOD, changed, outage
from typer.testing import CliRunner

from ristoro.cli.outage import app
from ristoro.estate.sample import sample
from ristoro.kernel.errors import BadInput
from ristoro.outages.columns import EXPOSURE

JANUARY = Path(__file__).parents[2] / "outages" / "libero-virgilio-2023-01.yaml"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "home"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def ristoro(*words: str | Path) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_declaring_prints_what_the_outage_says(home: Path, text: Path) -> None:
    said = ristoro("declare", text)
    assert "small version 1: declared\n" in said
    assert f"digest {outage().digest}" in said
    assert (home / "outages" / "small" / "v1.yaml").read_text(encoding="utf-8") == GOOD
    cells = [[cell.strip() for cell in line.strip("│ ").split("│")] for line in said.splitlines()]
    assert ["lib-01", "540", "660", *["–"] * 5] in cells
    assert ["lib-04", *["–"] * 7] in cells
    assert ["vir-01..vir-02", *["(+180)"] * 7] in cells


def test_the_timeline_is_in_the_outages_own_zone(home: Path, text: Path) -> None:
    lines = ristoro("declare", text).splitlines()
    assert lines[-6:] == [
        "2023-03-25 22:00+01:00  down      webmail, imap: lib-01..lib-03",
        "2023-03-26 01:00+01:00  degraded  every component: vir-01..vir-02",
        "2023-03-26 05:00+02:00  back      every component: vir-01..vir-02",
        "2023-03-26 08:00+02:00  back      webmail: lib-01",
        "2023-03-26 10:00+02:00  back      imap: lib-01..lib-03",
        "2023-03-26 12:00+02:00  back      webmail: lib-02..lib-03",
    ]


def test_declaring_again_says_that_it_was_declared(home: Path, text: Path) -> None:
    ristoro("declare", text)
    assert "small version 1: was declared before" in ristoro("declare", text)
    assert "small version 1" in ristoro("show", "small")
    assert ristoro("show", text) == ristoro("show", "small", "--version", "1")


def test_an_outage_still_going_is_shown_up_to_an_instant(home: Path, text: Path) -> None:
    text.write_text(changed("    to: 2023-03-26T12:00\n", ""), encoding="utf-8")
    said = ristoro("declare", text, "--until", "2023-03-26T09:00")
    assert "still going; counted up to 2023-03-26 09:00+02:00" in said
    assert "imap: lib-01" not in said.splitlines()[-1]
    assert "still going; counted up to 2" in ristoro("show", "small")


def test_an_instant_that_is_none_is_refused(home: Path, text: Path) -> None:
    with pytest.raises(BadInput, match="twice"):
        ristoro("show", text, "--until", "2023-10-29T02:30")


def test_exposure_of_a_sample_estate_is_written(home: Path, tmp_path: Path) -> None:
    estate, out = tmp_path / "estate.parquet", tmp_path / "exposure.parquet"
    sample(2000, 1, estate)
    said = ristoro("exposure", "--estate", estate, "--outage", JANUARY, "--out", out)
    table = pq.read_table(out)
    assert f"{table.num_rows} rows of 2000 mailboxes written" in said
    assert table.schema.equals(EXPOSURE)
    days = {row["component"]: row["longest_us"] // 86_400_000_000 for row in table.to_pylist()}
    assert set(days) == {"webmail", "imap", "pop3", "submission", "ios", "android", "inbound"}


def test_a_file_that_is_no_snapshot_is_refused(home: Path, text: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not-parquet"):
        ristoro("exposure", "--estate", text, "--outage", JANUARY, "--out", tmp_path / "out")
