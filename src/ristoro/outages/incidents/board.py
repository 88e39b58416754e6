"""How every component of every brand works, as the updates published so far say it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ristoro.outages.columns import COMPONENTS
from ristoro.outages.incidents.models import Incident, Update
from ristoro.outages.incidents.states import (
    INDICATORS,
    OVER,
    Condition,
    Indicator,
    Kind,
    Phase,
    worst,
)

CODE_LENGTH = 12
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Part(NamedTuple):
    """One component of one brand, which is what works or does not."""

    brand: str
    component: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a component works, and since when it has been told so; ``None`` if it always was."""

    part: Part
    condition: Condition
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """Every component, the open incidents, and the maintenance that is planned or going on.

    Incidents are the newest first, maintenance the soonest first.
    """

    standings: tuple[Standing, ...]
    incidents: tuple[Incident, ...]
    maintenance: tuple[Incident, ...]

    @property
    def indicator(self) -> Indicator:
        """The whole service in one word."""
        return INDICATORS[worst(one.condition for one in self.standings)]

    def of_brand(self, brand: str) -> tuple[Standing, ...]:
        """The components of one brand."""
        return tuple(one for one in self.standings if one.part.brand == brand)


def parts_of(brands: Iterable[str]) -> tuple[Part, ...]:
    """Every component of these brands, in the order in which pages show them."""
    return tuple(Part(brand, component) for brand in brands for component in COMPONENTS)


def board(brands: Sequence[str]) -> Board:
    """The board as it stands now."""
    going = list(
        Incident.objects.exclude(phase__in=OVER)
        .order_by("-started_at", "-id")
        .prefetch_related("updates")
    )
    told = [conditions_of(one.updates.all()) for one in going]
    return Board(
        standings=tuple(_standing(part, told) for part in parts_of(brands)),
        incidents=tuple(one for one in going if one.kind == Kind.INCIDENT),
        maintenance=tuple(
            sorted(
                (one for one in going if one.kind == Kind.MAINTENANCE),
                key=lambda one: (one.scheduled_for or one.started_at, one.pk),
            )
        ),
    )


def conditions_of(updates: Iterable[Update]) -> Mapping[Part, tuple[Condition, datetime]]:
    """What the updates of one incident say of its components, with since when; none once over."""
    found: dict[Part, tuple[Condition, datetime]] = {}
    for update in sorted(updates, key=lambda one: (one.at, one.pk)):
        for change in update.changes:
            part = Part(change["brand"], change["component"])
            found[part] = Condition(change["new"]), update.at
        if Phase(update.phase) in OVER:
            found.clear()
    return found


def code_of(*names: object) -> str:
    """Twelve characters of base 36, the same for the same names: how the public API names things.

    They are 62 bits of a SHA-256; two of a million things share one with a chance below 10^-6.
    """
    text = "\0".join(str(name) for name in names)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    digits = ""
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits += _DIGITS[digit]
    return digits


def _standing(part: Part, told: Sequence[Mapping[Part, tuple[Condition, datetime]]]) -> Standing:
    """The worst that any open incident says of a component."""
    said = [one[part] for one in told if part in one]
    condition = worst(condition for condition, _ in said)
    since = max((at for each, at in said if each is condition), default=None)
    return Standing(part, condition, since)
