"""Remote pictures that a holder allowed, handed on by us: nobody learns who reads, or from where.

The frame has no origin, so its requests bring no cookie: the address of a picture is a token that
only we make. It is good for a day, as long as a page stays open.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

from cryptography.fernet import InvalidToken
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, UnidentifiedImageError

from ristoro.edges.mailboxes.pictures import NotFetched, fetch
from ristoro.faces.webmail import session

LIVES = 24 * 3600
MOST_DOTS = 40_000_000
LONGEST_SIDE = 2000
_PLACE = "/posta/immagini/"
_PURPOSE = "distant picture"
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def base(request: HttpRequest) -> str:
    """The address below which pictures are handed on."""
    return request.build_absolute_uri(_PLACE)


def addresses(request: HttpRequest) -> Callable[[str], str]:
    """Makes our address of a remote picture."""
    before = base(request)
    lock = session.lock_for(_PURPOSE)
    return lambda url: f"{before}{lock.encrypt(url.encode()).decode()}"


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """A remote picture, drawn again: what was hidden in its file does not come along."""
    del request
    try:
        url = session.lock_for(_PURPOSE).decrypt(token, LIVES).decode()
        drawn = drawn_again(fetch(url))
    except (InvalidToken, NotFetched):
        drawn = None
    if drawn is None:
        response = HttpResponse(status=404)
    else:
        response = HttpResponse(drawn, content_type="image/png")
        response["Cache-Control"] = "private, max-age=3600"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def drawn_again(content: bytes) -> bytes | None:
    """A picture decoded and encoded anew, its first frame; ``None`` where it is none, or huge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MOST_DOTS:
                    return None
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                out = io.BytesIO()
                image.convert("RGBA").save(out, "PNG")
                return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, EOFError):
        return None
