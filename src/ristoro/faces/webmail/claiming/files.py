"""A claim's documents and its frozen evidence, to keep: never shown as a page of ours."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ristoro import env
from ristoro.claims import documents
from ristoro.claims.models import Document, Evidence
from ristoro.edges.mailboxes.filenames import disposition
from ristoro.faces.webmail.claiming import own
from ristoro.faces.webmail.doors import Holder, holder

_APART = "default-src 'none'; sandbox"
"""The policy of what is kept: should a browser open it all the same, it may do nothing."""


@require_safe
@holder
def document(request: HttpRequest, held: Holder, claim_id: int, document_id: int) -> HttpResponse:
    """One document as it was sent."""
    claim = own.claim_of(held, claim_id)
    found = Document.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, pk=document_id
    ).first()
    if found is None:
        raise Http404
    data = documents.read(found, env.current().home)
    return _kept(data, "application/octet-stream", found.name)


@require_safe
@holder
def evidence(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """The evidence as it was frozen: the very bytes of which the digest is."""
    claim = own.claim_of(held, claim_id)
    found = Evidence.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, digest=claim.evidence_digest
    ).first()
    if found is None:
        raise Http404
    return _kept(found.body.encode(), "application/json", f"prove-{claim.number}.json")


def _kept(data: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = disposition("attachment", name)
    response["Content-Security-Policy"] = _APART
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response
