"""The addresses of the API: one for each path, and its description."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from ristoro.faces.api import (
    breaches,
    contract,
    decisions,
    errands,
    estates,
    incidents,
    journal,
    letters,
    outages,
    policies,
    progress,
    refusing,
    runs,
    statements,
    token,
    webhooks,
)
from ristoro.faces.api.operations import Operation, Part
from ristoro.faces.api.serving import View

PARTS: tuple[Part, ...] = (
    token.part,
    estates.part,
    outages.part,
    policies.part,
    decisions.part,
    runs.part,
    letters.part,
    progress.part,
    statements.part,
    errands.part,
    incidents.part,
    breaches.part,
    journal.part,
    webhooks.part,
)


@csrf_exempt
def openapi(request: HttpRequest) -> HttpResponse:
    """The document; for anybody, for it says nothing of this installation."""
    if request.method not in ("GET", "HEAD"):
        response = refusing.plainly(405)
        response["Allow"] = "GET, HEAD"
        return response
    response = JsonResponse(contract.document(PARTS), json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _paths() -> list[URLPattern]:
    found: dict[str, dict[str, Operation]] = defaultdict(dict)
    for part in PARTS:
        for operation in part:
            found[operation.pattern][operation.method] = operation
    return [re_path(rf"^{pattern}\Z", View(there)) for pattern, there in found.items()]


urlpatterns = [path("openapi.json", openapi), *_paths()]
