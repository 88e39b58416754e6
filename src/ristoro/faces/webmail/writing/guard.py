"""Forms with files: refused by their announced length before a byte of them is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.writing import limits

View = Callable[..., HttpResponse]


def bounded(view: View) -> View:
    """A view of forms with files; one that is too long is told so, and nothing of it is read.

    Django looks for the CSRF token in the form before it calls a view, and reads the files to get
    there: so it is kept from that, and does it here, once the length is known.
    """
    protected = csrf_protect(view)

    @wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > limits.LONGEST_FORM:
            return too_long(request)
        return protected(request, **named)

    return csrf_exempt(answer)


@holder
def too_long(request: HttpRequest, held: Holder) -> HttpResponse:
    """The page that says so."""
    about = {"most": limits.most_bytes()}
    return page(request, held, "writing/too-long.html", about, status=413)
