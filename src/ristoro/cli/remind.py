"""``ristoro remind``: ask again, on the policy's days, whoever has not answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from ristoro.cli.confirm import Name, policy_of
from ristoro.cli.staff import As, signed_in
from ristoro.fulfilment import reminders
from ristoro.fulfilment.alternatives import others_of
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import shift


def remind(
    name: Name,
    as_: As,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today if left out."),
    ] = None,
) -> None:
    """Plan the reminders that the policy has for a day; again on the same day plans none.

    Workers deposit them, and withhold the one whose answer came first.
    """
    person = signed_in(as_)
    people.require(person, Role.OPERATOR)
    run = runs.named(name)
    policy = policy_of(run)
    now = clock.now()
    today = now.astimezone(policy.zone).date() if on is None else on.date()
    schedules, others = reminders.schedules_of(policy), others_of(policy)
    found = reminders.remind(run, today, schedules, person.name, now, shift.post, others)
    Console().print(
        f"On {today}: {found.planned} reminders planned; "
        f"{found.waiting} who have not answered are in a turn that has come.",
        highlight=False,
        soft_wrap=True,
    )
