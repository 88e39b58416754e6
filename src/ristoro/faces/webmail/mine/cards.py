"""The proof that a holder was shown the card which is being answered, with these very figures.

The card carries it as a hidden field. It is made for one session and one grant, and of what the
card says: an answer to another's card, to an old session's, or to figures that have changed since,
is none.
"""

from __future__ import annotations

from hashlib import sha256

from django.core import signing

from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.session import LONGEST
from ristoro.fulfilment.held import GrantFacts
from ristoro.kernel.keys import digest_of

FIELD = "card"
_SALT = "ristoro.webmail.mine.card"


def card_of(held: Holder, grant: GrantFacts) -> str:
    """The hidden field of a grant's card."""
    return signing.dumps(_claims(held, grant), salt=_SALT)


def is_of(card: str, held: Holder, grant: GrantFacts) -> bool:
    """Whether the card was shown in this session, of this grant as it stands now."""
    try:
        shown = signing.loads(card, salt=_SALT, max_age=LONGEST)
    except signing.BadSignature:
        return False
    return bool(shown == _claims(held, grant))


def proof_of(held: Holder, code: str) -> str:
    """What the answer's row keeps: which session said it, and that a letter's code was typed."""
    session = f"signed in to the webmail, session {_mark(held)}"
    return f"{session}; typed the code {code} of its letter" if code else session


def _claims(held: Holder, grant: GrantFacts) -> list[object]:
    figures = (grant.kind.value, grant.amount, grant.currency, grant.base, grant.target)
    days = [day and day.isoformat() for day in (grant.base_until, grant.until, grant.deadline)]
    return [_mark(held), grant.id, digest_of([*figures, *days])]


def _mark(held: Holder) -> str:
    """Names a session without telling its nonce."""
    return sha256(f"ristoro card {held.session.nonce}".encode()).hexdigest()[:16]
