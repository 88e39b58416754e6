"""A loaded programme, and programs that show tokens."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.faces.conftest import programme, programme_template
from tests.faces.programme import Programme

from ristoro.faces.api import serving
from ristoro.kernel import clock
from ristoro.staff import tokens, totp
from ristoro.staff.models import Role
from ristoro.staff.people import Person

__all__ = ["programme", "programme_template"]

ROOT = "/api/v1/"
_numbers = itertools.count(1)


@dataclass
class Program:
    """A program that shows a token of a person's."""

    person: Person
    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(ROOT + path, headers=self._headers(), **more)

    def post(self, path: str, body: Any = None, key: str | None = None, code: str = "") -> Any:
        """Send JSON, with a new key unless one is named; an empty one is none."""
        key = f"key-{next(_numbers)}" if key is None else key
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        headers |= {"Ristoro-Code": code} if code else {}
        sent = body if isinstance(body, bytes | str) else json.dumps({} if body is None else body)
        return self.client.post(ROOT + path, sent, content_type="application/json", headers=headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(ROOT + path, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def program(person: Person, *roles: Role) -> Program:
    """A program of the person's, with all of their roles unless some are named."""
    name = f"test {next(_numbers)}"
    made = tokens.make(person, name, roles or person.roles, 30, clock.now())
    return Program(person, made.secret)


@dataclass
class App:
    """A person's authenticator app."""

    secret: str

    def code(self, later: int = 0) -> str:
        return totp.code_at(self.secret, clock.now() + timedelta(seconds=later * totp.STEP))


def app_of(person: Person) -> App:
    """An app that the person set up ten minutes ago."""
    secret, then = totp.new_secret(), clock.now() - timedelta(minutes=10)
    totp.add(person, secret, totp.code_at(secret, then), "app", then)
    return App(secret)


@pytest.fixture(autouse=True)
def _fresh_rate(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    serving.rate.cache_clear()
    yield
    serving.rate.cache_clear()


@pytest.fixture
def olga(programme: Programme) -> Program:
    return program(programme.staff["Olga"])


@pytest.fixture
def aldo(programme: Programme) -> Program:
    return program(programme.staff["Aldo"])


@pytest.fixture
def ivo(programme: Programme) -> Program:
    return program(programme.staff["Ivo"])
