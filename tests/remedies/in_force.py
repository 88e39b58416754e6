"""Policies as if they had been in force since long before any outage of the tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

SINCE = date(2000, 1, 1)


def in_force(path: Path, folder: Path) -> Path:
    """A copy of a policy in a folder, whose own and whose amounts' first day is ``SINCE``."""
    yaml = YAML()
    policy = yaml.load(path)
    policy["valid_from"] = SINCE
    for amount in (policy.get("amounts") or {}).values():
        dated = amount if isinstance(amount, list) else amount.get("values", [])
        if dated:
            dated[0]["from"] = SINCE
    copy = folder / path.name
    yaml.dump(policy, copy)
    return copy
