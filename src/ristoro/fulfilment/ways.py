"""By which way a sum of money is paid: the ways of a run's policy, and the first that is open.

Nothing here books or pays anything; ``money`` writes the choice down and goes by it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.kernel.errors import Place, bad_input
from ristoro.outages.declare import read_outage
from ristoro.remedies.deciding.decide import OUTAGE, POLICY
from ristoro.remedies.deciding.setting import setting
from ristoro.remedies.folder.run_folder import read_record
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked, CheckedRemedy
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.types import as_int
from ristoro.remedies.models import Run

BILL, CREDIT, TRANSFER = "bill", "credit", "transfer"
CHANNELS = (BILL, CREDIT, TRANSFER)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of paying; ``over`` in minor units, ``when_ended`` once the contract has ended."""

    channel: str
    over: int | None = None
    when_ended: bool = False


@dataclass(frozen=True, slots=True)
class Payout:
    """How one remedy is paid: its ways in the policy's order, and its accounting nature.

    ``title`` is what the account's statement says that a transfer is for.
    """

    title: str
    nature: str
    ways: tuple[Way, ...]

    @property
    def asks_billing(self) -> bool:
        """Whether the way depends on how a holder's contract stands."""
        return any(way.channel != TRANSFER or way.when_ended for way in self.ways)


@dataclass(frozen=True, slots=True)
class Payouts:
    """How a run pays: by the remedy's position in its policy; days are of ``zone``."""

    by_remedy: Mapping[int, Payout]
    zone: ZoneInfo


NO_PAYOUTS = Payouts({}, ZoneInfo("UTC"))
"""Of a run that owes no money."""


class Contract(enum.Enum):
    """How a holder's contract stands, by billing's reading."""

    OPEN = "open"
    """Paid until today at least: a bill will come."""
    ENDED = "ended"
    """Paid until a day that has passed; there is an account still."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The way of one grant, and by what it was chosen: ``bill``, ``transfer-over``, …"""

    channel: str
    code: str


def payouts_of(run: Run) -> Payouts:
    """How a run pays, by the policy that was approved; ``BadInput`` where it is another now."""
    folder = Path(run.directory)
    checked = load_policy(folder / POLICY)
    remedies = {at: one for at, one in enumerate(checked.remedies) if _gives_money(one)}
    if not remedies:
        return NO_PAYOUTS
    if checked.policy.digest != run.policy_digest:
        raise bad_input(
            "run-changed",
            f"the policy in the folder of {run.name} is another",
            "by which way money is paid is told from what was approved alone",
            "bring the old file back",
            Place(str(folder / POLICY)),
        )
    known = _known(folder, checked)
    return Payouts(
        {
            at: Payout(one.source.title["it"], one.source.accounting, _ways(one, known))
            for at, one in remedies.items()
        },
        checked.policy.zone,
    )


def choose(ways: Sequence[Way], amount: int, contract: Contract) -> Chosen | None:
    """The first way, in the policy's order, that is open; ``None`` where none is.

    A bill is open to a contract that goes on, a transfer to everybody. A credit is open to whoever
    has an account; where the contract has ended it is of little use, and stands back for a way that
    the policy names for that.
    """
    for_ended = any(way.when_ended for way in ways)
    for way in ways:
        if _is_open(way, amount, contract, for_ended):
            why = "-over" if way.over is not None else "-ended" if way.when_ended else ""
            return Chosen(way.channel, way.channel + why)
    return None


def channels_of(policy: Policy) -> dict[int, tuple[str, ...]]:
    """The ways by which each remedy's money may be paid, by its position; once each."""
    found = {
        at: tuple(dict.fromkeys(one.name for one in remedy.channels if one.name in CHANNELS))
        for at, remedy in enumerate(policy.remedies)
    }
    return {at: names for at, names in found.items() if names}


def _is_open(way: Way, amount: int, contract: Contract, for_ended: bool) -> bool:
    if way.over is not None and amount <= way.over:
        return False
    if way.when_ended and contract is Contract.OPEN:
        return False
    if way.channel == BILL:
        return contract is Contract.OPEN
    if way.channel == CREDIT:
        return contract is Contract.OPEN or (contract is Contract.ENDED and not for_ended)
    return way.channel == TRANSFER


def _gives_money(remedy: CheckedRemedy) -> bool:
    gives = (rule.result for rule in remedy.rules)
    return any(getattr(give, "unit", "") == "minor" for give in gives)


def _known(folder: Path, checked: Checked) -> Known:
    """What is the same for every mailbox of the run, amounts in force included."""
    record = read_record(folder)
    today = date.fromisoformat(record["today"])
    outage = read_outage(folder / OUTAGE)
    return setting(checked.policy, outage, today, record["until_us"]).known


def _ways(remedy: CheckedRemedy, known: Known) -> tuple[Way, ...]:
    bounds = (
        None if one.over is None else as_int(evaluate(one.over, known)) for one in remedy.channels
    )
    return tuple(
        Way(one.name, over, one.when_closed)
        for one, over in zip(remedy.channels, bounds, strict=True)
    )
