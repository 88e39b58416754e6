"""Tokens for programs: a person makes one for themselves, with some of their own roles.

A token is ``ristoro_`` and 43 letters and digits, so that scanners of leaked secrets find it. It
is shown once and kept as a hash; it ends by its day, by being revoked, or with its person. What
gives asks for more than a token: a second factor at that moment.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import Missing, NotAllowed, Problem, bad_input
from ristoro.staff.models import Assignment, Role, Token
from ristoro.staff.people import Person

PREFIX = "ristoro_"
LETTERS = 43
"""Of 62 kinds: 256 bits."""

LONGEST_DAYS = 90
MOST = 20
USED_EVERY = timedelta(minutes=1)
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Made:
    """A token that was made, and its only showing."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token, with those of its roles that the person still holds."""

    token_id: int
    person: Person
    ends_at: datetime


def make(person: Person, name: str, roles: Iterable[Role], days: int, at: datetime) -> Made:
    """Make a token of the person's own for so many days.

    ``BadInput`` for a role that the person does not hold now, no role, more than ``LONGEST_DAYS``
    days, or a name that is empty or too long; ``NotAllowed`` for a name that another token of the
    person's has, or with ``MOST`` tokens already.
    """
    wanted, label = frozenset(roles), name.strip()
    if not label or len(label) > 80 or not label.isprintable():
        raise bad_input(
            "wrong-token-name",
            f"{label!r} cannot name a token",
            "a token has a name of 1 to 80 visible characters, to know it by when it is to go",
            "name the program that will use it",
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise bad_input(
            "wrong-token-days",
            f"a token cannot last {days} days",
            f"it lasts 1 to {LONGEST_DAYS}: one that is forgotten ends by itself",
            "choose fewer days, and make another in time",
        )
    held = _held(person.id)
    if not wanted or not wanted <= held:
        raise bad_input(
            "wrong-token-roles",
            f"{person.name!r} cannot make a token with the roles {_listed(wanted)}",
            f"a token holds some of its person's own roles: {_listed(held)}",
            "choose among those",
        )
    secret = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(LETTERS))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=person.id, is_active=True)
        live = Token.objects.filter(person=user, revoked_at=None, ends_at__gt=at)
        if live.filter(name=label).exists():
            raise NotAllowed(
                Problem(
                    "token-name-taken",
                    f"{person.name!r} has a token named {label!r}",
                    "two of one name could not be told apart when one is to go",
                    "revoke that one, or choose another name",
                )
            )
        if live.count() >= MOST:
            raise NotAllowed(
                Problem(
                    "tokens-full",
                    f"{person.name!r} has {MOST} tokens",
                    "nobody keeps more of them in view",
                    "revoke one that is not used",
                )
            )
        token = Token.objects.create(
            person=user,
            name=label,
            digest=_digest(secret),
            roles=sorted(wanted),
            made_at=at,
            ends_at=at + timedelta(days=days),
        )
        data = {"id": person.id, "token": token.pk, "roles": sorted(wanted), "days": days}
        append(person.name, names.TOKEN_MADE, f"person {person.name}", data, at)
    return Made(token, secret)


def bearer(secret: str, at: datetime) -> Bearer:
    """Who shows this token. ``NotAllowed``, the same for every token that does not count now."""
    known = Token.objects.select_related("person").filter(digest=_digest(secret)).first()
    if (
        known is None
        or known.revoked_at is not None
        or known.ends_at <= at
        or not known.person.is_active
    ):
        raise NotAllowed(
            Problem(
                "wrong-token",
                "the token does not count",
                "it was never made, has ended, was revoked, or its person has left",
                "make another: ristoro token make",
            )
        )
    if known.used_at is None or at - known.used_at >= USED_EVERY:
        Token.objects.filter(pk=known.pk).update(used_at=at)
    roles = _held(known.person_id) & {Role(role) for role in known.roles}
    return Bearer(
        known.pk, Person(known.person_id, known.person.get_username(), roles), known.ends_at
    )


def of(person: Person) -> list[Token]:
    """The person's tokens, the newest first."""
    return list(Token.objects.filter(person=person.id).order_by("-pk"))


def revoke(person: Person, token_id: int, at: datetime) -> Token:
    """End one of the person's own tokens now; one that was revoked stays as it is."""
    with transaction.atomic():
        token = Token.objects.select_for_update().filter(pk=token_id, person=person.id).first()
        if token is None:
            raise Missing(
                Problem(
                    "no-token",
                    f"{person.name!r} has no token {token_id}",
                    "people revoke their own tokens",
                    "look at the list: ristoro token list",
                )
            )
        if token.revoked_at is None:
            token.revoked_at = at
            token.save(update_fields=["revoked_at"])
            data = {"id": person.id, "token": token.pk}
            append(person.name, names.TOKEN_REVOKED, f"person {person.name}", data, at)
    return token


def _held(person_id: int) -> frozenset[Role]:
    found = Assignment.objects.filter(person=person_id).values_list("role", flat=True)
    return frozenset(Role(role) for role in found)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _listed(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles)) or "none"
