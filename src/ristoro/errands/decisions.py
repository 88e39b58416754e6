"""A policy is decided over an estate and an outage; two versions of one are compared."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from ristoro.errands.places import below, decisions, estates, outages, policies
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.remedies.comparing.diff import diff
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.language.check import load_policy
from ristoro.workers.errands import Teller

DECIDE, COMPARE = "decide", "compare"


def do_decide(teller: Teller) -> dict[str, Any]:
    """``params``: ``snapshot``, ``outage`` and its ``version``, ``policy``; ``until`` if wanted.

    The folder of the run is named after the digest of its outcomes: the same again is the same.
    """
    params = teller.params
    snapshot, outage = below(estates(), str(params["snapshot"])), _outage(teller)
    policy = below(policies(), str(params["policy"]))
    until = params.get("until")
    teller.begin("decide", open_snapshot(snapshot).rows * len(load_policy(policy).remedies))
    decisions().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".deciding-", dir=decisions()))
    try:
        made = decide(
            snapshot,
            outage,
            policy,
            work / "run",
            until=clock.parse_instant(until) if until else None,
            progress=teller.advance,
        )
        final = decisions() / made.digest
        if not final.exists():
            made.folder.rename(final)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return {"folder": final.name, "digest": made.digest, "totals": made.totals}


def do_compare(teller: Teller) -> dict[str, Any]:
    """``params`` as for a decision, with the policy as ``old`` and as ``new``."""
    params = teller.params
    snapshot, outage = below(estates(), str(params["snapshot"])), _outage(teller)
    old, new = (below(policies(), str(params[name])) for name in ("old", "new"))
    until = params.get("until")
    remedies = sum(len(load_policy(each).remedies) for each in (old, new))
    teller.begin("compare", open_snapshot(snapshot).rows * remedies)
    found = diff(
        old,
        new,
        snapshot,
        outage,
        None,
        until=clock.parse_instant(until) if until else None,
        progress=teller.advance,
    )
    return found.as_dict()


def _outage(teller: Teller) -> Path:
    home = below(outages(), str(teller.params["outage"]))
    return below(home, f"v{int(teller.params['version'])}.yaml")
