"""Where a brand's icons are, and whose phone it is, for templates."""

from __future__ import annotations

from django import template

from ristoro.faces.webmail.phone import icons, keeping
from ristoro.notices.facts import Brand

register = template.Library()


@register.simple_tag
def phone_icon(brand: Brand, kind: str) -> str:
    """The address of an icon."""
    return icons.address_of(brand, kind)


@register.filter
def phone_mark(address: str) -> str:
    """What a browser remembers a holder by."""
    return keeping.mark_of(address)
