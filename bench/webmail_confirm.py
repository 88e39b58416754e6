"""Holders' yes by HTTP, beside pgbench running the same transaction on the same PostgreSQL.

Each POST is what a holder's browser sends from the card: session, CSRF token, the card's proof; it
goes to the web process that ``ristoro serve`` starts, from more threads than that has workers. The
limit is pgbench with as many clients as the web process has workers, and the very statements of
one such POST, taken down from Django at the start: only the ids, the bucket and the form's name
become variables, which one lookup more fills. It sends them prepared, and does nothing else: no
HTTP, no session to decrypt, no signature to check. Rounds take turns in who goes first, each with
grants of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import databases
from tests.databases import Server

import ristoro.start
from bench import record
from bench.load import fresh, postgres
from bench.visitor import Visitor
from bench.webmail_inbox import webmail
from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.cli.serve import PROCESSES
from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.faces.webmail import brands, session
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.mine import cards
from ristoro.fulfilment import holder as mine
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantState
from ristoro.fulfilment.moves import follow_up
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.load import load

ROOT = Path(__file__).parents[1]
OUTAGE = ROOT / "outages/libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies/libero-virgilio-2023-01.yaml"
AT = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)
MAILBOXES = 12_000
ROUNDS = 4
A_ROUND = 80
WARM = 20
THREADS = 2 * PROCESSES
CSRF = "a" * 32

_QUOTED = re.compile(r"('(?:[^']|'')*')")

assert ristoro.start  # sets Django up before the tables are imported


@dataclass(frozen=True, slots=True)
class Yes:
    """One holder's yes, ready to be sent."""

    grant: Grant
    cookies: dict[str, str]
    form: dict[str, str]

    @property
    def place(self) -> str:
        return f"/ristoro/{self.grant.id}/conferma/"


def approved(base: Path) -> None:
    """The January 2023 programme over a sample estate, approved, in Django's database."""
    csv = base / "estate.csv"
    sample(MAILBOXES, 2023, csv)
    imported = import_estate(open_directory(str(csv)), base / "estate", now=AT, as_of=AS_OF)
    folder = decide(imported.path, OUTAGE, POLICY, base / "run").folder
    anna = people.add("anna", "correct horse battery", [Role.OPERATOR], actor="bench", at=AT)
    bruno = people.add("bruno", "another horse battery", [Role.APPROVER], actor="bench", at=AT)
    run = runs.enter(folder, anna, AT)
    load(run, anna, AT)
    runs.approve(runs.named(run.name), bruno, runs.read_decided(folder).approval_total, AT)


def ready(count: int) -> Iterator[Yes]:
    """So many holders, signed in and with the card before them."""
    brand = next(iter(brands.known().values()))
    waiting = Grant.objects.filter(state=GrantState.WAITING, consent=Consent.CONFIRM)
    for grant in list(waiting.order_by("id")[:count]):
        now = clock.now()
        signed_in = session.begun(grant.address, "x", "it", "127.0.0.1", now)
        found = mine.grant_facts(grant.id, grant.address)
        assert found is not None
        card = cards.card_of(Holder(signed_in, brand, ExitStack()), found[1])
        yield Yes(
            grant,
            {"posta": session.sealed(signed_in, now), "csrftoken": CSRF},
            {
                "csrfmiddlewaretoken": CSRF,
                "key": f"bench-{grant.id}",
                "card": card,
                "answer": "yes",
            },
        )


