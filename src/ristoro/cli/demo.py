"""``ristoro demo``: one outage, end to end, by the commands that an operator would type."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ristoro import env, wiring
from ristoro.cli import demo_lanes, demo_log
from ristoro.cli.addresses import webmail_at
from ristoro.cli.stop import stop_all
from ristoro.env import Environment
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies import runs

NAME = "libero-virgilio-2023-01"
AS_OF = "2023-02-09T12:00+01:00"
FULL, PREMIUM = "full@libero.it", "plus5@libero.it"
HOLDERS = (
    (demo_lanes.READER, "paid: say yes to six months; give an IBAN for a refund; claim damages,"),
    ("", "for a message from ufficio@partner.test that never came on 26 January 2023"),
    (demo_lanes.SETTLED, "paid: claimed damages, which were decided; the money is on its way"),
    (demo_lanes.WAITING, "free: has got more space; claimed damages, and waits for the answer"),
    ("full.plus@libero.it", "paid and full: its letter did not fit, so it is asked here"),
    (FULL, "free, and was full: can receive again"),
)
"""Whom to sign in to the webmail as."""
ALONE = {
    "RISTORO_SECOND_FACTOR": "no",
    "RISTORO_APPROVAL_WAIT": "0",
    "RISTORO_PAYEE_WAIT": "0",
}
"""Nobody reaches the demo from elsewhere, its people have no devices, and nobody thinks again."""
PEOPLE = {
    "anna": "operator",
    "bruno": "approver",
    "carla": "agent",
    "dario": "finance",
    "elena": "examiner",
}
"""Who works here, and their roles."""

MARK = ".ristoro-demo"
PORT = 8025


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays: its home folder, and its people with their passwords."""

    home: Path
    passwords: Mapping[str, str]

    def run(self, *words: str, as_: str = "") -> None:
        """Show a command and run it as a process of its own; a failure ends the demo.

        ``as_`` is whose password is given.
        """
        Console(stderr=False, highlight=False).print(
            f"\n[bold]$ ristoro {shlex.join(words)}[/bold]", soft_wrap=True
        )
        sys.stdout.flush()
        done = subprocess.run(
            [sys.executable, "-m", "ristoro", *words],
            env={
                **os.environ,
                **ALONE,
                "RISTORO_HOME": str(self.home),
                "RISTORO_SEPA": str(demo_lanes.account(self.home)),
                "RISTORO_PASSWORD": self.passwords.get(as_, ""),
            },
            check=False,
        )
        if done.returncode != 0:
            raise typer.Exit(done.returncode)

    def give(self, folder: Path) -> str:
        """Approve a decided run by its exact total, tell it in public, and act; the run's name."""
        self.run("load", "--run", f"{folder}", "--as", "anna", as_="anna")
        decided = runs.read_decided(folder)
        run = f"r{decided.outcomes_digest[:12]}"
        self.run("approve", run, "--as", "bruno", "--total", decided.approval_total, as_="bruno")
        self.run("public", "publish", run, "--as", "anna", as_="anna")
        self.run("run", run)
        return run


