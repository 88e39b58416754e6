"""The frame of a page: brand, language, who is signed in, and what the part fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ristoro.faces.webmail import brands
from ristoro.faces.webmail.doors import Holder


def page(
    request: HttpRequest,
    holder: Holder,
    template: str,
    about: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of a signed-in holder; the template extends ``webmail/base.html``."""
    return render(request, template, {**framed(request, holder), **(about or {})}, status=status)


def framed(request: HttpRequest, holder: Holder) -> dict[str, Any]:
    """What the frame itself says."""
    return {
        "holder": holder,
        "brand": holder.brand,
        "tint": brands.address_of(holder.brand),
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else "/posta/",
    }
