"""A home to decide in: one estate, one outage, two policies, and a decision of the first."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.databases import copy_sqlite, pointed_at
from tests.faces.programme import AT, ROOT, Template

from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.errands import kinds, places
from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.sample import sample
from ristoro.outages import versions
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.models import Errand, ErrandState

NAME = "libero-virgilio-2023-01"
MAILBOXES = 300
LATER = datetime.fromisoformat("2023-02-17T09:00:00+00:00")


def fill(home: Path) -> None:
    """Put the inputs on the shelves of a home."""
    for name in ("estate", "policies"):
        (home / name).mkdir(parents=True)
    sample(MAILBOXES, 3, home / "estate/then.parquet", as_of=AT, progress=lambda rows: None)
    versions.declare(ROOT / f"outages/{NAME}.yaml", home / "outages")
    shutil.copy(ROOT / f"policies/{NAME}.yaml", home / "policies/first.yaml")
    text = (ROOT / f"policies/{NAME}.yaml").read_text(encoding="utf-8")
    raised = text.replace("20 percent", "25 percent").replace("policy: libero", "policy: other")
    (home / "policies/other.yaml").write_text(raised, encoding="utf-8")


def work() -> Errand:
    """Do every errand that waits, as the process beside the web does; the last of them."""
    kinds.run("test", Event(), lambda: AT, time.monotonic, until_idle=True)
    last = Errand.objects.order_by("-pk").first()
    assert last is not None
    return last


def done(person: Person, kind: str, **params: Any) -> dict[str, Any]:
    """What came of an errand."""
    errands.ask(kind, params, person, f"{kind} {params}", AT)
    last = work()
    assert last.state == ErrandState.DONE, last.problems
    result: dict[str, Any] = last.result
    return result


def decide(person: Person, policy: str = "first.yaml") -> str:
    """The digest of a decision made now."""
    chosen = {"snapshot": "then.parquet", "outage": NAME, "version": 1, "policy": policy}
    return str(done(person, "decide", **chosen)["folder"])


def given(digest: str) -> list[int]:
    """The mailboxes that get something."""
    rows = pq.read_table(places.decisions() / digest / "outcomes.parquet").to_pylist()
    return sorted({row["mailbox_id"] for row in rows if not row["reason"]})


def newer_estate(**changes: Any) -> None:
    """A snapshot of a week later: of the mailboxes by id, each change to its row, ``None`` gone."""
    by_id = {int(key.removeprefix("m")): change for key, change in changes.items()}
    rows = []
    for row in pq.read_table(places.estates() / "then.parquet").to_pylist():
        change = by_id.get(row["mailbox_id"], {})
        if change is not None:
            rows.append({**row, **change})
    labels = {"as_of": LATER.isoformat(), "source_digest": "2" * 64, "digest": "1" * 64}
    table = pa.Table.from_pylist(rows, SNAPSHOT).replace_schema_metadata(
        {f"ristoro.{name}": text for name, text in labels.items()}
    )
    pq.write_table(table, places.estates() / "later.parquet")


@pytest.fixture(scope="session")
def decided_home(
    programme_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> tuple[Path, str]:
    """A home with a decision in it, to copy from, and the digest of the decision."""
    base = tmp_path_factory.mktemp("decided")
    home = base / "home"
    fill(home)
    database = copy_sqlite(programme_template.path, base)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("RISTORO_HOME", str(home))
        make_secrets(env.current())
        with pointed_at(database):
            digest = decide(programme_template.programme.staff["Olga"])
    return home, digest


def put(made: tuple[Path, str]) -> str:
    """Copy it into the present home; the digest of the decision."""
    home, digest = made
    shutil.copytree(home, env.current().home, dirs_exist_ok=True)
    return digest
