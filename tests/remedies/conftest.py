"""Fixtures of the remedies' tests: one Spark session for all of them, which costs a Java."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ristoro.kernel.frames import Limits

JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Queries are short here: what the second compiler would save is less than what it takes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "spark_session" in getattr(item, "fixturenames", ()):
            item.add_marker("spark")


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session in this process; everything that decides on Spark joins it."""
    pytest.importorskip("pyspark", reason="pyspark is not installed (pip install ristoro[spark])")
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java") and not (home and Path(home, "bin", "java").exists()):
        pytest.skip("no Java is installed (Debian: openjdk-17-jre-headless)")
    spark = pytest.importorskip("ristoro.remedies.deciding.engines.spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", JAVA)
        session = spark.started(Limits(threads=2), tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()
