"""Compresses pages, stylesheets and scripts on their way to the browser."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS: Final = frozenset(
    (
        "text/html",
        "text/css",
        "text/javascript",
        "application/json",
        "application/manifest+json",
        "image/svg+xml",
    )
)
"""What is compressed. Exports and attachments are not: they are taken up again by byte ranges."""


class PackingMiddleware(GZipMiddleware):
    """Django's, for texts alone, and for the files that WhiteNoise serves too.

    A page's length tells nothing of its secrets (BREACH): tokens are masked anew in each page,
    Django adds bytes at random, and another site's requests do not reach a holder's pages.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The response, compressed where it is a text and the browser takes it so."""
        media = response.headers.get("Content-Type", "").partition(";")[0]
        if response.status_code == 200 and media in TEXTS:
            return super().process_response(request, response)
        return response
