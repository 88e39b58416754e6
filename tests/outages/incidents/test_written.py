"""An incident is written in a file, and what is wrong in it is told by line and field."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ristoro.kernel.errors import BadInput
from ristoro.outages.incidents.board import Part
from ristoro.outages.incidents.states import Condition, Impact, Phase
from ristoro.outages.incidents.written import read

ROME = ZoneInfo("Europe/Rome")
EXAMPLES = Path(__file__).parents[3] / "docs/incidents"
WHOLE = """\
title: {it: Dischi nuovi, en: New disks}
impact: maintenance
from: 2023-02-01T02:00
until: 2023-02-01T04:00
phase: scheduled
text: {it: Di notte., en: At night.}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "incident.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_examples_of_the_docs_are_read() -> None:
    opened = read(EXAMPLES / "opened.yaml", ROME)
    assert opened.opening is not None
    assert opened.opening.started_at == datetime(2023, 1, 23, tzinfo=ROME)
    assert (opened.opening.impact, opened.told.phase) == (Impact.CRITICAL, Phase.INVESTIGATING)
    goes_on = read(EXAMPLES / "goes-on.yaml", ROME)
    assert goes_on.opening is None
    assert goes_on.told.conditions[Part("libero", "imap")] is Condition.PARTIAL_OUTAGE


def test_planned_work_has_two_times(tmp_path: Path) -> None:
    found = read(written(tmp_path, WHOLE), ROME).opening
    assert found is not None
    assert found.plan is not None
    assert (found.plan.end - found.plan.start).total_seconds() == 7200


@pytest.mark.parametrize(
    ("change", "line", "code"),
    [
        (("impact: maintenance", "impact: huge"), 2, "wrong-value"),
        (("phase: scheduled", "phase: sheduled"), 5, "wrong-value"),
        (("en: At night.", "de: Nachts."), 6, "unknown-field"),
        (("impact: maintenance\n", ""), 1, "wrong-value"),
        (("from: 2023-02-01T02:00", "from: tomorrow"), 3, "wrong-value"),
        (("phase:", "fase:"), 5, "unknown-field"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(
    tmp_path: Path, change: tuple[str, str], line: int, code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(written(tmp_path, WHOLE.replace(*change)), ROME)
    problem = refused.value.problems[0]
    assert problem.place is not None
    assert (problem.place.line, problem.code) == (line, code)


def test_a_component_that_is_none_is_refused(tmp_path: Path) -> None:
    text = f"{WHOLE}components:\n  libero: {{fax: major_outage}}\n"
    with pytest.raises(BadInput, match="there is no field 'fax'"):
        read(written(tmp_path, text), ROME)