def taken_down(yes: Yes) -> list[str]:
    """The statements of one POST, as Django sends them."""
    client = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    for name, value in yes.cookies.items():
        client.cookies[name] = value
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(yes.place, yes.form, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303, answer.content
    return [query["sql"] for query in captured.captured_queries]


def script(statements: Sequence[str], yes: Yes, letter: int) -> str:
    """The same statements for any grant, as pgbench reads them.

    ``:grant``, ``:mailbox``, ``:bucket``, ``:letter`` and ``:form`` stand for what differs.
    """
    [form] = {
        match
        for sql in statements
        if sql.startswith('INSERT INTO "django_session"')
        for match in re.findall(r"'[0-9a-f]{40}'", sql)
    }
    grant = yes.grant
    lookup = "SELECT grant_id AS grant, mailbox_id AS mailbox, bucket, letter_id AS letter, form"
    lines = [
        r"\set n :n + 1",
        r"\set place :n * :clients + :client_id",
        rf"{lookup} FROM bench_yes WHERE n = :place \gset",
    ]
    for sql in statements:
        parts = _QUOTED.split(sql)
        for at, part in enumerate(parts):
            if at % 2:
                # pgbench would take a colon before a letter for a variable, in JSON too.
                parts[at] = ":form" if part == form else re.sub(r":(?=[A-Za-z_])", ": ", part)
                continue
            part = re.sub(rf"\b{grant.id}\b", ":grant", part)
            part = re.sub(rf"\b{letter}\b", ":letter", part)
            part = re.sub(rf"\b{grant.mailbox_id}\b", ":mailbox", part)
            part = re.sub(rf'("bucket" = ){grant.bucket}\b', r"\1:bucket", part)
            part = re.sub(rf"(\(:mailbox, ){grant.bucket}\b", r"\1:bucket", part)
            parts[at] = re.sub(rf"(VALUES \(\d+, \d+, ){grant.bucket}\b", r"\1:bucket", part)
        for one in "".join(parts).split(";"):
            lines.append(" ".join(one.split()) + ";")
    return "\n".join(lines) + "\n"


def table(grants: Sequence[Grant]) -> None:
    """The ids that pgbench's clients look up, by number."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_yes")
        cursor.execute(
            "CREATE TABLE bench_yes (n int PRIMARY KEY, grant_id bigint, mailbox_id bigint,"
            " bucket int, letter_id bigint, form text)"
        )
        cursor.executemany(
            "INSERT INTO bench_yes VALUES (%s, %s, %s, %s, %s, md5(%s::text) || 'bench567')",
            [
                (number, one.id, one.mailbox_id, one.bucket, follow_up(one).id, one.id)
                for number, one in enumerate(grants, start=PROCESSES)
            ],
        )
        cursor.execute("VACUUM ANALYZE bench_yes")


def ours(port: int, yeses: Sequence[Yes]) -> float:
    """Confirmed a second, by HTTP."""
    shares = [yeses[number::THREADS] for number in range(THREADS)]

    def send(share: Sequence[Yes]) -> None:
        visitor = Visitor(port)
        for yes in share:
            visitor.cookies = dict(yes.cookies)
            answer = visitor.post(yes.place, yes.form)
            if answer.status != 303:
                raise RuntimeError(f"{yes.place}: {answer.status}\n{answer.text[:2000]}")
        visitor.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, shares))
    return len(yeses) / (time.perf_counter() - began)


def pgbench(server: Server, file: Path, count: int) -> float:
    """Transactions a second, as pgbench tells it."""
    each = count // PROCESSES
    command = [
        *(str(server.binaries / "pgbench"), "-n", "-M", "prepared", "-f", str(file)),
        *("-c", str(PROCESSES), "-j", str(PROCESSES), "-t", str(each)),
        *("-D", "n=0", "-D", f"clients={PROCESSES}"),
        *("-h", "127.0.0.1", "-p", str(server.port), "-U", "ristoro", "bench"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(done.stderr or done.stdout)
    return float(found[1])


def counted(work: Any, count: int) -> float:
    """The rate that ``work`` tells, once as many answers are there as it was to give."""
    before = Answer.objects.count()
    rate: float = work()
    there = Answer.objects.count() - before
    if there != count:
        raise RuntimeError(f"{there} answers were recorded, and {count} were to be")
    return rate


def rounds_of(base: Path, server: Server, port: int, yeses: list[Yes]) -> list[dict[str, float]]:
    """Every round's two rates and their ratio; ``yeses`` are used up."""
    first = yeses.pop()
    statements = taken_down(first)
    file = base / "confirm.sql"
    file.write_text(script(statements, first, follow_up(first.grant).id))
    warm, yeses[:WARM] = yeses[:WARM], []
    counted(lambda: ours(port, warm), WARM)
    rounds = []
    for number in range(ROUNDS):
        mine_now, theirs, yeses[: 2 * A_ROUND] = yeses[:A_ROUND], yeses[A_ROUND : 2 * A_ROUND], []
        table([yes.grant for yes in theirs])
        turns = {
            "ristoro_per_s": lambda some=mine_now: ours(port, some),
            "pgbench_per_s": lambda: pgbench(server, file, A_ROUND),
        }
        names = list(turns) if number % 2 == 0 else list(turns)[::-1]
        found = {name: round(counted(turns[name], A_ROUND), 1) for name in names}
        found["ratio"] = round(found["ristoro_per_s"] / found["pgbench_per_s"], 3)
        rounds.append(found)
    return rounds


def run(base: Path, server: Server) -> dict[str, Any]:
    """The figures, in a home folder and a database of their own."""
    home = base / "home"
    home.mkdir()
    os.environ["RISTORO_HOME"] = str(home)
    make_secrets(env.current())
    settings.__dict__["SECRET_KEY"] = env.current().secret("RISTORO_SECRET_KEY")
    database = fresh(server)
    with databases.pointed_at(database):
        approved(base)
        yeses = list(ready(1 + WARM + 2 * ROUNDS * A_ROUND))
        before = os.getloadavg()[0]
        with webmail(home, database) as port:
            rounds = rounds_of(base, server, port, yeses)
        connection.close()
    text = (base / "confirm.sql").read_text()
    return {
        "clients": {"http_threads": THREADS, "web_workers": PROCESSES, "pgbench": PROCESSES},
        "statements": text.count(";\n"),
        "posts_a_round": A_ROUND,
        "load_average": {"before": round(before, 1), "after": round(os.getloadavg()[0], 1)},
        "rounds": rounds,
        "ratio": round(median(one["ratio"] for one in rounds), 3),
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-", dir="/var/tmp") as folder:
        base = Path(folder)
        base.chmod(0o755)
        with postgres(base) as server:
            told = run(base, server)
    record.write("webmail_confirm", told)
    print(f"{told['rounds']}\nratio {told['ratio']}")


if __name__ == "__main__":
    main()
