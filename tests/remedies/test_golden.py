"""The compiled SQL of every policy, in every engine's words, is the text under ``golden``.

Where the compiler was changed on purpose, ``python -m tests.remedies.golden`` writes it anew; the
change then stands in the diff.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.remedies.in_force import in_force

from ristoro.outages.declare import read_outage
from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.deciding.engines.dialects import Dialect, in_dialect
from ristoro.remedies.deciding.setting import setting
from ristoro.remedies.deciding.statement import Statement
from ristoro.remedies.language.check import load_policy

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2023, 2, 10)
POLICIES = policy_files([ROOT / "policies"])


def golden(policy: Path, dialect: Dialect) -> Path:
    return GOLDEN / dialect / f"{policy.stem}.sql"


def compiled(policy: Path, dialect: Dialect, folder: Path) -> str:
    """Every query of a policy, laid out line by line; ``folder`` is for a copy of the policy."""
    checked = load_policy(in_force(policy, folder))
    bound = setting(checked.policy, read_outage(OUTAGE), TODAY)
    texts = []
    for remedy in checked.remedies:
        statement = Statement(checked, remedy, bound)
        named = [*statement.beforehand(), (remedy.name, statement.text())]
        texts += [f"-- {name}\n{in_dialect(text, dialect, pretty=True)}" for name, text in named]
    return ";\n\n".join(texts) + ";\n"


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda path: path.stem)
def test_a_policy_compiles_to_the_golden_text(
    policy: Path, dialect: Dialect, tmp_path: Path
) -> None:
    path = golden(policy, dialect)
    assert path.exists(), "it is a new policy: run `python -m tests.remedies.golden`"
    assert compiled(policy, dialect, tmp_path) == path.read_text(encoding="utf-8"), (
        "the compiler writes other SQL than before; if that is meant, run"
        " `python -m tests.remedies.golden` and look at the difference"
    )


def test_no_golden_text_is_left_of_a_policy_that_is_gone() -> None:
    wanted = {golden(policy, dialect) for policy in POLICIES for dialect in Dialect}
    assert set(GOLDEN.rglob("*.sql")) <= wanted
