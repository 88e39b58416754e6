"""Keys: the same asked twice is done once and answered the same, and a key means one thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from tests.api.conftest import Program, program
from tests.api.test_door import refused
from tests.databases import Database
from tests.faces.programme import AT, Programme

from ristoro.faces.api import runs as operations
from ristoro.journal import names
from ristoro.journal.models import Entry
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies.models import RunState
from ristoro.staff import once, people
from ristoro.staff.models import Ask, Role
from ristoro.staff.people import Person


def cancelled() -> int:
    return Entry.objects.filter(name=names.RUN_CANCELLED).count()


def test_the_same_asked_twice_is_done_once_and_answered_the_same(
    programme: Programme, olga: Program
) -> None:
    path, body = f"runs/{programme.name}/cancel", {"reason": "wrong day"}
    first = olga.post(path, body, key="one")
    again = olga.post(path, body, key="one")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again["Idempotency-Replayed"] == "true"
    assert again["Content-Type"] == "application/json"
    assert cancelled() == 1


def test_the_quotes_of_a_structured_field_are_no_part_of_the_key(
    programme: Programme, olga: Program
) -> None:
    path = f"runs/{programme.name}/cancel"
    olga.post(path, {"reason": "x"}, key='"one"')
    assert olga.post(path, {"reason": "x"}, key="one")["Idempotency-Replayed"] == "true"


def test_a_key_that_was_used_for_something_else_is_refused(
    programme: Programme, olga: Program
) -> None:
    path = f"runs/{programme.name}/cancel"
    olga.post(path, {"reason": "wrong day"}, key="one")
    refused(olga.post(path, {"reason": "another"}, key="one"), 422, "key-used")
    refused(olga.post(f"runs/{programme.name}/pause", key="one"), 422, "key-used")
    assert cancelled() == 1


def test_a_key_is_its_persons_own(programme: Programme, olga: Program, aldo: Program) -> None:
    path = f"runs/{programme.name}/cancel"
    olga.post(path, {"reason": "x"}, key="one")
    refused(aldo.post(path, {"reason": "x"}, key="one"), 409, "wrong-state")
    other = program(programme.staff["Olga"])
    assert other.post(path, {"reason": "x"}, key="one")["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "a" * 256, "é", '""'])
def test_what_changes_something_asks_for_a_key(
    programme: Programme, olga: Program, key: str
) -> None:
    refused(olga.post(f"runs/{programme.name}/cancel", {"reason": "x"}, key), 400, "key-missing")
    assert cancelled() == 0


def test_a_refusal_uses_no_key(programme: Programme, olga: Program) -> None:
    path = f"runs/{programme.name}/pause"
    refused(olga.post(path, key="one"), 409, "wrong-state")
    assert not Ask.objects.exists()
    programme.approve()
    assert olga.post(path, key="one").status_code == 200


def test_what_is_refused_midway_leaves_nothing(
    programme: Programme, olga: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(operations, "shown", broken)
    path = f"runs/{programme.name}/cancel"
    refused(olga.post(path, {"reason": "x"}, key="one"), 500, "http-500")
    assert (programme.run.state, cancelled()) == (RunState.LOADED, 0)
    monkeypatch.undo()
    assert not Ask.objects.exists()


def test_the_same_while_it_goes_on_is_told_to_wait(
    programme: Programme, olga: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, body, answers = f"runs/{programme.name}/cancel", {"reason": "x"}, []
    begin = once.begin

    def begun_twice(*named: Any) -> once.Held | bytes:
        held = begin(*named)
        if not answers:
            answers.append(None)
            answers[0] = olga.post(path, body, key="one")
        return held

    monkeypatch.setattr(once, "begin", begun_twice)
    assert olga.post(path, body, key="one").status_code == 200
    refused(answers[0], 409, "key-going-on")
    assert cancelled() == 1


@pytest.fixture
def person(each_database: Database, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key for sessions in tests")
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)


def test_a_key_is_held_until_it_is_answered(person: Person) -> None:
    held = once.begin(person, "k", "f", AT)
    assert isinstance(held, once.Held)
    with pytest.raises(once.GoesOn):
        once.begin(person, "k", "f", AT)
    with pytest.raises(once.UsedOtherwise):
        once.begin(person, "k", "g", AT)
    once.end(held, b"answer")
    assert b"answer" not in bytes(Ask.objects.get().answer)
    assert once.begin(person, "k", "f", AT) == b"answer"
    once.drop(held)
    assert once.begin(person, "k", "f", AT) == b"answer"


def test_a_key_whose_process_was_lost_may_be_begun_again_and_the_slow_one_is_too_late(
    person: Person,
) -> None:
    slow = once.begin(person, "k", "f", AT)
    later = AT + once.ABANDONED
    new = once.begin(person, "k", "f", later)
    assert isinstance(slow, once.Held)
    assert isinstance(new, once.Held)
    with pytest.raises(once.GoesOn):
        once.end(slow, b"slow")
    once.drop(slow)
    once.end(new, b"new")
    assert once.begin(person, "k", "f", later) == b"new"


def test_a_key_is_forgotten_after_a_day(person: Person) -> None:
    held = once.begin(person, "k", "f", AT)
    assert isinstance(held, once.Held)
    once.end(held, b"answer")
    assert once.begin(person, "k", "f", AT + once.KEPT) == b"answer"
    again = once.begin(person, "k", "g", AT + once.KEPT + timedelta(seconds=1))
    assert isinstance(again, once.Held)


def test_an_answer_under_another_secret_is_not_done_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = once.begin(person, "k", "f", AT)
    assert isinstance(held, once.Held)
    once.end(held, b"answer")
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "another")
    with pytest.raises(NotAllowed, match="answer-lost"):
        once.begin(person, "k", "f", AT)
