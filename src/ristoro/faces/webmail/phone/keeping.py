"""What a phone keeps to be read without a network, and the key that it keeps it under.

The key follows from the session, is told to the signed-in page alone, and is told by nobody once
the session is over.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.contract import Query
from ristoro.faces.webmail import places
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.session import Session
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.kernel import clock

MESSAGES = 20
"""The newest messages of the inbox that a phone keeps."""

LETTERS = 20
RECEIPTS = 50

_OCTETS = 32


@require_safe
@holder
def key(request: HttpRequest, held: Holder) -> HttpResponse:
    """The session's key, its name, and when it is over in milliseconds since 1970."""
    session = held.session
    told = {
        "key": base64.b64encode(derived(session, "key")).decode("ascii"),
        "name": derived(session, "name").hex(),
        "ends": clock.micros(session.ends) // 1_000,
        "lang": held.language,
    }
    return JsonResponse(told)


@require_safe
@holder
def pages(request: HttpRequest, held: Holder) -> HttpResponse:
    """The addresses worth keeping: the inbox, its newest messages and all letters of ours, what
    the holder is owed, and the receipts."""
    box = held.mailbox
    listed = box.page(places.INBOX, size=MESSAGES)
    ours = box.search(places.INBOX, Query(sender=held.brand.address), size=LETTERS)
    uids = dict.fromkeys(row.uid for row in (*ours.rows, *listed.rows))
    messages = [places.message(places.INBOX, listed.uidvalidity, uid) for uid in uids]
    return JsonResponse({"pages": ["/posta/", "/ristoro/", *_receipts(held), *messages]})


def _receipts(held: Holder) -> list[str]:
    """The receipts of what was answered or given: the newest run's first."""
    mine = Grant.objects.filter(mailbox_id=held.mailbox_id).exclude(state=GrantState.WAITING)
    numbers = mine.order_by("-run_id", "remedy").values_list("id", flat=True)[:RECEIPTS]
    return [reverse("mine:receipt", args=[number]) for number in numbers]


def derived(session: Session, purpose: str) -> bytes:
    """Octets that only this installation can make, and only for this session."""
    info = f"ristoro webmail telefono {purpose} {session.nonce}".encode()
    hkdf = HKDF(SHA256(), length=_OCTETS, salt=None, info=info)
    return hkdf.derive(settings.SECRET_KEY.encode())
