"""``ristoro load`` holds a decision against its inputs as they are now, like the console."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faces import deciding
from tests.faces.deciding import decided_home, newer_estate
from tests.faces.programme import PASSWORD, Programme
from typer.testing import CliRunner

from ristoro.cli import app
from ristoro.errands import places
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies.models import Run, RunState
from ristoro.remedies.setting_aside import of

__all__ = ["decided_home"]

pytestmark = pytest.mark.db


@pytest.fixture
def digest(
    programme: Programme, decided_home: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> str:
    del programme
    monkeypatch.setenv("RISTORO_PASSWORD", PASSWORD)
    return deciding.put(decided_home)


def loaded(digest: str, *more: str) -> Run:
    """The run that ``ristoro load`` makes of a decision; its refusal is raised."""
    folder = str(places.decisions() / digest)
    done = CliRunner().invoke(app, ["load", "--run", folder, "--as", "Olga", *more])
    if done.exception is not None:
        raise done.exception
    run = Run.objects.order_by("pk").last()
    assert run is not None
    return run


def test_an_estate_that_changed_since_is_named_and_nothing_is_entered(digest: str) -> None:
    first, *_ = deciding.given(digest)
    newer_estate(**{f"m{first}": None})
    before = Run.objects.count()
    with pytest.raises(NotAllowed, match="not in it"):
        loaded(digest)
    with pytest.raises(NotAllowed, match="for a reason"):
        loaded(digest, "--despite", "1" * 64)
    assert Run.objects.count() == before


def test_it_is_set_aside_for_a_reason_that_the_journal_keeps(digest: str) -> None:
    first, *_ = deciding.given(digest)
    newer_estate(**{f"m{first}": None})
    run = loaded(digest, "--despite", "1" * 64, "--reason", "It is a test box of ours.")
    assert run.state == RunState.LOADED
    assert of(run) == {"1" * 64}


def test_an_estate_as_it_was_stands_against_nothing(digest: str) -> None:
    newer_estate()
    assert loaded(digest).state == RunState.LOADED
