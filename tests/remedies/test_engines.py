"""An engine that is not installed is told plainly, and only known words go to another engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ristoro.estate.sample import sample
from ristoro.kernel.errors import Missing
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.deciding.engines.choose import EngineName
from ristoro.remedies.deciding.engines.dialects import Dialect, in_dialect, tables_of

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(50, 3, path)
    return path


def test_a_missing_package_is_told_with_what_to_install(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    for name in [name for name in sys.modules if name.startswith("pyspark.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "ristoro.remedies.deciding.engines.spark", raising=False)
    with pytest.raises(Missing, match=r"pip install 'ristoro\[spark\]'"):
        decide(estate, OUTAGE, POLICY, tmp_path / "run", engine=EngineName.SPARK)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_java_is_told_with_what_to_install(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    monkeypatch.setattr(sql.SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Missing, match="openjdk-17-jre-headless"):
        decide(estate, OUTAGE, POLICY, tmp_path / "run", engine=EngineName.SPARK)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dialect", [Dialect.SPARK, Dialect.POSTGRES])
def test_a_function_that_is_not_known_elsewhere_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="JARO_SIMILARITY is not known"):
        in_dialect("SELECT JARO_SIMILARITY(a, b) FROM t", dialect)


def test_what_is_mended_is_mended_inside_of_what_is_mended() -> None:
    text = "SELECT DATE_DIFF('day', a, CAST(MAKE_TIMESTAMP(EPOCH_US(b) // 2) AS DATE)) FROM t"
    assert in_dialect(text, Dialect.SPARK) == (
        "SELECT CAST(DATE_DIFF(CAST(CAST(TIMESTAMP_MICROS(UNIX_MICROS(CAST(b AS TIMESTAMP)) DIV 2)"
        " AS TIMESTAMP_NTZ) AS DATE), a) AS BIGINT) FROM t"
    )


def test_the_tables_that_a_query_reads_are_found() -> None:
    text = "WITH own AS (SELECT * FROM a) SELECT * FROM own JOIN b ON TRUE LEFT JOIN a AS c ON TRUE"
    assert tables_of(text) == ["a", "b"]
