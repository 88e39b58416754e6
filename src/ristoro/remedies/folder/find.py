"""One mailbox of a run: its row, all that it was judged by, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies.deciding import decide
from ristoro.remedies.deciding.persons import judge_all
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.folder.one import known_of
from ristoro.remedies.folder.run_folder import RunFolder
from ristoro.remedies.language.checked import Checked, CheckedRemedy
from ristoro.remedies.language.evaluate import Known
from ristoro.remedies.language.judge import Judged, judge
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.measuring.groups import of_holder, pooled


class JudgedBy(Protocol):
    """What a mailbox is judged under: the inputs of a run, or those of a policy's case."""

    @property
    def checked(self) -> Checked: ...

    @property
    def bound(self) -> Setting: ...

    @property
    def policy_text(self) -> str:
        """The policy as it is written, to show its lines."""

    @property
    def policy_name(self) -> str:
        """The file in which the policy's lines are numbered."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One mailbox of a run: its snapshot row, all that it was judged by, and what was decided."""

    run: JudgedBy
    row: Mapping[str, Any]
    inputs: Mapping[str, Scalar]
    known: Known
    beside: Mapping[int, Known]
    """What the holder's other mailboxes are judged by, where a remedy is counted a person."""
    addresses: Mapping[int, str]
    """Of the holder's mailboxes, its own included."""
    stored: Mapping[str, Judged]

    @property
    def mailbox_id(self) -> int:
        return int(self.row["mailbox_id"])

    def own(self, remedy: CheckedRemedy) -> Judged:
        """What its own rules give it, before it is settled with the person's other mailboxes."""
        return judge(remedy, self.known, self.run.checked.policy.currency)

    def settled(self, remedy: CheckedRemedy) -> Mapping[int, Judged]:
        """What each of the person's mailboxes gets of a remedy, by id; else its own alone."""
        if not remedy.by_person:
            return {self.mailbox_id: self.own(remedy)}
        everybody = {**self.beside, self.mailbox_id: self.known}
        return judge_all(remedy, everybody, self.run.checked.policy.currency)

    def judged(self, remedy: CheckedRemedy) -> Judged:
        """What it gets of a remedy."""
        return self.settled(remedy)[self.mailbox_id]


def find_mailbox(run: RunFolder, mailbox: str | int) -> OneOf:
    """One mailbox by address or id; ``BadInput`` where the snapshot has none."""
    row = run.rows.mailbox(mailbox)
    stored = {
        told["remedy"]: Judged(**{name: told[name] for name in Judged.__slots__})
        for told in run.rows.outcomes(row["bucket"], row["mailbox_id"])
    }
    if set(stored) != {remedy.name for remedy in run.checked.remedies}:
        raise bad_input(
            "outcome-missing",
            f"the run has no outcome for {row['address']}",
            "every mailbox of the snapshot has one, zero included",
            "decide again",
            Place(str(run.folder / decide.OUTCOMES)),
        )
    return looked_at(run, row, run.rows.inputs(row["mailbox_id"]), stored)


def looked_at(
    run: RunFolder,
    row: Mapping[str, Any],
    inputs: Mapping[str, Scalar],
    stored: Mapping[str, Judged],
) -> OneOf:
    """A mailbox as ``row`` and ``inputs`` have it, under the run's policy, outage and day."""
    known = known_of(row, run.bound, run.names, inputs, pooled(run, row))
    beside: dict[int, Known] = {}
    addresses = {int(row["mailbox_id"]): str(row["address"])}
    if any(remedy.by_person for remedy in run.checked.remedies):
        for other in of_holder(run, row):
            if other["mailbox_id"] != row["mailbox_id"]:
                stated = run.rows.inputs(other["mailbox_id"])
                told = known_of(other, run.bound, run.names, stated, pooled(run, other))
                beside[other["mailbox_id"]] = told
                addresses[other["mailbox_id"]] = other["address"]
    return OneOf(run, row, inputs, known, beside, addresses, stored)
