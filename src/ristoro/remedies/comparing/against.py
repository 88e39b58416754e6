"""A decision held against another policy: over its own estate and outage, kept in its folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ristoro.kernel.clock import instant
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies.comparing.diff import (
    EFFECTS,
    OTHER_KIND,
    Diff,
    Line,
    Sample,
    Side,
    diff,
)
from ristoro.remedies.comparing.policy_changes import PolicyChange
from ristoro.remedies.deciding import decide
from ristoro.remedies.folder.preview import put
from ristoro.remedies.folder.run_folder import read_record
from ristoro.remedies.language.check import load_policy

DIGITS = 16
"""Of the other policy's digest, by which a comparison is named."""


@dataclass(frozen=True, slots=True)
class Together:
    """The lines of one remedy, one effect and one kind of amount, summed where they can be."""

    remedy: str
    effect: str
    lines: tuple[Line, ...]
    samples: tuple[Sample, ...]

    @property
    def mailboxes(self) -> int:
        return sum(line.mailboxes for line in self.lines)

    @property
    def sums(self) -> bool:
        """Whether before and after are amounts of one kind, that can be added up."""
        kinds = {(one.kind_before, one.kind_after, one.currency) for one in self.lines}
        return len(kinds) == 1 and self.effect != OTHER_KIND

    @property
    def before(self) -> int:
        return sum(line.before for line in self.lines)

    @property
    def after(self) -> int:
        return sum(line.after for line in self.lines)

    @property
    def difference(self) -> int:
        return self.after - self.before


def against(
    folder: Path, new: Path, progress: Callable[[int], None] = lambda mailboxes: None
) -> str:
    """Compare and keep; the name under which ``read`` finds it."""
    record = read_record(folder)
    until, facts = record.get("until_us"), record.get("facts")
    found = diff(
        folder / decide.POLICY,
        new,
        Path(record["snapshot"]),
        folder / decide.OUTAGE,
        facts=folder / str(facts) if facts else None,
        until=None if until is None else instant(until),
        progress=progress,
    )
    digest = load_policy(new).policy.digest
    name = digest[:DIGITS]
    told = found.as_dict() | {"policy_digest": digest, "outcomes_digest": record["outcomes_digest"]}
    put(folder / f"against-{name}.json", told)
    return name


def kept(folder: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """The names of the comparisons in a folder, each with the other policy's side."""
    names = [path.stem.removeprefix("against-") for path in folder.glob("against-*.json")]
    found = [(name, _told(folder, name)["new"]) for name in names]
    return sorted(found, key=lambda one: (one[1]["policy"], one[1]["version"], one[0]))


def read(folder: Path, name: str) -> Diff:
    """A comparison that was kept; ``Missing`` where none has that name."""
    told = _told(folder, name)
    changed = [{k: v for k, v in one.items() if k != "difference"} for one in told["changed"]]
    return Diff(
        Side(**told["old"]),
        Side(**told["new"]),
        told["mailboxes"],
        tuple(PolicyChange(**{**one, "path": tuple(one["path"])}) for one in told["rules"]),
        tuple(Line(**one) for one in changed),
        tuple(Sample(**one) for one in told["samples"]),
        told["unchanged"],
    )


def together(found: Diff) -> list[Together]:
    """The lines by remedy and effect, gains first, each with its samples."""
    keys = sorted(
        {(one.remedy, one.effect) for one in found.lines},
        key=lambda key: (key[0], EFFECTS.index(key[1])),
    )
    return [
        Together(
            *key,
            tuple(one for one in found.lines if (one.remedy, one.effect) == key),
            tuple(one for one in found.samples if (one.remedy, one.effect) == key),
        )
        for key in keys
    ]


def _told(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"against-{name}.json"
    if not name.isalnum() or not path.exists():
        raise Missing(
            Problem(
                "not-there",
                f"there is no comparison {name!r}",
                "it was not made, or its decision is gone",
                "compare again",
            )
        )
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found
