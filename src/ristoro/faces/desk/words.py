"""What templates of the desk ask for: ``{% load desk %}``."""

from __future__ import annotations

from django import template

from ristoro.faces.desk.telling import REASONS
from ristoro.faces.said import Lazy, lang
from ristoro.notices import words

register = template.Library()


@register.filter
def size(value: int) -> str:
    """``3,2 GB``, in units of 1,024."""
    return words.size(value, lang())


@register.filter
def reason(code: str) -> Lazy:
    """What a call was about."""
    return dict(REASONS).get(code, code)
