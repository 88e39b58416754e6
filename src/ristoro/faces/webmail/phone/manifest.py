"""What a phone is told to install the webmail: name, icons, colours, shortcuts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ristoro.faces.webmail import brands, policy
from ristoro.faces.webmail.phone import icons

INBOX = "/posta/"
LANGUAGES = ("it", "en")
_PAPER = "#ffffff"
_DAY = 24 * 60 * 60


@require_safe
@cache_control(public=True, max_age=_DAY)
def manifest(request: HttpRequest, lang: str) -> HttpResponse:
    """The manifest of the host's brand (W3C, Web Application Manifest)."""
    if lang not in LANGUAGES:
        raise Http404
    brand = brands.of(request)
    with translation.override(lang):
        ristoro, write = _("My ristoro"), _("New message")
        about = _("Your mail, and what you are owed after an outage.")
    small = [_icon(icons.address_of(brand, "192"), 192, "any")]
    told = {
        "id": INBOX,
        "name": brand.webmail,
        "short_name": brand.name,
        "description": about,
        "lang": lang,
        "dir": "ltr",
        "start_url": INBOX,
        "scope": "/",
        "display": "standalone",
        "theme_color": brand.colour,
        "background_color": _PAPER,
        "categories": ["productivity", "utilities"],
        "icons": [
            *small,
            _icon(icons.address_of(brand, "512"), 512, "any"),
            _icon(icons.address_of(brand, "maskable-192"), 192, "maskable"),
            _icon(icons.address_of(brand, "maskable-512"), 512, "maskable"),
        ],
        "shortcuts": [
            {"name": ristoro, "short_name": "Ristoro", "url": "/ristoro/", "icons": small},
            {"name": write, "url": "/posta/scrivi/", "icons": small},
        ],
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    policy.harden(response)
    return response


def address_of(lang: str) -> str:
    """Where the manifest in a language is."""
    return reverse("phone:manifest", args=[lang if lang in LANGUAGES else "it"])


def _icon(src: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
