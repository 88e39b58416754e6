"""Which brand's webmail this is, and its colours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.notices.facts import Brand

_MONTHS = 60 * 60 * 24 * 180
_HALF = 0.179
"""The luminance on which black and white are read equally well (WCAG 2.2, contrast ratio)."""


@lru_cache(maxsize=4)
def _known(file: str) -> Mapping[str, Brand]:
    del file
    return wiring.brands_of(env.current())


def known() -> Mapping[str, Brand]:
    """The brands of this installation, read once."""
    return _known(env.current().text("RISTORO_BRANDS", ""))


def of(request: HttpRequest, address: str = "") -> Brand:
    """The brand of the host name; without one the domain's of the address; else the first."""
    host = request.get_host().partition(":")[0].lower()
    domain = address.rpartition("@")[2].lower()
    brands = tuple(known().values())
    for brand in brands:
        if host in brand.hosts:
            return brand
    return next((brand for brand in brands if brand.domain == domain), brands[0])


def colours(brand: Brand) -> str:
    """The brand's stylesheet."""
    return f":root{{--brand:{brand.colour};--on-brand:{ink(brand.colour)}}}\n"


def ink(colour: str) -> str:
    """White or black, whichever is read better on a colour."""
    return "#ffffff" if _luminance(colour) < _HALF else "#000000"


def address_of(brand: Brand) -> str:
    """Where its stylesheet is; another address once it says something else."""
    mark = hashlib.sha256(colours(brand).encode()).hexdigest()[:12]
    return f"/tinte/{brand.code}-{mark}.css"


@require_safe
@cache_control(public=True, max_age=_MONTHS, immutable=True)
def stylesheet(request: HttpRequest, code: str, mark: str) -> HttpResponse:
    """The stylesheet of a brand."""
    brand = known().get(code)
    if brand is None or address_of(brand) != request.path:
        return HttpResponse(status=404)
    return HttpResponse(colours(brand), content_type="text/css")


def _luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, from 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
