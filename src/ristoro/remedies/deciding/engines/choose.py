"""Opens an engine by its name; what an optional one needs is imported only when it is asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import cast

from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies.deciding.engines import duckdb
from ristoro.remedies.deciding.engines.contract import Engine


class EngineName(StrEnum):
    """The engines that there are."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def opened(
    name: EngineName, snapshot: Snapshot, limits: frames.Limits, scratch: Path
) -> AbstractContextManager[Engine]:
    """The engine over a snapshot, while the ``with`` lasts; it may write into ``scratch``.

    ``Missing`` where what it needs is not installed.
    """
    if name is EngineName.DUCKDB:
        return duckdb.opened(snapshot, limits, scratch)
    try:
        module = import_module(f"ristoro.remedies.deciding.engines.{name}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("ristoro"):
            raise
        raise Missing(
            Problem(
                "no-engine",
                f"the engine {name} needs the Python package {error.name}",
                "it is not part of a plain installation",
                f"pip install 'ristoro[{name}]', or decide with --engine duckdb",
            )
        ) from error
    return cast(AbstractContextManager[Engine], module.opened(snapshot, limits, scratch))
