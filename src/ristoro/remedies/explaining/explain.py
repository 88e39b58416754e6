"""Says why one mailbox got what it got, zero included: what was read, which rule, what arithmetic.

It judges the mailbox again in plain Python from the run's own inputs and holds the result against
the stored outcome: an explanation that does not fit the outcome says so, first and loudly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro.remedies.deciding import decide
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.telling import RemedyExplained, tell
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder import whole_files
from ristoro.remedies.folder.find import OneOf, find_mailbox
from ristoro.remedies.folder.run_folder import RunFolder, open_run


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every remedy of one mailbox explained."""

    address: str
    mailbox_id: int
    head: tuple[str, ...]
    remedies: tuple[RemedyExplained, ...]
    foot: tuple[str, ...]
    """What was proven of the files that it was read from."""

    @property
    def agrees(self) -> bool:
        """Whether every stored outcome is what its inputs give."""
        return all(remedy.agrees for remedy in self.remedies)

    def text(self) -> str:
        parts = (self.head, *(remedy.lines for remedy in self.remedies), self.foot)
        return "\n\n".join("\n".join(lines) for lines in parts) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """For machines: days in ISO form."""
        return {
            "address": self.address,
            "mailbox_id": self.mailbox_id,
            "agrees": self.agrees,
            "remedies": [remedy.as_dict() for remedy in self.remedies],
            "checked": list(self.foot),
        }


def explain(
    run_dir: Path, mailbox: str | int, lang: str, *, check_at: datetime | None = None
) -> Explanation:
    """Why this mailbox, by address or id, got what it got in a run, in ``it`` or ``en``.

    With ``check_at``, the present instant, the snapshot and the outcomes are read whole first:
    seconds, not milliseconds. ``BadInput`` for a folder that is no run, inputs that changed since,
    or an unknown mailbox.
    """
    run = open_run(run_dir)
    if check_at is not None:
        digest = str(run.record["outcomes_digest"])
        whole_files.prove(run.snapshot, run.folder / decide.OUTCOMES, digest, check_at)
    one = find_mailbox(run, mailbox)
    say = speaker(run, lang)
    told = tuple(tell(remedy, one, say) for remedy in run.checked.remedies)
    return Explanation(
        one.row["address"], one.row["mailbox_id"], head_of(one, say), told, foot_of(run, say)
    )


def speaker(run: RunFolder, lang: str) -> Speaker:
    """Who says values as the run's policy has them, in ``it`` or ``en``."""
    policy = run.checked.policy
    return Speaker(lang, policy.currency, policy.zone)


def head_of(one: OneOf, say: Speaker) -> tuple[str, ...]:
    """Whom, by which rules, for which outage, and as of when."""
    text, policy, bound = SENTENCES[say.lang], one.run.checked.policy, one.run.bound
    return (
        text.mailbox.format(address=one.row["address"], id=one.row["mailbox_id"]),
        text.head.format(
            policy=policy.title[say.lang],
            version=policy.version,
            outage=bound.sight.outage.title[say.lang],
            day=say.day(bound.today),
        ),
    )


def foot_of(run: RunFolder, say: Speaker) -> tuple[str, ...]:
    """What was proven now, what was before, and what was not."""
    text = SENTENCES[say.lang]
    proof = whole_files.proof(run.snapshot, run.folder / decide.OUTCOMES)
    large = text.unproven
    if proof.snapshot and proof.outcomes:
        large = text.proven.format(
            snapshot=say.instant(proof.snapshot), outcomes=say.instant(proof.outcomes)
        )
    return (text.checked, large)
