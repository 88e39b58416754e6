"""Whose status pages these are: their address, brands and zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from ristoro import env, wiring
from ristoro.notices.facts import Brand

BEGINNING = datetime(2023, 1, 1, tzinfo=UTC)
"""What stands for a time where nothing has been told yet: the year of the 2023 case."""


@dataclass(frozen=True, slots=True)
class Site:
    """``base`` is the address of the root, with a slash at its end."""

    base: str
    brands: Mapping[str, Brand]
    zone: ZoneInfo

    @property
    def name(self) -> str:
        """The brands' names, as the public knows them."""
        return ", ".join(brand.name for brand in self.brands.values())

    @property
    def codes(self) -> tuple[str, ...]:
        """The brands' codes, in the order of the brands' file."""
        return tuple(self.brands)

    def at(self, path: str) -> str:
        """The absolute address of a path."""
        return self.base + path.lstrip("/")


def site_of(request: HttpRequest) -> Site:
    """The site that a request is for; ``RISTORO_STATUS_URL`` names it where a proxy hides it."""
    environment = env.current()
    base = environment.text("RISTORO_STATUS_URL", request.build_absolute_uri("/"))
    return Site(
        base=base.rstrip("/") + "/",
        brands=wiring.brands_of(environment),
        zone=wiring.zone_of(environment),
    )
