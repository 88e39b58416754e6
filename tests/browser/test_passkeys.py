"""A passkey in Chromium, with an authenticator of the browser's own: made, proven, and bound."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.conftest import Site
from tests.faces.programme import PASSWORD

pytestmark = pytest.mark.whole


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch, programme: Any) -> None:
    del programme
    monkeypatch.setenv("RISTORO_SECOND_FACTOR", "yes")


def test_a_passkey_is_set_up_and_opens_the_door(asked_for: None, site: Site, browser: Any) -> None:
    del asked_for
    base = site.base.replace("127.0.0.1", "localhost")
    page = browser.new_page(locale="en-GB")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": made})

    def sign_in() -> None:
        page.goto(f"{base}/console/")
        page.fill("#id_username", "Olga")
        page.fill("#id_password", PASSWORD)
        page.click("main button:text('Sign in')")

    sign_in()
    page.wait_for_url(f"{base}/console/accesso/")
    page.fill("#passkey-name", "laptop")
    page.click("button:text('Add a passkey')")
    page.wait_for_selector("text=What you have")
    assert "laptop" in page.inner_text("main")
    page.click("header button:text('Sign out')")
    sign_in()
    page.wait_for_selector("text=Use a passkey")
    assert page.is_hidden("#code")
    page.click("button:text('Use a passkey')")
    page.wait_for_url(f"{base}/console/")
    assert "Runs" in page.inner_text("h1")
    page.close()