def demo(
    mailboxes: Annotated[int, typer.Option(min=100, help="Mailboxes of the sample estate.")] = 2000,
) -> None:
    """The outage of January 2023 over a sample estate: decide, approve, give, tell, prove.

    Then money back for those who had paid, and damages claimed, beside what mail logs show.
    Needs no root. Starts a private mail host, the webmail and the other faces, and a worker that
    acts on answers, and leaves them running.
    """
    outage, policy = Path(f"outages/{NAME}.yaml"), Path(f"policies/{NAME}.yaml")
    for path in (outage, policy, demo_lanes.POLICY, demo_log.REAL):
        if not path.exists():
            raise Missing(
                Problem(
                    "not-in-a-clone",
                    f"{path} is not here",
                    "the demo works on the outage, policies and logs that come with the source",
                    "run it in the folder of the clone",
                )
            )
    home = fresh(nearby(env.current().home / "demo"))
    stage = Stage(home, {name: secrets.token_urlsafe(12) for name in PEOPLE})
    stage.run("init")
    for name, role in PEOPLE.items():
        stage.run("staff", "add", name, "--role", role, as_=name)
    csv = home / "estate.csv"
    stage.run(
        "estate", "sample", "--mailboxes", str(mailboxes), "--seed", "2023", "--out", f"{csv}"
    )
    stage.run("estate", "import", f"{csv}", "--as-of", AS_OF)
    (estate,) = (home / "estate").glob("*.parquet")
    stage.run("outage", "declare", f"{outage}")
    stage.run("policy", "test", "policies")
    folder = home / "run"
    stage.run(*decided(estate, outage, policy, folder))
    stage.run("host", "provision", "--estate", f"{estate}")
    stage.run("host", "start")
    stage.run("ledger", "fill", "--estate", f"{estate}")
    name = stage.give(folder)
    stage.run(
        *("confirm", name, "--mailbox", PREMIUM, "--channel", "phone"),
        *("--proof", "call 4711", "--as", "anna"),
        as_="anna",
    )
    stage.run("run", name)
    stage.run("report", name, "--lang", "en", "--read-back", "200")
    stage.run("verify", name)

    stage.run("ledger", "renew", "--until", str(demo_lanes.next_bill()), *demo_lanes.RENEWED)
    refunds = home / "refunds"
    stage.run(*decided(estate, outage, demo_lanes.POLICY, refunds))
    stage.give(refunds)
    log = home / "mail.log"
    demo_log.place(demo_log.REAL, log)
    stage.run("evidence", "import", f"{log}")
    port = free_port()
    stage.run("serve", "--background", "--port", str(port), "--workers", "1")
    holders = wiring.embedded_host(Environment({"RISTORO_HOME": str(home)})).reader_password()
    demo_lanes.play(port, holders, stage.passwords["elena"])
    stage.run("payments", "prepare", "--as", "dario", as_="dario")
    look(stage, name, port)


def decided(estate: Path, outage: Path, policy: Path, folder: Path) -> tuple[str, ...]:
    """The command that decides a policy."""
    return (
        *("decide", "--estate", f"{estate}", "--outage", f"{outage}"),
        *("--policy", f"{policy}", "--out", f"{folder}"),
    )


def fresh(home: Path) -> Path:
    """An empty folder for the demo; what an earlier one left is stopped and removed."""
    if home.exists():
        if not (home / MARK).exists():
            raise Missing(
                Problem(
                    "not-a-demo",
                    f"{home} is there and is not of a demo",
                    "the demo begins with an empty folder and removes what is in it",
                    "set RISTORO_HOME to another folder",
                )
            )
        stop_all(home)
        wiring.embedded_host(Environment({"RISTORO_HOME": str(home)})).clear()
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARK).touch()
    return home


def nearby(path: Path) -> Path:
    """The path as short as it can be typed here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def free_port() -> int:
    """The web's usual port, or the next that nobody listens on."""
    for port in range(PORT, PORT + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    return PORT


def look(stage: Stage, name: str, port: int) -> None:
    """Say where to look, with the names to sign in with."""
    command = f"RISTORO_HOME={shlex.quote(str(stage.home))} .venv/bin/ristoro"
    folder = stage.home / "run"
    environment = Environment({"RISTORO_HOME": str(stage.home)})
    password = wiring.embedded_host(environment).reader_password()
    webmail = "\n".join(f"    {place}" for place in webmail_at(port).values())
    holders = "\n".join(f"    {address:<21} {who}" for address, who in HOLDERS)
    told = {name: f"{name:<6} {stage.passwords[name]}" for name in PEOPLE}
    Console(highlight=False).print(
        f"""
[bold]Done. Look at it:[/bold]

  the webmail, in two brands; any mailbox of the sample, all with the password {password}
{webmail}
{holders}
  whoever says yes there finds the new date within seconds: a worker waits for answers

  the public page of facts   http://127.0.0.1:{port}/it/ristori/{name}/
  the console                http://127.0.0.1:{port}/console/
    operator  {told["anna"]}   programmes: decided, previewed, watched
    examiner  {told["elena"]}   a claim waits, beside what the logs show: Claims, then n
    approver  {told["bruno"]}   a batch of transfers waits to be released: Payments, Batches
    finance   {told["dario"]}   prepares the next; the books
  the call centre's desk     http://127.0.0.1:{port}/sportello/
    agent     {told["carla"]}

  the letter of a mailbox that was full, read by IMAP as its holder does
    {command} host read {FULL}
  why a mailbox got what it got, in Italian (it) or English (en)
    {command} explain --run {folder} --mailbox {PREMIUM} --lang en
  the mailboxes that must not be downgraded, purged or emptied meanwhile
    {command} holds export --run {name} --out holds.csv

The mail host, the web and a worker go on running; `make stop` stops them.""",
        soft_wrap=True,
    )
