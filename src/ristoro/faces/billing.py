"""Where the billing system tells that bookings have ended: signed messages, and nothing else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ristoro import env
from ristoro.edges.billing import heard
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.workers import bookings

SECRET = "RISTORO_BILLING_WEBHOOK_SECRET"  # noqa: S105 - the name of it


@csrf_exempt
@never_cache
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """204 for what is heard, now or before; 401 for what is not signed; 404 where nobody listens.

    The signature stands in the place of a session: there is no cookie to forge a request with.
    """
    secrets = env.current().secret_or_empty(SECRET).split()
    if not secrets:
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > heard.LONGEST:
        return _told(413, "too long, or of no known length")
    try:
        word = heard.read(request.headers, request.body, secrets, clock.now())
    except NotAllowed as error:
        return _told(401, error.problems[0].why)
    except BadInput as error:
        return _told(400, error.problems[0].why)
    bookings.hear(word, clock.now())
    return HttpResponse(status=204)


def _told(status: int, why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
