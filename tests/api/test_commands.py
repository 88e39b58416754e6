"""The commands: a person makes and revokes their tokens, and adds webhooks, by a password."""

from __future__ import annotations

import re

import pytest
from tests.faces.programme import PASSWORD, Programme

from ristoro.cli import token, webhook
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.staff import tokens
from ristoro.staff.models import Role, Token
from ristoro.workers.hooks.models import Webhook


def test_a_token_is_printed_once_listed_and_revoked(
    programme: Programme, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RISTORO_PASSWORD", "not the password")
    with pytest.raises(NotAllowed, match="sign-in"):
        token.make("nightly", [Role.OPERATOR], "Olga")
    monkeypatch.setenv("RISTORO_PASSWORD", PASSWORD)
    token.make("nightly", [Role.OPERATOR], "Olga", 7)
    found = re.search(r"ristoro_\w{43}", capsys.readouterr().out)
    assert found is not None
    assert tokens.bearer(found[0], clock.now()).person.name == "Olga"
    token.list_("Olga")
    listed = capsys.readouterr().out
    assert "nightly" in listed
    assert found[0] not in listed
    token.revoke(Token.objects.get().pk, "Olga")
    with pytest.raises(NotAllowed, match="wrong-token"):
        tokens.bearer(found[0], clock.now())


def test_a_webhook_is_added_listed_rotated_and_removed(
    programme: Programme, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RISTORO_PASSWORD", PASSWORD)
    with pytest.raises(BadInput, match="webhook-address"):
        webhook.add("http://127.0.0.1:9/x", "Olga")
    monkeypatch.setenv("RISTORO_WEBHOOK_NETWORKS", "127.0.0.0/8")
    webhook.add("http://127.0.0.1:9/x", "Olga", ["run.closed"])
    first = re.search(r"whsec_\S+", capsys.readouterr().out)
    one = Webhook.objects.get()
    webhook.rotate(one.pk, "Olga")
    second = re.search(r"whsec_\S+", capsys.readouterr().out)
    assert first is not None
    assert second is not None
    assert first[0] != second[0]
    webhook.list_()
    webhook.enable(one.pk, "Olga")
    webhook.events()
    said = capsys.readouterr().out
    assert "run.closed, told up to entry" in said
    assert "whsec_" not in said
    webhook.remove(one.pk, "Olga")
    assert not Webhook.objects.exists()
