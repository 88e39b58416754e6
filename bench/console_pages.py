"""The console's pages while a run over 1,000,000 mailboxes goes on, beside the limit of 300 ms.

The run is whole and real: the January 2023 programme over a sample estate, decided, entered and
loaded into PostgreSQL, approved and published, and acted on by worker processes against a Dovecot
that has every mailbox. Meanwhile one operator asks the web process of ``ristoro serve`` for each
page in turn, by real HTTP. What the workers did in that time is told beside.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from typing import Any

import pyarrow.parquet as pq
from tests import databases

import ristoro.start
from bench import record
from bench.load import fresh, postgres
from bench.visitor import Answer, Visitor, hidden
from bench.webmail_inbox import webmail
from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost
from ristoro.errands import decisions, entering, kinds, places
from ristoro.errands.publishing import draw_up
from ristoro.estate.sample import sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.fulfilment.models import Grant
from ristoro.kernel import clock
from ristoro.notices import specimens
from ristoro.outages.declaring import declare
from ristoro.remedies import approving, runs
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.models import ErrandState
from ristoro.workers.progress import progress

ROOT = Path(__file__).parents[1]
NAME = "libero-virgilio-2023-01"
MAILBOXES = 1_000_000
SEED = 2023
WORKERS = 2
ROUNDS = 25
LIMIT_MS = 300
PASSWORD = "quattro parole scelte bene"
RUN = "/console/esecuzioni/{run}/"
PAGES = (
    "/console/",
    RUN,
    f"{RUN}anteprima/",
    f"{RUN}approvazione/",
    f"{RUN}avanzamento/",
    f"{RUN}avanzamento/ora/",
    f"{RUN}code/",
    f"{RUN}chiusura/",
    f"{RUN}rapporto/",
    f"{RUN}messaggi/",
    "/console/decisioni/",
    "/console/disservizi/",
    f"/console/disservizi/{NAME}/",
    "/console/politiche/",
    "/console/importazioni/",
    "/console/avvisi/",
    "/console/lavori/",
)
SEARCH = "/sportello/cerca/"

assert ristoro.start  # sets Django up before the tables are imported


def asked(kind: str, params: dict[str, Any], person: Person) -> dict[str, Any]:
    """Ask for an errand and do it here; its result."""
    errand = errands.ask(kind, params, person, f"bench {kind}", clock.now())
    kinds.run("bench", Event(), clock.now, time.monotonic, until_idle=True)
    errand.refresh_from_db()
    if errand.state != ErrandState.DONE:
        raise RuntimeError(f"{kind}: {errand.problems}")
    result: dict[str, Any] = errand.result
    return result


def approved(anna: Person, bruno: Person) -> Run:
    """The programme over the sample, loaded, approved and public; no row of it done."""
    for folder in (places.estates(), places.policies()):
        folder.mkdir(parents=True, exist_ok=True)
    estate = places.estates() / "sample.parquet"
    sample(MAILBOXES, SEED, estate)
    digest = open_snapshot(estate).digest
    snapshot = estate.rename(estate.with_name(f"{digest}.parquet"))
    now = clock.now()
    declare((ROOT / f"outages/{NAME}.yaml").read_bytes(), NAME, places.outages(), anna, now, now)
    policy = places.policies() / f"{NAME}.yaml"
    policy.write_bytes((ROOT / f"policies/{NAME}.yaml").read_bytes())
    choice = {"snapshot": snapshot.name, "outage": NAME, "version": 1, "policy": policy.name}
    decided = asked(decisions.DECIDE, choice, anna)
    entered = asked(entering.ENTER, {"folder": decided["folder"]}, anna)
    run = runs.named(entered["run"])
    run = approving.approve(run, bruno, run.approval_total, clock.now(), wait=timedelta())
    wording = draw_up(run, clock.now(), lambda buckets: None)
    return specimens.publish(run, wording.digest, anna, clock.now())


def provisioned(host: EmbeddedHost, snapshot: Path) -> None:
    """Every mailbox of the estate in the mail host's own table, with the limit that it has."""
    host.provision([Account("first@libero.it", PASSWORD, 1)])
    with closing(sqlite3.connect(host.users_file)) as users, users:
        one = "SELECT password, home FROM users WHERE userid = 'first@libero.it'"
        password, home = users.execute(one).fetchone()
        mail = Path(home).parents[1]
        with pq.ParquetFile(snapshot) as file:
            for batch in file.iter_batches(columns=["address", "storage_bytes"]):
                users.executemany(
                    "INSERT OR IGNORE INTO users (userid, password, home, quota_bytes, active)"
                    " VALUES (?, ?, ?, ?, 1)",
                    (
                        (address, password, str(mail / address[:2] / address), limit)
                        for address, limit in zip(
                            *(column.to_pylist() for column in batch.columns), strict=True
                        )
                    ),
                )


