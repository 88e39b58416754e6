"""Tokens: a person's own, with some of their roles, until a day; shown once, kept as a hash."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.databases import Database

from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.staff import people, tokens
from ristoro.staff.models import Role, Token
from ristoro.staff.people import Person

AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def berta(database: Database) -> Person:
    roles = [Role.OPERATOR, Role.APPROVER]
    return people.add("Berta", "quattro parole scelte", roles, actor="test", at=AT)


def test_a_token_says_who_shows_it_and_is_kept_as_a_hash_alone(berta: Person) -> None:
    made = tokens.make(berta, "nightly", [Role.OPERATOR], 30, AT)
    assert re.fullmatch(r"ristoro_[A-Za-z0-9]{43}", made.secret)
    assert made.secret not in repr(made)
    kept = Token.objects.values().get()
    assert not any(made.secret[8:] in str(value) for value in kept.values())
    shown = tokens.bearer(made.secret, AT + DAY)
    assert (shown.person.id, shown.person.roles) == (berta.id, {Role.OPERATOR})
    assert Token.objects.get().used_at == AT + DAY
    entry = Entry.objects.get(name=names.TOKEN_MADE)
    assert entry.actor == "Berta"
    assert made.secret not in str(Detail.objects.get(number=entry.number).data)


def test_a_token_ends_by_its_day(berta: Person) -> None:
    made = tokens.make(berta, "nightly", [Role.OPERATOR], 90, AT)
    tokens.bearer(made.secret, AT + 90 * DAY - timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="wrong-token"):
        tokens.bearer(made.secret, AT + 90 * DAY)


def test_a_token_ends_by_being_revoked_and_by_nobody_else(berta: Person) -> None:
    made = tokens.make(berta, "nightly", [Role.OPERATOR], 30, AT)
    other = people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)
    with pytest.raises(Missing):
        tokens.revoke(other, made.token.pk, AT)
    tokens.bearer(made.secret, AT)
    tokens.revoke(berta, made.token.pk, AT)
    tokens.revoke(berta, made.token.pk, AT)
    assert Entry.objects.filter(name=names.TOKEN_REVOKED).count() == 1
    with pytest.raises(NotAllowed, match="wrong-token"):
        tokens.bearer(made.secret, AT)


def test_a_person_who_left_has_no_tokens_any_more(berta: Person) -> None:
    made = tokens.make(berta, "nightly", [Role.OPERATOR], 30, AT)
    people.deactivate("Berta", actor="test", at=AT)
    with pytest.raises(NotAllowed, match="wrong-token"):
        tokens.bearer(made.secret, AT)


def test_a_role_that_is_taken_from_the_person_is_taken_from_the_token(berta: Person) -> None:
    made = tokens.make(berta, "nightly", [Role.OPERATOR, Role.APPROVER], 30, AT)
    people.take_role("Berta", Role.OPERATOR, actor="test", at=AT)
    assert tokens.bearer(made.secret, AT).person.roles == {Role.APPROVER}
    people.give_role("Berta", Role.AUDITOR, actor="test", at=AT)
    assert tokens.bearer(made.secret, AT).person.roles == {Role.APPROVER}


@pytest.mark.parametrize(
    ("name", "roles", "days", "code"),
    [
        ("", [Role.OPERATOR], 1, "wrong-token-name"),
        ("a\nb", [Role.OPERATOR], 1, "wrong-token-name"),
        ("x", [Role.OPERATOR], 0, "wrong-token-days"),
        ("x", [Role.OPERATOR], 91, "wrong-token-days"),
        ("x", [], 1, "wrong-token-roles"),
        ("x", [Role.OPERATOR, Role.AUDITOR], 1, "wrong-token-roles"),
    ],
)
def test_a_token_is_not_made_of_what_a_person_has_not(
    berta: Person, name: str, roles: list[Role], days: int, code: str
) -> None:
    with pytest.raises(BadInput, match=code):
        tokens.make(berta, name, roles, days, AT)
    assert not Token.objects.exists()


def test_two_tokens_of_a_person_have_two_names(berta: Person) -> None:
    made = tokens.make(berta, "nightly", [Role.OPERATOR], 30, AT)
    with pytest.raises(NotAllowed, match="token-name-taken"):
        tokens.make(berta, " nightly ", [Role.OPERATOR], 30, AT)
    tokens.revoke(berta, made.token.pk, AT)
    tokens.make(berta, "nightly", [Role.OPERATOR], 30, AT)


def test_nobody_keeps_more_tokens_than_they_can_see(berta: Person) -> None:
    for number in range(tokens.MOST):
        tokens.make(berta, f"t{number}", [Role.OPERATOR], 1, AT)
    with pytest.raises(NotAllowed, match="tokens-full"):
        tokens.make(berta, "one more", [Role.OPERATOR], 1, AT)
    tokens.make(berta, "after they ended", [Role.OPERATOR], 1, AT + 2 * DAY)
