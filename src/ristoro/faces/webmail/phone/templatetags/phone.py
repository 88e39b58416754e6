"""Where a brand's icons are, for templates."""

from __future__ import annotations

from django import template

from ristoro.faces.webmail.phone import icons
from ristoro.notices.facts import Brand

register = template.Library()


@register.simple_tag
def phone_icon(brand: Brand, kind: str) -> str:
    """The address of an icon."""
    return icons.address_of(brand, kind)
