"""What was decided on, read from a run's folder: the outage, the policy and their binding."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import instant
from ristoro.kernel.errors import Place, bad_input
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.remedies.deciding import decide
from ristoro.remedies.deciding.setting import Setting, setting
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.models import Run

MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class Sources:
    """A run's outage and policy, proven by digest to be those that were approved."""

    outage: Outage
    checked: Checked
    bound: Setting

    @property
    def zone(self) -> ZoneInfo:
        return self.outage.zone

    def local(self, at: int) -> datetime:
        """Microseconds since 1970 as a time in the outage's zone."""
        return instant(at).astimezone(self.zone)


def sources_of(run: Run) -> Sources:
    """The sources of a run; ``BadInput`` where its folder is gone or was changed."""
    return _read(Path(run.directory), run.outage_digest, run.policy_digest)


@lru_cache(maxsize=MOST_KEPT)
def _read(folder: Path, outage_digest: str, policy_digest: str) -> Sources:
    outage, checked = read_outage(folder / decide.OUTAGE), load_policy(folder / decide.POLICY)
    for name, found, known in (
        (decide.OUTAGE, outage.digest, outage_digest),
        (decide.POLICY, checked.policy.digest, policy_digest),
    ):
        if found != known:
            raise bad_input(
                "run-changed",
                f"{name} has the digest {found[:12]}…, not {known[:12]}…",
                "it is not what was decided on, and nothing is published from it",
                "bring the old file back",
                Place(str(folder / name)),
            )
    record = json.loads((folder / decide.RUN).read_text(encoding="utf-8"))
    today, until = date.fromisoformat(record["today"]), record["until_us"]
    return Sources(outage, checked, setting(checked.policy, outage, today, until))
