"""Tables that are added up over windows or stretches: what they may be of, and may give."""

from __future__ import annotations

from collections.abc import Sequence

from ristoro.kernel.errors import bad_input
from ristoro.remedies.language.expressions import Name
from ristoro.remedies.language.policy import Policy, Table, Window
from ristoro.remedies.language.terms import Term, reads


def check_summed(policy: Policy, table: Table, of: Term, gives: Sequence[Term]) -> None:
    """It is worked out once for each class: of one measure alone, from constants."""
    measure = policy.measures.get(of.name.partition(".")[0])
    if not isinstance(table.of, Name) or measure is None or measure.population:
        raise bad_input(
            "bad-over",
            f"{table.name!r} goes over {table.over}, and `of` is no attribute of a measure",
            "only a measure of one mailbox has windows and stretches to add up over",
            "write `of: down.uptime`, and multiply the sum where it is used",
            table.of.place,
        )
    if measure.window is Window.OUTAGE and table.over == "every window":
        raise bad_input(
            "bad-over",
            f"{measure.name!r} has one window, the outage",
            "there is nothing to add up",
            "give the measure a `window`, or leave out `over`",
            table.of.place,
        )
    for step, give in zip(table.steps, gives, strict=True):
        if any(not name.startswith("amount ") for name in reads(give)):
            raise bad_input(
                "bad-over",
                f"a step of {table.name!r} gives what is not the same for everybody",
                "the sum is worked out before any mailbox is looked at",
                "give a constant or an amount, such as `10 percent`, and multiply the sum",
                step.place,
            )
