"""The closed lists that status pages speak in, with the words that their readers match.

They are those of the Statuspage public API, version 2: robots that read one page read any.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Kind(enum.StrEnum):
    """An incident happens; maintenance is planned."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


class Phase(enum.StrEnum):
    """How far an incident or a maintenance is."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


PHASES = {
    Kind.INCIDENT: (
        *(Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING),
        *(Phase.RESOLVED, Phase.POSTMORTEM),
    ),
    Kind.MAINTENANCE: (Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.VERIFYING, Phase.COMPLETED),
}
"""The phases of each kind, in the order in which they mostly come."""

OVER = frozenset({Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED})
"""Phases in which every component works again."""


class Impact(enum.StrEnum):
    """How bad it is for the holders, as a whole."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"


class Condition(enum.StrEnum):
    """How a component works, from the best to the worst."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


_ORDER = {condition: place for place, condition in enumerate(Condition)}


def worst(conditions: Iterable[Condition]) -> Condition:
    """The worst of some conditions; of none, operational."""
    return max(conditions, key=_ORDER.__getitem__, default=Condition.OPERATIONAL)


class Indicator(enum.StrEnum):
    """The whole service in one word."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"


INDICATORS = {
    Condition.OPERATIONAL: Indicator.NONE,
    Condition.UNDER_MAINTENANCE: Indicator.MAINTENANCE,
    Condition.DEGRADED: Indicator.MINOR,
    Condition.PARTIAL_OUTAGE: Indicator.MAJOR,
    Condition.MAJOR_OUTAGE: Indicator.CRITICAL,
}
"""The indicator is that of the component which is worst off: nothing is averaged away."""

DESCRIPTIONS = {
    Indicator.NONE: "All Systems Operational",
    Indicator.MINOR: "Minor Service Outage",
    Indicator.MAJOR: "Partial System Outage",
    Indicator.CRITICAL: "Major Service Outage",
    Indicator.MAINTENANCE: "Service Under Maintenance",
}
"""What readers of the API match, word by word; in English on a page of any language."""
