"""A loaded programme for every test of the faces, and a browser that remembers nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from tests.databases import pointed_at
from tests.faces import programme as made
from tests.faces.programme import Programme, Template

from ristoro import env
from ristoro.cli.init import make_secrets


@pytest.fixture(scope="session")
def programme_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Template:
    with django_db_blocker.unblock():
        return made.make_template(sqlite_template, tmp_path_factory.mktemp("programme"))


@pytest.fixture
def programme(
    programme_template: Template,
    tmp_path: Path,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Programme]:
    """A loaded run that nobody has approved, in a fresh database; secrets in a fresh home."""
    database, programme = programme_template.copy(tmp_path)
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RISTORO_NOTICE_SECRET", "a secret for codes in tests")
    make_secrets(env.current())
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key for sessions in tests")
    monkeypatch.setitem(settings.__dict__, "SECOND_FACTOR", False)
    monkeypatch.setenv("RISTORO_SECOND_FACTOR", "no")
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(database):
        yield programme


@pytest.fixture
def visitor(programme: Programme) -> Client:
    """Somebody who is not signed in."""
    return Client(headers={"accept-language": "it"})


def signed_in(name: str, lang: str = "it") -> Client:
    """A client whose session is that of a person, and which checks CSRF as a browser would."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": lang})
    client.force_login(User.objects.get(username=name), settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get("/console/").status_code == 200
    return client


def post(client: Client, path: str, **form: str) -> Any:
    """Send a form with the CSRF token that the client's cookie asks for."""
    return client.post(path, {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})
