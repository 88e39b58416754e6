"""``ristoro confirm`` and ``ristoro lapse``: a holder's answer, and what silence means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ristoro.cli.staff import As, signed_in
from ristoro.fulfilment import consent, lapsing, rows
from ristoro.fulfilment.alternatives import others_of
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import GrantState
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import shift

Name = Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")]


def confirm(
    name: Name,
    mailbox: Annotated[str, typer.Option(metavar="ADDRESS", help="The holder's mailbox.")],
    channel: Annotated[
        str, typer.Option(help=f"How the answer came: {', '.join(consent.CHANNELS)}.")
    ],
    proof: Annotated[
        str, typer.Option(help="What proves it: a call number, a letter's reference.")
    ],
    as_: As,
    decline: Annotated[bool, typer.Option("--decline", help="The answer was no.")] = False,
    remedy: Annotated[
        int | None, typer.Option(help="Which remedy of the policy, from 0, where several ask.")
    ] = None,
) -> None:
    """Record a holder's yes (or no) to a grant that waits for it.

    Workers make what was said yes to, and then deposit a letter that says so.
    """
    person = signed_in(as_)
    run = runs.named(name)
    policy = policy_of(run)
    asking = [
        (grant.id, grant.remedy, f"{grant.kind.label.lower()}, {grant.state.label.lower()}")
        for grant in rows.of_mailbox(run.id, rows.mailbox_of(run, mailbox))
    ]
    waiting = [one for one in asking if one[2].endswith(GrantState.WAITING.label.lower())]
    grant_id = consent.waiting_for_answer(waiting or asking, remedy)
    position = next(one[1] for one in asking if one[0] == grant_id)
    silence = lapsing.silences_of(policy).get(position, Silence.ASK_AGAIN)
    said = Said(not decline, channel, proof, person, clock.now().astimezone(policy.zone))
    others = policy.others(position)
    recorded = consent.answer(run, grant_id, said, silence, shift.keep, others)
    word = "yes" if recorded.yes else "no"
    before = " before" if recorded.already else ""
    chosen = "; its alternatives are not given" if others and recorded.yes else ""
    told = "" if recorded.already or not recorded.yes else "; a letter says when it is done"
    Console().print(
        f"The {word} of {mailbox} was recorded{before}; the grant is {recorded.state.label.lower()}"
        f" and no right was given up{chosen}{told}.",
        highlight=False,
        soft_wrap=True,
    )


def lapse(name: Name, as_: As) -> None:
    """Do what the policy says with grants whose deadline has passed without an answer."""
    person = signed_in(as_)
    people.require(person, Role.OPERATOR)
    run = runs.named(name)
    policy = policy_of(run)
    now = clock.now()
    today = now.astimezone(policy.zone).date()
    silences = lapsing.silences_of(policy)
    others = others_of(policy)
    met = lapsing.lapse(run, today, silences, person.name, now, shift.keep, others)
    Console().print(
        f"Unanswered before {today}: {met[Silence.GIVE]} are given anyway and told so, "
        f"{met[Silence.FORFEIT]} lapsed, {met[Silence.ASK_AGAIN]} are to be asked again.",
        highlight=False,
        soft_wrap=True,
    )


def policy_of(run: Run) -> Policy:
    """The policy by which the run was decided, from its folder."""
    return load_policy(Path(run.directory) / POLICY).policy
