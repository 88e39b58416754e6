"""One mailbox of a run: its row, all that it was judged by, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies import decide
from ristoro.remedies.groups import pooled
from ristoro.remedies.language.judge import Judged
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.one import known_of
from ristoro.remedies.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class OneOf:
    """One mailbox of a run: its snapshot row, all that it was judged by, and what was decided."""

    run: RunFolder
    row: Mapping[str, Any]
    inputs: Mapping[str, Scalar]
    known: Mapping[str, Scalar]
    stored: Mapping[str, Judged]


def find_mailbox(run: RunFolder, mailbox: str | int) -> OneOf:
    """One mailbox by address or id; ``BadInput`` where the snapshot has none."""
    row = run.rows.mailbox(mailbox)
    inputs = run.rows.inputs(row["mailbox_id"])
    known = known_of(row, run.bound, run.names, inputs, pooled(run, row))
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
    return OneOf(run, row, inputs, known, stored)