@contextmanager
def acting(run: Run, environment: dict[str, str]) -> Iterator[None]:
    """``ristoro run`` with its workers, for as long as the pages are asked for."""
    command = [sys.executable, "-m", "ristoro", "run", run.name, "--workers", str(WORKERS)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _begun(run)
            yield
        finally:
            process.send_signal(signal.SIGINT)


def _begun(run: Run) -> None:
    until = time.monotonic() + 150
    while time.monotonic() < until:
        if ended(run) > 0:
            return
        time.sleep(0.5)
    raise RuntimeError("no worker has done anything within a minute")


def ended(run: Run) -> int:
    """How many rows of the run have ended."""
    return sum(line.ended for line in progress(run.pk))


def timed(port: int, run: Run) -> dict[str, list[float]]:
    """Milliseconds of each page, round by round."""
    anna, carla = signed_in(port, "anna"), signed_in(port, "carla")
    addresses = Grant.objects.filter(run=run).order_by("id").values_list("address", flat=True)
    found: dict[str, list[float]] = {page: [] for page in (*PAGES, SEARCH)}
    for number, address in enumerate(addresses[: ROUNDS + 1]):
        for page in found:
            began = time.perf_counter()
            if page == SEARCH:
                called(carla, address)
            else:
                seen(anna.get(page.format(run=run.name)), page)
            if number:  # the first round warms the processes
                found[page].append((time.perf_counter() - began) * 1000)
    return found


def signed_in(port: int, name: str) -> Visitor:
    visitor = Visitor(port)
    form = hidden(visitor.get("/console/entra/").text)
    visitor.post("/console/entra/", {**form, "username": name, "password": PASSWORD})
    return visitor


def called(carla: Visitor, address: str) -> None:
    """An agent finds a caller's mailbox by its address: the search, and the page of the call."""
    form = {"csrfmiddlewaretoken": carla.cookies["csrftoken"], "address": address}
    answer = carla.post(SEARCH, form)
    if answer.status != 303:
        raise RuntimeError(f"{SEARCH}: {answer.status}")
    seen(carla.get(answer.location), SEARCH)


def seen(answer: Answer, page: str) -> None:
    if answer.status != 200:
        raise RuntimeError(f"{page}: {answer.status}")


def said(times: list[float]) -> dict[str, float]:
    p95 = quantiles(times, n=20)[-1]
    return {"median_ms": round(median(times), 1), "p95_ms": round(p95, 1)}


def measured(base: Path) -> dict[str, Any]:
    home = base / "home"
    home.mkdir(mode=0o755)
    os.environ |= {"RISTORO_HOME": str(home), "RISTORO_SECOND_FACTOR": "no"}
    make_secrets(env.current())
    host = EmbeddedHost(home / "mailhost")
    with postgres(base) as server, databases.pointed_at(fresh(server)) as database:
        roles = {"anna": Role.OPERATOR, "bruno": Role.APPROVER, "carla": Role.AGENT}
        anna, bruno, _ = (
            people.add(name, PASSWORD, [role], actor="bench", at=clock.now())
            for name, role in roles.items()
        )
        run = approved(anna, bruno)
        host.start()
        try:
            [snapshot] = places.estates().glob("*.parquet")
            provisioned(host, snapshot)
            environment = {**os.environ, **database.environment()}
            with webmail(home, database) as port, acting(run, environment):
                before, began = ended(run), time.perf_counter()
                found = timed(port, run)
                done, took = ended(run) - before, time.perf_counter() - began
        finally:
            host.stop()
    every = [one for times in found.values() for one in times]
    pages = {page.replace("{run}", "RUN"): said(times) for page, times in found.items()}
    return {
        "mailboxes": MAILBOXES,
        "limit_ms": LIMIT_MS,
        "rounds": ROUNDS,
        "all": said(every),
        "slowest_p95_ms": max(one["p95_ms"] for one in pages.values()),
        "rows_ended_meanwhile": done,
        "rows_per_s": round(done / took),
        "pages": pages,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-", dir="/var/tmp") as folder:
        base = Path(folder)
        base.chmod(0o755)
        told = measured(base)
    record.write("console_pages", told)
    print(told)


if __name__ == "__main__":
    main()
