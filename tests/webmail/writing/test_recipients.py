"""Recipients as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.edges.mailboxes.composing import Field
from ristoro.edges.mailboxes.contract import Person
from ristoro.faces.webmail.writing.recipients import Wrong, read, said


@pytest.mark.parametrize(
    ("typed", "people"),
    [
        ("anna@libero.it", [Person("", "anna@libero.it")]),
        (" a@x.it ; b@x.it,c@x.it\nd@x.it,, ", [Person("", f"{one}@x.it") for one in "abcd"]),
        ("Anna Verdi <anna@x.it>", [Person("Anna Verdi", "anna@x.it")]),
        ('"Rossi, Ugo" <u@x.it>, b@x.it', [Person("Rossi, Ugo", "u@x.it"), Person("", "b@x.it")]),
        ("Rossi, Ugo <u@x.it>", [Person("Rossi, Ugo", "u@x.it")]),
        ('"il \\"capo\\"" <u@x.it>', [Person('il "capo"', "u@x.it")]),
        ("A@x.it, a@X.it", [Person("", "A@x.it")]),
        ("<mailto:a@x.it>", [Person("", "a@x.it")]),
        ("o'neil+news@x-y.co.uk", [Person("", "o'neil+news@x-y.co.uk")]),
        ("ugo@perché.it", [Person("", "ugo@perché.it")]),
        ("", []),
    ],
)
def test_addresses_are_read_with_their_names(typed: str, people: list[Person]) -> None:
    found = read(typed)
    assert (list(found.people), found.mistakes) == (people, ())


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("anna", Wrong.NO_AT),
        ("@x.it", Wrong.BEFORE),
        ("a b@x.it", Wrong.BEFORE),
        ("a..b@x.it", Wrong.BEFORE),
        ("anna@", Wrong.AFTER),
        ("anna@x", Wrong.AFTER),
        ("anna@x..it", Wrong.AFTER),
        ("anna@-x.it", Wrong.AFTER),
        ("anna@x.it>", Wrong.AFTER),
        ("perché@x.it", Wrong.LETTERS),
        ("a" * 65 + "@x.it", Wrong.LONG),
        ("a@" + ".".join(["b" * 60] * 5), Wrong.LONG),
        ("Anna <anna>", Wrong.NO_AT),
    ],
)
def test_what_is_no_address_is_told_with_its_reason(typed: str, wrong: Wrong) -> None:
    found = read(f"b@x.it, {typed}")
    assert [(one.typed, one.wrong) for one in found.mistakes] == [(typed, wrong)]
    assert found.people == (Person("", "b@x.it"),)


def test_a_mistake_stays_in_the_field_as_typed() -> None:
    field = read("Anna <a@x.it>, bruno@").field
    assert field == Field((Person("Anna", "a@x.it"),), "bruno@")
    assert said(field) == "Anna <a@x.it>, bruno@"


@given(st.text(max_size=200))
def test_no_typing_is_an_error(text: str) -> None:
    read(text)


_NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=20).filter(
    lambda name: "<" not in name and ">" not in name
)


@given(st.lists(st.builds(Person, _NAMES, st.sampled_from(["a@x.it", "b.c@y.it", "d@z.it"]))))
def test_what_is_shown_is_read_back(people: list[Person]) -> None:
    unique = tuple({one.address: one for one in reversed(people)}.values())
    assert read(said(Field(unique))).people == unique
