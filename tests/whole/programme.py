"""The January 2023 programme made ready to run: estate, decision, two people, a real mail host."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
from tests.hosts.embedded import embedded_host

from ristoro import env, wiring
from ristoro.cli.host import open_boxes
from ristoro.cli.init import make_secrets
from ristoro.edges.directories.opening import open_directory
from ristoro.edges.mailhosts.embedded import EmbeddedHost
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.journal.verify import verify as verify_journal
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.counted import miscounts
from ristoro.workers.load import load

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages/libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies/libero-virgilio-2023-01.yaml"
NOW = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Programme:
    """An approved run in the home folder, and the embedded host that has its mailboxes."""

    home: Path
    run: Run
    snapshot: Path
    folder: Path
    host: EmbeddedHost

    def limits(self) -> dict[str, int]:
        """Every mailbox's limit in bytes, as the mail host's own table has it."""
        with closing(sqlite3.connect(self.host.users_file)) as users:
            return dict(users.execute("SELECT userid, quota_bytes FROM users"))

    def notices(self) -> dict[str, list[bytes]]:
        """Every stored notice by mailbox, read from the files of the mail host."""
        found: dict[str, list[bytes]] = {}
        for path in (self.host.ground.base / "mail").glob("*/*/Maildir/**/*"):
            if path.is_file() and path.parent.name in ("new", "cur"):
                with path.open("rb") as file:
                    head = file.read(64 * 1024)
                if b"\nX-Ristoro-Deposit: " in head:
                    address = path.relative_to(self.host.ground.base / "mail").parts[1]
                    found.setdefault(address, []).append(head)
        return found

    def owed(self) -> dict[str, dict[str, object]]:
        """What was decided for each mailbox that is owed something, by address."""
        addresses = {
            row["mailbox_id"]: row["address"]
            for row in pq.read_table(self.snapshot, columns=["mailbox_id", "address"]).to_pylist()
        }
        outcomes = pq.read_table(self.folder / "outcomes.parquet").to_pylist()
        return {addresses[row["mailbox_id"]]: row for row in outcomes if not row["reason"]}


def assert_once(made: Programme) -> None:
    """Each mailbox that is owed something has what it is owed once and one notice; others none."""
    owed, stored, limits = made.owed(), made.notices(), made.limits()
    for notice in Notice.objects.filter(run=made.run):
        copies = len(stored.pop(notice.address, []))
        if notice.state == NoticeState.REFUSED:  # the mailbox is full and gets no space
            assert (notice.address, copies, notice.result) == (notice.address, 0, "lmtp-552")
        else:
            assert copies == 1, notice.address
            assert notice.state == NoticeState.VERIFIED, notice.address
    assert stored == {}
    for address, outcome in owed.items():
        if outcome["kind"] == "storage":
            assert limits[address] == outcome["target"], address
    with closing(sqlite3.connect(made.home / "ledger.sqlite")) as ledger:
        assert ledger.execute("SELECT count(*) FROM entry").fetchone() == (0,)
    settled = {GrantState.VERIFIED, GrantState.WAITING}
    assert set(Grant.objects.filter(run=made.run).values_list("state", flat=True)) == settled
    assert miscounts(made.run.id) == []
    assert verify_journal().problem is None


@contextmanager
def programme(home: Path, mailboxes: int, policy: Path = POLICY) -> Iterator[Programme]:
    """The programme, or another policy, over a sample estate, approved; nothing of it done yet.

    ``RISTORO_HOME`` must name ``home``, and Django's default connection a fresh database.
    """
    make_secrets(env.current())
    csv = home / "estate.csv"
    sample(mailboxes, 2023, csv)
    imported = import_estate(open_directory(str(csv)), home / "estate", now=NOW, as_of=AS_OF)
    decision = decide(imported.path, OUTAGE, policy, home / "run")
    anna = people.add("anna", "una frase lunga", [Role.OPERATOR], actor="test", at=NOW)
    bruno = people.add("bruno", "un'altra frase", [Role.APPROVER], actor="test", at=NOW)
    run = runs.enter(decision.folder, anna, NOW)
    load(run, anna, NOW)
    total = runs.read_decided(decision.folder).approval_total
    run = runs.approve(runs.named(run.name), bruno, total, NOW + timedelta(minutes=5))
    run = runs.publish(run, anna, {}, NOW + timedelta(minutes=10))
    with closing(wiring.ledger(env.current())) as ledger:
        ledger.take_in(imported.path)
    with embedded_host(home / "mailhost") as host:
        host.provision_sample(open_boxes(imported.path))
        host.start()
        yield Programme(home, run, imported.path, decision.folder, host)
