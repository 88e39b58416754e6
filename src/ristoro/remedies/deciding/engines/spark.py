"""Apache Spark: the same text on a session of its own, or on the one that is already running.

Only deciding is done there. The small tables are made once, by DuckDB on the driver, and what
Spark decides comes back a range of buckets at a time, so that memory stays bounded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from pyspark.errors import ArithmeticException, PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast

from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies.deciding.engines.contract import Sum
from ristoro.remedies.deciding.engines.dialects import Dialect, in_dialect, tables_of
from ristoro.remedies.deciding.engines.duckdb import DuckDB, too_large
from ristoro.remedies.deciding.setting import Setting

MEANING: Mapping[str, str] = {
    # overflow and a wrong cast raise, instead of wrapping round or giving null
    "spark.sql.ansi.enabled": "true",
    # instants have no zone, as in a snapshot; where one is needed it is UTC
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""Settings that the meaning of the SQL depends on; they are set in whatever session decides."""

LEAST_MEMORY_MIB = 1024
"""Heap without which Spark refuses to start or spends its time collecting."""

ROWS_TO_BROADCAST = 200_000
"""A small table of at most so many rows is sent to every task, so that no row need be moved."""


@contextmanager
def opened(snapshot: Snapshot, limits: frames.Limits, scratch: Path) -> Iterator[Spark]:
    """The engine over a snapshot, in the running session if there is one.

    ``Missing`` where there is no Java.
    """
    with (
        TemporaryDirectory(prefix=".spark-", dir=scratch, ignore_cleanup_errors=True) as name,
        frames.connect(limits, reads=[snapshot.path], scratch=Path(name)) as con,
        _session(limits, Path(name)) as session,
    ):
        con.read_parquet(str(snapshot.path.resolve())).create_view("estate")
        yield Spark(session, snapshot.path, DuckDB(con), Path(name))


class Spark:
    """``contract.Engine`` over a session; ``beside`` makes the small tables and adds up."""

    def __init__(self, session: SparkSession, estate: Path, beside: DuckDB, scratch: Path) -> None:
        self._session, self._beside, self._scratch = session, beside, scratch
        self._estate = session.read.parquet(_uri(estate))
        self._here: set[str] = {"snapshot"}

    def lay_out(self, bound: Setting, names: Sequence[str], facts: Path | None) -> None:
        self._beside.lay_out(bound, names, facts)
        self._here = {"snapshot"}

    def keep(self, name: str, text: str) -> None:
        self._estate.createOrReplaceTempView("snapshot")
        path = _uri(self._scratch / name)
        with _told():
            self._query(text).write.mode("overwrite").parquet(path)
        self._session.read.parquet(path).createOrReplaceTempView(name)
        self._here.add(name)

    def rows(self, text: str, first: int, after: int) -> pa.Table:
        part = self._estate.where(f"bucket >= {first} AND bucket < {after}")
        part.createOrReplaceTempView("snapshot")
        with _told():
            return self._query(text).toArrow()

    def sums(self, rows: pa.Table) -> list[Sum]:
        return self._beside.sums(rows)

    def _query(self, text: str) -> DataFrame:
        for name in tables_of(text):
            if name not in self._here:
                self._bring(name)
        return self._session.sql(in_dialect(text, Dialect.SPARK))

    def _bring(self, name: str) -> None:
        """A small table from beside to Spark."""
        table = self._beside.con.table(name).to_arrow_table()
        frame = self._session.createDataFrame(table)
        if table.num_rows <= ROWS_TO_BROADCAST:
            frame = broadcast(frame)
        frame.createOrReplaceTempView(name)
        self._here.add(name)


@contextmanager
def _session(limits: frames.Limits, folder: Path) -> Iterator[SparkSession]:
    """A session apart, with the settings that decide the meaning; a new Spark is stopped again."""
    running = SparkSession.getActiveSession()
    session = running.newSession() if running else started(limits, folder)
    try:
        for name, value in MEANING.items():
            session.conf.set(name, value)
        session.conf.set("spark.sql.shuffle.partitions", str(limits.threads))
        yield session
    finally:
        if not running:
            session.stop()


def started(limits: frames.Limits, folder: Path) -> SparkSession:
    """Start Spark inside this machine: loopback alone, no pages, and errors alone in the log.

    ``Missing`` where there is no Java that can run it.
    """
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java") and not (home and Path(home, "bin", "java").exists()):
        raise _no_java("there is no program java on the path, and JAVA_HOME names none")
    log = folder / "log4j2.properties"
    log.write_text(_LOG, encoding="utf-8")
    builder = (
        SparkSession.builder.appName("ristoro")
        .master(f"local[{limits.threads}]")
        .config("spark.driver.memory", f"{max(LEAST_MEMORY_MIB, limits.memory_mib)}m")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_uri(log)}")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        # joins are with small tables, so there is nothing that planning anew would find
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", _uri(folder / "warehouse"))
    )
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise _no_java(str(error)) from error


_LOG = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""


def _no_java(why: str) -> Missing:
    return Missing(
        Problem(
            "no-java",
            "Spark cannot start",
            why,
            "install Java 17 or newer (Debian: openjdk-17-jre-headless) and set JAVA_HOME where"
            " it is not on the path, or decide with --engine duckdb",
        )
    )


@contextmanager
def _told() -> Iterator[None]:
    """An overflow told as what it is for the policy's author."""
    try:
        yield
    except ArithmeticException as error:
        raise too_large(str(error).splitlines()[0]) from error


def _uri(path: Path) -> str:
    return path.resolve().as_uri()
