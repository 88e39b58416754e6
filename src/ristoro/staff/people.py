"""People who work here: adding them, knowing them by password, and what each may do.

Whatever gives asks two questions here and nowhere else: ``require`` whether the person holds the
role now, and ``require_another`` whether it is a different person from the one who entered it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, Missing, NotAllowed, Problem, bad_input
from ristoro.staff.models import Assignment, Identity, Role

SHORTEST_PASSWORD = 12
"""Characters: length, and no other rule, is what NIST SP 800-63B (3.1.1.2) asks for."""

LONGEST_NAME = 80
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works here, with the roles held when they were read."""

    id: int
    name: str
    roles: frozenset[Role]


def add(
    name: str,
    password: str,
    roles: Iterable[Role],
    *,
    actor: str,
    at: datetime,
    number: str = "",
) -> Person:
    """Add a person who signs in with a password (kept by scrypt) and holds ``roles``.

    ``number`` says which human it is, as the payroll does; without one, the name does. ``BadInput``
    when that human has an account already, when the name is taken (capitals and look-alike
    spellings do not make another name) or empty, or when the password is too short or is the name.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    number = _folded(number or name)
    _check_name(name)
    _check_password(name, password)
    held = frozenset(roles)
    with transaction.atomic():
        if _user_of(name) is not None:
            raise bad_input(
                "name-taken",
                f"there is already a person named {name!r}",
                "two people with one name could not be told apart in the journal",
                "choose another name",
            )
        _check_number(number)
        user = User.objects.create_user(username=name, password=password)
        Identity.objects.create(person=user, number=number)
        Assignment.objects.bulk_create(Assignment(person=user, role=role) for role in held)
        append(
            actor,
            names.PERSON_ADDED,
            _subject(user),
            {"id": user.pk, "roles": sorted(held)},
            at,
        )
    return Person(user.pk, name, held)


def authenticate(name: str, password: str) -> Person:
    """The person with that name and password; ``NotAllowed``, the same for every mismatch."""
    user = _user_of(name)
    if user is None:
        make_password(password)  # as slow as checking one, so that the time taken tells nothing
    if user is None or not user.check_password(password) or not user.is_active:
        raise NotAllowed(
            Problem(
                "sign-in",
                f"{name!r} was not signed in",
                "no active person has that name and password",
                "check both; `ristoro staff add` adds a person",
            )
        )
    return _person(user)


def find(name: str) -> Person:
    """The active person of that name, capitals aside; ``Missing`` when there is none."""
    user = _user_of(name)
    if user is None or not user.is_active:
        raise Missing(
            Problem(
                "no-person",
                f"no active person is named {name!r}",
                "only people added beforehand work here",
                "run `ristoro staff add`",
            )
        )
    return _person(user)


def require(person: Person, *roles: Role) -> None:
    """Return when the person is active and holds one of ``roles`` now, as the database has it.

    ``NotAllowed`` otherwise, whatever roles ``person`` was read with.
    """
    holds = Assignment.objects.filter(
        person=person.id, person__is_active=True, person__username=person.name, role__in=roles
    ).exists()
    if not holds:
        wanted = " or ".join(role.value for role in roles)
        raise NotAllowed(
            Problem(
                "role-missing",
                f"{person.name!r} may not do this",
                f"it asks for the role {wanted}",
                f"ask a person who is {wanted}, or give the role",
            )
        )


def require_another(
    person: Person, entered_by: str, entered_by_id: int | None, number: str = ""
) -> None:
    """Return when ``person`` is not who entered the thing; ``NotAllowed`` otherwise.

    The same user id is the same person under any name; the same name, capitals and look-alike
    spellings aside, is the same person under any id, and so is the same ``number``. Roles play no
    part: whoever entered a thing can never approve it.
    """
    same = person.id == entered_by_id or _folded(person.name) == _folded(entered_by)
    if same or (number and number_of(person) == number):
        raise NotAllowed(
            Problem(
                "two-people",
                f"{person.name!r} may not approve what {entered_by!r} entered",
                "anything that gives needs two people",
                "ask another approver",
            )
        )


def number_of(person: Person) -> str:
    """Which human the person is; empty for an account that was not made by ``add``."""
    found = Identity.objects.filter(person=person.id).values_list("number", flat=True).first()
    return found or ""


def require_known(person: Person) -> None:
    """Return when it is known which human the person is; ``NotAllowed`` otherwise."""
    if not number_of(person):
        raise NotAllowed(
            Problem(
                "who-unknown",
                f"nobody has said which human {person.name!r} is",
                "an account that was made past `ristoro staff add` could be anybody's second one",
                "add the person by `ristoro staff add`",
            )
        )


def give_role(name: str, role: Role, *, actor: str, at: datetime) -> None:
    """Give a person one more role; nothing changes when it is held."""
    with transaction.atomic():
        user = _existing(name)
        _, made = Assignment.objects.get_or_create(person=user, role=role)
        if made:
            append(actor, names.ROLE_GIVEN, _subject(user), {"id": user.pk, "role": role}, at)


def take_role(name: str, role: Role, *, actor: str, at: datetime) -> None:
    """Take a role from a person; nothing changes when it is not held."""
    with transaction.atomic():
        user = _existing(name)
        taken, _ = Assignment.objects.filter(person=user, role=role).delete()
        if taken:
            append(actor, names.ROLE_TAKEN, _subject(user), {"id": user.pk, "role": role}, at)


def change_password(name: str, password: str, *, actor: str, at: datetime) -> None:
    """Replace a person's password; ``BadInput`` when the new one is too short or is the name."""
    _check_password(name, password)
    with transaction.atomic():
        user = _existing(name)
        user.set_password(password)
        user.save(update_fields=["password"])
        append(actor, names.PASSWORD_CHANGED, _subject(user), {"id": user.pk}, at)


