"""What a holder can choose."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page


@require_safe
@holder
def settings(request: HttpRequest, held: Holder) -> HttpResponse:
    """The choices."""
    return page(request, held, "mail/settings.html")
