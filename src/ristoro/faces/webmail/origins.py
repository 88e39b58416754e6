"""From which site a request comes, as the browser says it (Fetch Metadata), or its headers do."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest


def is_own(request: HttpRequest) -> bool:
    """Whether a request was surely made by a page of this very origin.

    Browsers that send no ``Sec-Fetch-Site`` send ``Origin`` with every POST, or a ``Referer``.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    told = request.headers.get("Origin") or request.headers.get("Referer")
    if not told:
        return False
    parts = urlsplit(told)
    return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())


def is_foreign(request: HttpRequest) -> bool:
    """Whether the browser says that another site has led here."""
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def is_ahead(request: HttpRequest) -> bool:
    """Whether the browser only fetches in advance what nobody has asked for yet."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose
