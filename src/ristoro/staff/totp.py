"""Codes of an authenticator app (TOTP, RFC 6238): six digits, thirty seconds, SHA-1, as apps have.

A code is accepted once: a step that was used, and every step before it, is not accepted again
(RFC 6238, section 5.2).
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from hmac import compare_digest

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import bad_input
from ristoro.staff.models import Factor, FactorKind
from ristoro.staff.people import Person

DIGITS = 6
STEP = 30
OCTETS = 20
ISSUER = "Ristoro"
AROUND = 1
"""Steps before and after the present one that count, for clocks that are a little off."""


def new_secret() -> str:
    """A new shared secret, in base32 as apps take it."""
    return base64.b32encode(secrets.token_bytes(OCTETS)).decode("ascii")


def uri(person: Person, secret: str) -> str:
    """What an app reads from a picture."""
    return _of(secret).get_provisioning_uri(person.name, ISSUER)


def add(person: Person, secret: str, code: str, name: str, at: datetime) -> Factor:
    """Keep a secret once a code of it was typed; ``BadInput`` where the code is not of it."""
    step = _step_of(secret, code, at, after=0)
    if step is None:
        raise bad_input(
            "wrong-code",
            "the code is not of this secret at this time",
            "an app that was set up wrong would lock its person out",
            "look at the app's clock, then type the code that it shows now",
        )
    with transaction.atomic():
        factor = Factor.objects.create(
            person=User.objects.get(pk=person.id),
            kind=FactorKind.TOTP,
            name=name[:80] or "app",
            secret=_lock().encrypt(secret.encode()).decode("ascii"),
            count=step,
            added_at=at,
            used_at=at,
        )
        data = {"id": person.id, "factor": factor.pk, "kind": factor.kind}
        append(person.name, names.FACTOR_ADDED, f"person {person.name}", data, at)
    return factor


def accepts(person: Person, code: str, at: datetime) -> bool:
    """Whether the code is the present one of an app of the person; each counts once."""
    for factor in Factor.objects.filter(person=person.id, kind=FactorKind.TOTP):
        try:
            secret = _lock().decrypt(factor.secret).decode("ascii")
        except InvalidToken:  # made under another key of the installation
            continue
        step = _step_of(secret, code, at, after=factor.count)
        if step is None:
            continue
        taken = Factor.objects.filter(pk=factor.pk, count=factor.count)
        if taken.update(count=step, used_at=at):
            return True
    return False


def code_at(secret: str, at: datetime) -> str:
    """The code of a secret at an instant."""
    return _of(secret).generate(int(at.timestamp())).decode("ascii")


def _step_of(secret: str, code: str, at: datetime, after: int) -> int | None:
    typed = "".join(code.split())
    now = int(at.timestamp()) // STEP
    for step in range(now - AROUND, now + AROUND + 1):
        if step > after and compare_digest(
            _of(secret).generate(step * STEP), typed.encode("utf-8")
        ):
            return step
    return None


def _of(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303 - RFC 6238's own


def _lock() -> Fernet:
    drawn = HKDF(SHA256(), length=32, salt=None, info=b"ristoro staff totp")
    return Fernet(base64.urlsafe_b64encode(drawn.derive(settings.SECRET_KEY.encode())))
