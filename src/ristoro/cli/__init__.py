"""The command ``ristoro``: one file a verb."""

from __future__ import annotations

import typer

from ristoro import start
from ristoro.cli import (
    approve,
    books,
    breach,
    claims,
    confirm,
    decide,
    demo,
    errands,
    estate,
    evidence,
    evidence_held,
    explain,
    holds,
    host,
    incident,
    init,
    ledger,
    load,
    mailbox,
    notice,
    outage,
    pause,
    payments,
    policy,
    public,
    remind,
    report,
    reverse,
    run,
    serve,
    staff,
    tend,
    token,
    verify,
    webhook,
    work,
)

__all__ = ["app", "start"]

app = typer.Typer(
    name="ristoro",
    help="Makes every mailbox whole after an outage: decide, tell, give, prove.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DECIDE = "Decide: no database, and nothing is done"
ACT = "Give and tell"
PROVE = "Prove"
HOUSE = "The house"

GROUPS = {
    "estate": (estate.app, DECIDE),
    "outage": (outage.app, DECIDE),
    "policy": (policy.app, DECIDE),
    "incident": (incident.app, ACT),
    "payments": (payments.app, ACT),
    "evidence": (evidence.app, PROVE),
    "public": (public.app, PROVE),
    "books": (books.app, PROVE),
    "breach": (breach.app, PROVE),
    "claims": (claims.app, PROVE),
    "holds": (holds.app, PROVE),
    "notice": (notice.app, PROVE),
    "mailbox": (mailbox.app, HOUSE),
    "staff": (staff.app, HOUSE),
    "token": (token.app, HOUSE),
    "webhook": (webhook.app, HOUSE),
    "host": (host.app, HOUSE),
    "ledger": (ledger.app, HOUSE),
}
VERBS = {
    DECIDE: (decide.decide, explain.explain),
    ACT: (
        load.load,
        approve.approve,
        run.run,
        work.work,
        pause.pause,
        pause.resume,
        confirm.confirm,
        confirm.lapse,
        remind.remind,
        tend.tend,
        reverse.reverse,
    ),
    PROVE: (tend.unheard, report.report, report.close, verify.verify),
    HOUSE: (demo.demo, demo.stop, init.init, serve.serve, errands.errands),
}
for _held in (evidence_held.gaps, evidence_held.compare):
    evidence.app.command()(_held)
for _name, (_group, _panel) in GROUPS.items():
    app.add_typer(_group, name=_name, rich_help_panel=_panel)
for _panel, _verbs in VERBS.items():
    for _verb in _verbs:
        app.command(rich_help_panel=_panel)(_verb)
