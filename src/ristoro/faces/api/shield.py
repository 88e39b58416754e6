"""Around everything: whatever is refused below ``/api/`` is refused in the API's one shape.

It stands outermost, so that a host that is not ours, a path that is none, and a fault of ours come
by here as well. Statuspage's API, ``/api/v2/``, has the shapes of that API.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ristoro.faces.api import refusing

OURS, NOT_OURS = "/api/", "/api/v2/"


class ShieldMiddleware:
    """Turns refusals in other shapes into ours, below ``/api/``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response, or what it says in the one shape."""
        response = self._get_response(request)
        path = request.path_info
        if not path.startswith(OURS) or path.startswith(NOT_OURS):
            return response
        if response.status_code >= 400 and response.get("Content-Type") != refusing.MEDIA:
            response.close()
            response = refusing.plainly(response.status_code)
        response["Content-Language"] = "en"
        return response
