"""The errands of a whole programme: an estate uploaded, decided, compared, entered and proved."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.databases import Database

from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.errands import kinds, places
from ristoro.estate.sample import sample
from ristoro.outages import versions
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.models import Errand, ErrandState

ROOT = Path(__file__).parents[2]
NAME = "libero-virgilio-2023-01"
AT = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def olga(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    del database
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    make_secrets(env.current())
    for folder in (places.uploads(), places.policies()):
        folder.mkdir(parents=True)
    versions.declare(ROOT / f"outages/{NAME}.yaml", places.outages())
    shutil.copy(ROOT / f"policies/{NAME}.yaml", places.policies() / "first.yaml")
    sample(300, 3, places.uploads() / "estate.csv", as_of=AT, progress=lambda rows: None)
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)


def done(olga: Person, kind: str, **params: Any) -> Errand:
    asked = errands.ask(kind, params, olga, f"{kind} {params}", AT)
    assert kinds.run("test", Event(), lambda: AT, time.monotonic, until_idle=True) == 1
    asked.refresh_from_db()
    return asked


def test_a_programme_is_made_by_errands_alone(olga: Person) -> None:
    imported = done(olga, "import-estate", upload="estate.csv", as_of=AT.isoformat()).result
    assert imported["rows"] == 300
    chosen = {"snapshot": imported["snapshot"], "outage": NAME, "version": 1}
    decided = done(olga, "decide", **chosen, policy="first.yaml").result
    assert decided["totals"]["mailboxes"] == 300
    again = done(olga, "decide", **chosen, policy="first.yaml", until=None).result
    assert again["folder"] == decided["folder"]
    assert [one.name for one in places.decisions().iterdir()] == [decided["folder"]]

    raised = (
        (places.policies() / "first.yaml")
        .read_text(encoding="utf-8")
        .replace("20 percent", "25 percent")
    )
    (places.policies() / "second.yaml").write_text(raised, encoding="utf-8")
    compared = done(olga, "compare", **chosen, old="first.yaml", new="second.yaml").result
    assert compared["mailboxes"] == 300
    assert any(line["difference"] > 0 for line in compared["changed"])

    entered = done(olga, "enter", folder=decided["folder"]).result
    run = Run.objects.get(name=entered["run"])
    assert (run.state, run.entered_by) == (RunState.LOADED, "Olga")
    assert run.outcomes_digest == decided["digest"]
    proved = done(olga, "prove", run=run.name).result
    assert [check for check in proved["checks"] if not check["passed"]] == []


@pytest.mark.parametrize("name", ["../home", "", ".", "nothing.csv", "a/b"])
def test_a_name_that_leads_elsewhere_is_refused(olga: Person, name: str) -> None:
    errand = done(olga, "import-estate", upload=name)
    assert errand.state == ErrandState.FAILED
    assert [problem["code"] for problem in errand.problems] == ["not-there"]


def test_the_bad_rows_of_an_upload_are_listed_in_a_file(olga: Person) -> None:
    path = places.uploads() / "estate.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].replace(lines[5].split(",")[0], "not a number", 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    refused = done(olga, "import-estate", upload="estate.csv", as_of=AT.isoformat())
    assert refused.state == ErrandState.FAILED
    allowed = done(olga, "import-estate", upload="estate.csv", as_of=AT.isoformat(), allowed_bad=1)
    assert allowed.result["bad_rows"] == 1
    assert (places.estates() / allowed.result["bad_file"]).exists()


def test_a_run_that_has_not_begun_is_compared_with_an_estate_that_comes(olga: Person) -> None:
    imported = done(olga, "import-estate", upload="estate.csv", as_of=AT.isoformat()).result
    chosen = {"snapshot": imported["snapshot"], "outage": NAME, "version": 1}
    decided = done(olga, "decide", **chosen, policy="first.yaml").result
    run = done(olga, "enter", folder=decided["folder"]).result["run"]
    path = places.uploads() / "estate.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    (places.uploads() / "later.csv").write_text("\n".join([head, *rows[10:]]) + "\n")
    params = {"upload": "later.csv", "as_of": (AT + timedelta(days=7)).isoformat()}
    errands.ask("import-estate", params, olga, "later", AT)
    assert kinds.run("test", Event(), lambda: AT, time.monotonic, until_idle=True) == 2
    compared = Errand.objects.get(kind="news")
    assert compared.state == ErrandState.DONE, compared.problems
    assert compared.result["run"] == run
    assert 0 < compared.result["changed"] <= 10


def test_a_decision_that_is_cancelled_at_any_step_leaves_nothing(olga: Person) -> None:
    imported = done(olga, "import-estate", upload="estate.csv", as_of=AT.isoformat()).result
    chosen = {"snapshot": imported["snapshot"], "outage": NAME, "version": 1}
    for step in ("decide", "draw", "letters"):
        asked = errands.ask("decide", {**chosen, "policy": "first.yaml"}, olga, step, AT)
        leased = errands.lease("test", AT)
        assert leased is not None
        teller = errands.Teller(leased, lambda: AT, time.monotonic, Event())
        began = teller.begin

        def begin(now: str, total: int | None, step: str = step, began: Any = began) -> None:
            began(now, total)
            if now == step:
                errands.cancel(leased.pk, olga, AT)  # noqa: B023

        teller.begin = begin  # type: ignore[method-assign]
        assert errands.do(teller, kinds.KINDS["decide"]) == ErrandState.CANCELLED
        asked.refresh_from_db()
        assert asked.state == ErrandState.CANCELLED
        assert list(places.decisions().iterdir()) == []
