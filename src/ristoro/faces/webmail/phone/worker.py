"""The service worker's script and the page that it shows without a network."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from ristoro.faces.webmail import brands, policy
from ristoro.faces.webmail.phone.manifest import LANGUAGES
from ristoro.notices.facts import Brand

SOURCE = Path(__file__).with_name("worker.js")
STATIC = Path(__file__).parents[2] / "static"
_TEMPLATE = Path(__file__).parent / "templates" / "phone" / "offline.html"
_NEEDED = ("posta.css", "phone.css", "ristoro.svg")


@require_safe
@never_cache
def script(request: HttpRequest) -> HttpResponse:
    """The script, with what it keeps of the shell; another script once any of that changes.

    It lies below ``/telefono/`` and works for the whole webmail, which its header allows.
    """
    brand = brands.of(request)
    response = HttpResponse(_script(brand), content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    policy.harden(response)
    return response


@require_safe
@cache_control(public=True, max_age=0, must_revalidate=True)
def offline(request: HttpRequest, lang: str) -> HttpResponse:
    """What is shown where a page was not kept. It says nothing of any holder."""
    if lang not in LANGUAGES:
        raise Http404
    brand = brands.of(request)
    with translation.override(lang):
        about = {"brand": brand, "tint": brands.address_of(brand)}
        response = render(request, "phone/offline.html", about)
    policy.harden(response)
    return response


def shell(brand: Brand) -> tuple[str, ...]:
    """The addresses of what every page needs, and of the page without a network."""
    return (
        *(static(name) for name in _names()),
        brands.address_of(brand),
        *(reverse("phone:offline", args=[lang]) for lang in LANGUAGES),
    )


@lru_cache(maxsize=8)
def _script(brand: Brand) -> str:
    """The script as it is served, and its version: what it and the shell say, hashed."""
    code = SOURCE.read_text(encoding="utf-8")
    addresses = shell(brand)
    mark = hashlib.sha256(code.encode() + _TEMPLATE.read_bytes() + repr(addresses).encode())
    for name in _names():
        found = finders.find(name)
        mark.update(Path(found).read_bytes() if found else b"")
    told = {"version": mark.hexdigest()[:16], "assets": addresses}
    return f"'use strict';\nconst SHELL = {json.dumps(told)};\n{code}"


def _names() -> list[str]:
    parts = (path for path in (STATIC / "posta").rglob("*.*") if path.suffix in (".css", ".js"))
    return [*_NEEDED, *sorted(path.relative_to(STATIC).as_posix() for path in parts)]
