"""A fresh database with people in it, and a key to seal by."""

from __future__ import annotations

import pytest
from django.conf import settings
from tests.databases import Database
from tests.payments.made import Staff, staff


@pytest.fixture
def each_team(each_database: Database, monkeypatch: pytest.MonkeyPatch) -> Staff:
    """The same on SQLite and on PostgreSQL."""
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key to seal by in tests")
    return staff()


@pytest.fixture
def team(database: Database, monkeypatch: pytest.MonkeyPatch) -> Staff:
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key to seal by in tests")
    return staff()
