"""The compiled SQL of the January policy is the text under ``golden``.

Where the compiler was changed on purpose, ``python -m tests.remedies.golden`` writes it anew; the
change then stands in the diff.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import sqlglot

from ristoro.outages.declare import read_outage
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.setting import setting
from ristoro.remedies.statement import Statement

ROOT = Path(__file__).parents[2]
NAME = "libero-virgilio-2023-01"
SQL = Path(__file__).parent / "golden" / f"{NAME}.sql"


def compiled() -> str:
    """Every remedy's statement, laid out line by line."""
    checked = load_policy(ROOT / "policies" / f"{NAME}.yaml")
    outage = read_outage(ROOT / "outages" / f"{NAME}.yaml")
    bound = setting(checked.policy, outage, date(2023, 2, 10))
    texts = [
        f"-- {remedy.name}\n"
        + sqlglot.transpile(
            Statement(checked, remedy, bound).text(), read="duckdb", write="duckdb", pretty=True
        )[0]
        for remedy in checked.remedies
    ]
    return ";\n\n".join(texts) + ";\n"


def test_the_january_policy_compiles_to_the_golden_text() -> None:
    assert compiled() == SQL.read_text(encoding="utf-8"), (
        "the compiler writes other SQL than before; if that is meant, run"
        " `python -m tests.remedies.golden` and look at the difference"
    )
