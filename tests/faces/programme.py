"""The January 2023 programme over a small sample estate, decided, entered and loaded for real."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.databases import Database, copy_sqlite, pointed_at

from ristoro.errands.publishing import draw_up
from ristoro.estate.sample import sample
from ristoro.notices import specimens
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.load import load

ROOT = Path(__file__).parents[2]
AT = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)
PASSWORD = "quattro parole scelte bene"
MAILBOXES = 400
PEOPLE = {
    "Olga": (Role.OPERATOR,),
    "Aldo": (Role.APPROVER,),
    "Gina": (Role.AGENT,),
    "Ivo": (Role.AUDITOR,),
    "Berta": (Role.OPERATOR, Role.APPROVER),
}


@dataclass(frozen=True)
class Programme:
    """A loaded run in the present database, and the people who work on it."""

    name: str
    folder: Path
    staff: dict[str, Person]

    @property
    def run(self) -> Run:
        """The run as it is now."""
        return Run.objects.get(name=self.name)

    def approve(self) -> Run:
        """Have the approver approve it, and an operator publish its page of facts."""
        run = runs.approve(self.run, self.staff["Aldo"], self.run.approval_total, AT)
        wording = draw_up(run, AT, lambda buckets: None)
        return specimens.publish(run, wording.digest, self.staff["Olga"], AT)


def decide_sample(folder: Path) -> Path:
    """The folder of the decided run."""
    estate = folder / "estate.parquet"
    sample(MAILBOXES, 7, estate, as_of=AT, progress=lambda rows: None)
    name = "libero-virgilio-2023-01.yaml"
    out = folder / "run"
    decide(estate, ROOT / "outages" / name, ROOT / "policies" / name, out)
    return out


def build(folder: Path) -> Programme:
    """Decide, add the people, enter by Berta, and load, into the present database."""
    out = decide_sample(folder)
    staff = {
        name: people.add(name, PASSWORD, roles, actor="test", at=AT)
        for name, roles in PEOPLE.items()
    }
    run = load(runs.enter(out, staff["Berta"], AT), staff["Berta"], AT, lambda rows: None)
    del run
    return Programme(Run.objects.get().name, out, staff)


@dataclass(frozen=True)
class Template:
    """A database with the programme in it, to copy from."""

    path: Path
    programme: Programme

    def copy(self, folder: Path) -> tuple[Database, Programme]:
        """A fresh database with the loaded run; the run's folder is shared and not changed."""
        return copy_sqlite(self.path, folder), self.programme


def make_template(empty: Path, folder: Path) -> Template:
    """A copy of the empty database, with the programme built into it."""
    path = folder / "programme.sqlite"
    shutil.copy(empty, path)
    with pointed_at(Database("sqlite", f"sqlite://{path}")):
        return Template(path, build(folder))
