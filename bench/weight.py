"""Requests and octets on the wire that Chromium needs from the sign-in form to the list."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

try:
    from playwright.sync_api import sync_playwright
except ImportError:  # a measuring machine may have no browser
    sync_playwright = None

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Steps:
    """Where a webmail asks what: its form's fields, its button, and a row of its list."""

    form: str
    again: str
    address: str
    password: str
    button: str
    row: str


OURS = Steps("/entra/", "/posta/", "#address", "#password", "main button.main", "li.row")
ROUNDCUBE = Steps(
    "/?_task=login",
    "/?_task=mail&_mbox=INBOX",
    "#rcmloginuser",
    "#rcmloginpwd",
    "#rcmloginsubmit",
    "#messagelist tbody tr.message",
)


def of_all(port: int, other: int | None, address: str, password: str) -> dict[str, Any] | str:
    """What both need, or why it was not measured."""
    if sync_playwright is None or CHROMIUM is None:
        return "not measured: there is no Chromium, or no Playwright"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = {"ristoro": _of(browser, port, OURS, address, password)}
        if other is not None:
            found["roundcube"] = _of(browser, other, ROUNDCUBE, address, password)
        browser.close()
    return found


def _of(browser: Any, port: int, steps: Steps, address: str, password: str) -> dict[str, Any]:
    base = f"http://127.0.0.1:{port}"
    context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="it-IT")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    came: list[float] = []
    line.on("Network.loadingFinished", lambda told: came.append(told["encodedDataLength"]))

    def counted() -> dict[str, int]:
        page.wait_for_selector(steps.row)
        page.wait_for_load_state("networkidle")
        sent = [one for one in came if one > 0]
        told = {"requests": len(sent), "octets": round(sum(sent))}
        came.clear()
        return told

    page.goto(base + steps.form)
    page.fill(steps.address, address)
    page.fill(steps.password, password)
    page.click(steps.button)
    empty = counted()
    page.goto(base + steps.again)
    warm = counted()
    context.close()
    return {"empty_cache": empty, "again": warm}
