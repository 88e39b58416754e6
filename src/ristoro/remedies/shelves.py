"""What an installation keeps to decide from: its snapshots, its outages, its policies.

Each file is read once and remembered by its size and time of change, for pages list them often.
What cannot be read is left out of a list: whoever names it is told why.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.kernel.errors import BadInput
from ristoro.outages import versions
from ristoro.outages.outage import Outage
from ristoro.remedies.folder.whole_files import Stamp, stamp
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.policy import Policy

CASES = ".cases.yaml"
"""How the name of a file of cases ends, which stands beside its policy."""
REMEMBERED = 256
"""Files of each sort."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A policy on the shelf: the name of its file, and what it says."""

    file: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Shelves:
    """The three folders; one that is not there yet holds nothing."""

    estates: Path
    outages: Path
    policies: Path

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot, the newest first."""
        paths = self.estates.glob("*.parquet")
        found = [one for path in paths if (one := _snapshot(path, stamp(path)))]
        return tuple(sorted(found, key=lambda one: (one.as_of, one.digest), reverse=True))

    def outage_versions(self) -> tuple[Outage, ...]:
        """Every version of every outage, by name, the last version first."""
        return tuple(
            one for name in versions.names(self.outages) for one in reversed(self.versions_of(name))
        )

    def versions_of(self, outage: str) -> tuple[Outage, ...]:
        """Every version of one outage, the first first; none where one was tampered with."""
        files = sorted((self.outages / outage).glob("v*.*"))
        return _versions(self.outages, outage, tuple(stamp(path) for path in files))

    def policies_kept(self) -> tuple[Kept, ...]:
        """Every policy that can be decided by, by name, the last version first."""
        files = (path for path in self.policies.glob("*.yaml") if not path.name.endswith(CASES))
        found = [Kept(path.name, one) for path in files if (one := _policy(path, stamp(path)))]
        return tuple(sorted(found, key=lambda one: (one.policy.name, -one.policy.version)))


@lru_cache(maxsize=REMEMBERED)
def _snapshot(path: Path, now: Stamp | None) -> Snapshot | None:
    """The snapshot of a file as it is now; ``now`` is only part of the key, as below."""
    del now
    with suppress(BadInput):
        return open_snapshot(path)
    return None


@lru_cache(maxsize=REMEMBERED)
def _versions(folder: Path, outage: str, now: tuple[Stamp | None, ...]) -> tuple[Outage, ...]:
    del now
    with suppress(BadInput):
        return versions.versions(folder, outage)
    return ()


@lru_cache(maxsize=REMEMBERED)
def _policy(path: Path, now: Stamp | None) -> Policy | None:
    del now
    with suppress(BadInput):
        return load_policy(path).policy
    return None
