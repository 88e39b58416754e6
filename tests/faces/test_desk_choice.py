"""The desk where a caller chooses among alternatives: one is given, or none, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from tests.databases import copy_sqlite, pointed_at
from tests.faces.calls import agent, form_key, verified
from tests.faces.conftest import post
from tests.faces.test_console import words_of
from tests.webmail.mine.conftest import PLUS
from tests.webmail.mine.test_choice import decided, loaded

from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.kernel import clock
from ristoro.staff import people
from ristoro.staff.models import Role

__all__ = ["decided", "loaded"]


@pytest.fixture
def gina(
    loaded: Path, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Client]:
    """An agent at the desk of a programme whose premium mailboxes choose."""
    fresh = copy_sqlite(loaded, tmp_path)
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    make_secrets(env.current())
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key for sessions in tests")
    monkeypatch.setitem(settings.__dict__, "SECOND_FACTOR", False)
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(fresh):
        people.add("Gina", "tre parole scelte", [Role.AGENT], actor="test", at=clock.now())
        yield agent("Gina")


def states() -> dict[int, GrantState]:
    found = Grant.objects.filter(address=PLUS).values_list("remedy", "state")
    return {remedy: GrantState(state) for remedy, state in found}


def form(client: Client, page: str, **more: str) -> dict[str, str]:
    text = client.get(page).content.decode()
    figures = re.search(r'name="figures" value="([^"]+)"', text)
    assert figures
    return {"key": form_key(client, page), "figures": figures[1], **more}


def answering(client: Client) -> tuple[str, list[Grant]]:
    grants = [*Grant.objects.filter(address=PLUS, consent=1).order_by("remedy")]
    assert len(grants) > 1
    return f"{verified(client, PLUS)}risposta/{grants[0].pk}/", grants


def test_all_alternatives_are_read_and_one_is_given(gina: Client) -> None:
    page, grants = answering(gina)
    text = words_of(gina.get(page))
    assert text.count("Può avere una sola delle alternative") == len(grants)
    unsaid = post(gina, page, **form(gina, page, answer="yes"))
    assert unsaid.status_code == 422
    chosen = grants[-1]
    post(gina, page, **form(gina, page, answer="yes", chosen=str(chosen.pk)))
    now = states()
    assert now.pop(chosen.remedy) is GrantState.PLANNED
    assert set(now.values()) == {GrantState.DECLINED}
    assert Answer.objects.count() == 1
    back = page.replace(str(grants[0].pk), str(chosen.pk))
    assert post(gina, f"{back}ripensamento/", key="back").status_code == 303
    assert set(states().values()) == {GrantState.WAITING}


def test_none_of_them_is_a_no_to_each_and_is_taken_back_from_each(gina: Client) -> None:
    page, grants = answering(gina)
    post(gina, page, **form(gina, page, answer="no", reason="non mi serve"))
    assert {one.reason for one in Answer.objects.all()} == {"non mi serve"}
    assert Answer.objects.count() == len(grants)
    post(gina, f"{page}ripensamento/", key="back")
    assert set(states().values()) == {GrantState.WAITING}
    assert not Answer.objects.exists()
