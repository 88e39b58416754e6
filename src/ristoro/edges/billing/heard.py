"""What a billing system says unasked: that bookings have ended, signed as Standard Webhooks has it.

Nothing is believed that is not signed by the shared secret, nor what was signed long ago: who
wrote down an old message could say it again.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from ristoro.kernel.errors import BadInput, NotAllowed, Problem, bad_input

TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours, and how old a message may be."""

LONGEST = 64 * 1024
"""Octets of a message."""
MOST_KEYS = 500
LONGEST_KEY = 100
FEWEST_OCTETS = 24
"""Of a secret: a shorter one can be guessed (Standard Webhooks, signature scheme)."""
SETTLED = "bookings.settled"


@dataclass(frozen=True, slots=True)
class Word:
    """One message: its id, the same at every try, and the keys of the asks that have ended."""

    id: str
    keys: tuple[str, ...]


def read(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], at: datetime) -> Word:
    """The message, once its signature and its time are good.

    ``NotAllowed`` where they are not; ``BadInput`` for what is signed and is no such message.
    """
    id_ = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    signed = headers.get("webhook-signature", "")
    if not (0 < len(id_) <= 100 and id_.isprintable()):
        raise _unsigned("it has no id")
    sent = _instant(stamp)
    if abs(at - sent) > TOLERANCE:
        raise _unsigned(f"it was signed at {sent.isoformat()}")
    if not all(_is_secret(one) for one in secrets):
        raise _unsigned("the shared secret of this side is none: it is base64 of 24 octets or more")
    if not any(_is_by(secret, id_, sent, body, signed) for secret in secrets):
        raise _unsigned("no signature is by the shared secret")
    return Word(id_, _keys(body))


def _is_by(secret: str, id_: str, sent: datetime, body: bytes, signed: str) -> bool:
    try:
        wanted = Webhook(secret).sign(id_, sent, body.decode())
    except UnicodeError:
        return False
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signed.split(" "))


def _is_secret(text: str) -> bool:
    """Whether it is one that can be signed by: an empty one would sign for everybody."""
    try:
        raw = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return len(raw) >= FEWEST_OCTETS


def _instant(stamp: str) -> datetime:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 10):
        raise _unsigned("it does not say when it was signed")
    return datetime.fromtimestamp(int(stamp), tz=UTC)


def _keys(body: bytes) -> tuple[str, ...]:
    try:
        told = json.loads(body)
        kind, keys = told["type"], told["data"]["keys"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _not_understood(f"{type(error).__name__}: {error}") from error
    good = isinstance(keys, list) and len(keys) <= MOST_KEYS
    if kind != SETTLED or not good or not all(_is_key(key) for key in keys):
        raise _not_understood(f"it is no {SETTLED!r} with a list of at most {MOST_KEYS} keys")
    return tuple(keys)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and len(key) <= LONGEST_KEY and key.isprintable()


def _unsigned(why: str) -> NotAllowed:
    return NotAllowed(
        Problem(
            "not-signed",
            "the message is not known to be from the billing system",
            why,
            "sign it as Standard Webhooks has it, by the secret that both sides have, and send it"
            " at once",
        )
    )


def _not_understood(why: str) -> BadInput:
    return bad_input(
        "not-understood",
        "the message of the billing system says nothing that is known here",
        why,
        "send it as docs/billing.md has it",
    )
