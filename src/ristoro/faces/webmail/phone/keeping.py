"""What a phone keeps to be read without a network, and the key that it keeps it under.

The key follows from the session and is held where the session is: in a cookie, which the browser
drops when the session is over. Where the pages themselves are kept there is no key, so that what
may be left of them is noise.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
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

COOKIE = "telefono"
_OCTETS = 32


@require_safe
@holder
def key(request: HttpRequest, held: Holder) -> HttpResponse:
    """The session's key as a cookie, and when the session is over in milliseconds since 1970.

    The phone's script reads the cookie, so it is not ``HttpOnly``; it opens nothing but what that
    phone keeps, which a script of the page could ask for as well.
    """
    session = held.session
    response = JsonResponse({"ends": clock.micros(session.ends) // 1_000, "lang": held.language})
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(derived(session)).decode("ascii").rstrip("="),
        max_age=session.ends - clock.now(),
        secure=settings.BEHIND_TLS,
        samesite="Strict",
    )
    return response


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
    mailbox_id = held.mailbox_id
    if mailbox_id is None:
        return []
    mine = Grant.objects.filter(mailbox_id=mailbox_id).exclude(state=GrantState.WAITING)
    numbers = mine.order_by("-run_id", "remedy").values_list("id", flat=True)[:RECEIPTS]
    return [reverse("mine:receipt", args=[number]) for number in numbers]


def derived(session: Session) -> bytes:
    """Octets that only this installation can make, and only for this session."""
    info = f"ristoro webmail telefono {session.nonce}".encode()
    hkdf = HKDF(SHA256(), length=_OCTETS, salt=None, info=info)
    return hkdf.derive(settings.SECRET_KEY.encode())


def mark_of(address: str) -> str:
    """What a browser remembers of whose choice it was, instead of the address."""
    return salted_hmac("ristoro webmail telefono", address, algorithm="sha256").hexdigest()[:16]
