"""Signing in and out, and what a session is worth."""

from __future__ import annotations

import pytest
from tests.webmail.conftest import Reader, fill

pytestmark = pytest.mark.host


def test_a_holder_signs_in_with_the_mailbox_s_own_password(visitor: Reader) -> None:
    fill(visitor.box, 1)
    assert visitor.get("/posta/")["location"] == "/entra/"
    answer = visitor.sign_in()
    assert (answer.status_code, answer["location"]) == (303, "/posta/")
    assert "Messaggio 1" in visitor.get("/posta/").content.decode()
