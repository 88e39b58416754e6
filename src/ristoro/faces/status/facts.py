"""The facts of a programme for machines: JSON that carries its signature, and the key to it."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from ristoro import env
from ristoro.faces.facts import page
from ristoro.faces.status.answers import kept
from ristoro.faces.status.views import public_run
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput
from ristoro.kernel.signed import key_of, sign

SECRET = "RISTORO_FACTS_SECRET"  # noqa: S105 - the secret's name, not the secret
PURPOSE = "facts"
SECONDS = 60
SPELLING = {"ensure_ascii": False, "indent": 1}


@require_safe
def facts(request: HttpRequest, name: str) -> HttpResponseBase:
    """All that the page of a programme says, signed, for any site to read.

    503, and nothing, where the papers of the run are not as they were approved.
    """
    try:
        data = page.as_json(page.page_of(public_run(name), clock.now()))
    except BadInput as error:
        code = error.problems[0].code
        return JsonResponse({"error": {"code": code}}, status=503)
    answer = JsonResponse(sign(data, key()), json_dumps_params=SPELLING)
    return kept(request, answer, SECONDS, anyone=True)


@require_safe
def public_key(request: HttpRequest) -> HttpResponseBase:
    """The key that checks the facts, in PEM."""
    made = key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    response = HttpResponse(made, content_type="application/x-pem-file")
    return kept(request, response, SECONDS, anyone=True)


def key() -> Ed25519PrivateKey:
    """The key that signs facts, the same on every web host."""
    return key_of(env.current().secret(SECRET), PURPOSE)
