"""The books' commands: two people, each with a password, from entry to approval."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.databases import Database
from tests.load.decided import write_decided

from ristoro import env
from ristoro.cli.approve import approve
from ristoro.cli.init import make_secrets
from ristoro.cli.load import load
from ristoro.cli.pause import pause, resume
from ristoro.cli.staff import add
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role


def test_two_people_enter_and_approve_a_run(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    make_secrets(env.current())
    monkeypatch.setenv("RISTORO_PASSWORD", "correct horse of anna")
    add("anna", [Role.OPERATOR])
    load(write_decided(tmp_path / "run", 30), "anna")
    run = Run.objects.get()
    assert run.state == RunState.LOADED
    with pytest.raises(NotAllowed, match="sign-in"):
        approve(run.name, "bruno", "34 grants")
    monkeypatch.setenv("RISTORO_PASSWORD", "correct horse of bruno")
    with pytest.raises(NotAllowed, match="sign-in"):
        approve(run.name, "anna", "34 grants")
    add("bruno", [Role.APPROVER, Role.OPERATOR])
    with pytest.raises(NotAllowed, match="wrong-total"):
        approve(run.name, "bruno", "35 grants")
    with pytest.raises(Missing, match="--total"):
        approve(run.name, "bruno")
    approve(run.name, "bruno", "34 grants")
    pause(run.name, "bruno")
    assert Run.objects.get().paused
    resume(run.name, "bruno")
    run = Run.objects.get()
    assert (run.state, run.paused, run.approved_by) == (RunState.APPROVED, False, "bruno")
    said = capsys.readouterr().out
    assert "34 grants and 26 notices are loaded" in said
    assert "Approved by bruno" in said


def test_a_weak_password_and_nobody_to_ask_are_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setenv("RISTORO_PASSWORD", "short")
    with pytest.raises(BadInput):
        add("anna", [Role.OPERATOR])
    monkeypatch.delenv("RISTORO_PASSWORD")
    with pytest.raises(Missing, match="RISTORO_PASSWORD"):
        add("anna", [Role.OPERATOR])
