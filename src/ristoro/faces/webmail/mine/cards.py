"""The proof that a holder was shown the card which is being answered, with these very figures.

The card carries it as a hidden field. It is made for one session, for one grant or the alternatives
that are asked about together, and of what the card says of each: an answer to another's card, to an
old session's, or to figures that have changed since, is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.core import signing

from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.session import LONGEST
from ristoro.fulfilment.held import GrantFacts
from ristoro.kernel.keys import digest_of

FIELD = "card"
_SALT = "ristoro.webmail.mine.card.2"


def card_of(held: Holder, *grants: GrantFacts) -> str:
    """The hidden field of the card that asks about these grants."""
    return signing.dumps(_claims(held, grants), salt=_SALT)


def shown_by(card: str, held: Holder, known: Iterable[GrantFacts]) -> tuple[GrantFacts, ...]:
    """Those of the known grants about which the card asks, where it was shown in this session with
    their figures as they stand now; else none."""
    try:
        claims = signing.loads(card, salt=_SALT, max_age=LONGEST)
    except signing.BadSignature:
        return ()
    grants = tuple(grant for grant in known if grant.id in claims[1])
    return grants if grants and claims == _claims(held, grants) else ()


def proof_of(held: Holder, code: str) -> str:
    """What the answer's row keeps: which session said it, and that a letter's code was typed."""
    session = f"signed in to the webmail, session {_mark(held)}"
    return f"{session}; typed the code {code} of its letter" if code else session


def _claims(held: Holder, grants: Sequence[GrantFacts]) -> list[object]:
    ids = [grant.id for grant in grants]
    return [_mark(held), ids, digest_of([part for grant in grants for part in _figures(grant)])]


def _figures(grant: GrantFacts) -> list[object]:
    figures = (grant.kind.value, grant.amount, grant.currency, grant.base, grant.target)
    days = [day and day.isoformat() for day in (grant.base_until, grant.until, grant.deadline)]
    return [*figures, *days]


def _mark(held: Holder) -> str:
    """Names a session without telling its nonce."""
    return sha256(f"ristoro card {held.session.nonce}".encode()).hexdigest()[:16]