def deactivate(name: str, *, actor: str, at: datetime) -> None:
    """Let a person sign in no more. The name stays taken: the journal speaks of it."""
    with transaction.atomic():
        user = _existing(name)
        changed = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
        if changed:
            append(actor, names.PERSON_DEACTIVATED, _subject(user), {"id": user.pk}, at)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _user_of(name: str) -> User | None:
    wanted = _folded(name)
    exact = User.objects.filter(username=unicodedata.normalize("NFKC", name).strip()).first()
    if exact is not None:
        return exact
    # A database folds case by its own rules, or only ASCII; the people are few.
    return next((user for user in User.objects.all() if _folded(user.username) == wanted), None)


def _existing(name: str) -> User:
    return User.objects.get(pk=find(name).id)


def _person(user: User) -> Person:
    held = Assignment.objects.filter(person=user).values_list("role", flat=True)
    return Person(user.pk, user.username, frozenset(Role(role) for role in held))


def _subject(user: User) -> str:
    return f"person {user.username}"


def _check_name(name: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise bad_input(
            "wrong-name",
            f"{name!r} cannot be a person's name",
            f"a name has 1 to {LONGEST_NAME} visible characters",
            "write another",
        )


def _check_number(number: str) -> None:
    if len(number) > LONGEST_NUMBER or Identity.objects.filter(number=number).exists():
        raise bad_input(
            "person-has-account",
            f"the person with the number {number!r} has an account, or the number is too long",
            "with two accounts one person could approve what they entered themselves",
            "give the present account the role; one that was deactivated stays that person's",
        )


def _check_password(name: str, password: str) -> None:
    problem = None
    if len(password) < SHORTEST_PASSWORD:
        problem = f"it has {len(password)} characters; it needs {SHORTEST_PASSWORD}"
    elif _folded(password) == _folded(name):
        problem = "it is the name"
    if problem:
        raise BadInput(
            Problem("weak-password", "the password was refused", problem, "choose a longer one")
        )
