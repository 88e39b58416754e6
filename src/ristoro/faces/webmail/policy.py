"""What a browser is told that a page of the webmail may do, and what it tells of refusals."""

from __future__ import annotations

import json
import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

REPORTS = "/csp"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types posta telefono",
        f"report-uri {REPORTS}",
    )
)
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope"),
        *("hid", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get"),
        *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
    )
)
LONGEST_REPORT = 16 * 1024

log = logging.getLogger("ristoro.faces.webmail.csp")


def harden(response: HttpResponseBase) -> None:
    """Set the webmail's headers, but for a policy of its own that a page brings along."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")


@csrf_exempt  # browsers send these by themselves, without a form; nothing changes
@require_POST
def reported(request: HttpRequest) -> HttpResponse:
    """Log what a browser refused: the rule, and no address of what was asked for."""
    try:
        told = json.loads(request.read(LONGEST_REPORT))
        report = told["csp-report"] if isinstance(told, dict) else told[0]["body"]
        rule = report.get("effective-directive") or report.get("effectiveDirective") or ""
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        return HttpResponse(status=400)
    log.warning("a page broke its policy: %s", str(rule)[:40].encode("ascii", "replace").decode())
    return HttpResponse(status=204)
