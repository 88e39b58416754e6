"""Chromium in front of the real web process; skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.browser.webmail_stage import Stage
from tests.browser.webmail_stage import stage as webmail
from tests.databases import Database, free_port
from tests.faces.conftest import programme, programme_template
from tests.faces.programme import PASSWORD, Programme

from ristoro.cli.behind import web_of

__all__ = ["programme", "programme_template"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).with_name("vendor") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


FRAME = "() => new Promise((done) => requestAnimationFrame(() => done()))"
PATIENCE = 60
"""Seconds that something may take to be seen, on a busy machine."""


def seen(page: Any, true: Callable[[], bool]) -> None:
    """Look after each frame that the page paints, until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, page.inner_text("body")
        page.evaluate(FRAME)


def reloaded(page: Any, true: Callable[[], bool]) -> None:
    """Load the page again and again, until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, page.inner_text("body")
        page.reload()


def holder_page(context: Any, base: str, address: str, password: str) -> Any:
    """A page of a holder who has signed in to the webmail through the form."""
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{base}/entra/")
    page.fill("#address", address)
    page.fill("#password", password)
    page.click("main button.main")
    page.wait_for_url("**/posta/")
    return page


def troubles(page: Any) -> list[str]:
    """What is wrong with the page as it is: too wide, refused by the policy, found by axe."""
    page.wait_for_load_state()
    found = [f"policy: {one}" for one in page.evaluate("window.violations")]
    wide, width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide > width:
        found.append(f"{wide} px wide on a screen of {width}")
    return [f"{page.url}: {one}" for one in [*found, *faults(page)]]


def faults(page: Any) -> list[str]:
    """What axe finds on the page as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    judged = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"axe {one['id']}: {node['html'][:200]}"
        for one in judged["violations"]
        for node in one["nodes"]
    ]


@dataclass(frozen=True)
class Site:
    """The web process: where it is, and what it serves."""

    base: str
    programme: Programme


@pytest.fixture
def site(programme: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """``ristoro serve --background``, ended by what ``ristoro stop`` calls."""
    home = tmp_path / "home"
    database = Database("sqlite", f"sqlite://{tmp_path / 'ristoro.sqlite'}")
    for name, value in database.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RISTORO_SECRET_KEY", "a key for sessions in tests")
    port = free_port()
    command = [sys.executable, "-m", "ristoro", "serve", "--background", "--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    try:
        yield Site(f"http://127.0.0.1:{port}", programme)
    finally:
        assert web_of(home).stop()


@pytest.fixture(scope="session")
def stage(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Stage]:
    """The webmail in front of the January 2023 programme, once for all tests."""
    with webmail(sqlite_template, tmp_path_factory.mktemp("webmail"), django_db_blocker) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (Debian: chromium)")
    # Playwright's own loop runs beside the test, and Django takes it for one that the test is in.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    try:
        with playwright.sync_playwright() as driver:
            launched = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield launched
            launched.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Reader:
    """A person with a browser of some width, language and colours."""

    page: Any
    site: Site

    def open(self, path: str) -> Any:
        """Go there; the page."""
        self.page.goto(self.site.base + path)
        return self.page

    def sign_in(self, name: str) -> None:
        """Through the form."""
        self.open("/console/entra/")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button")
        assert self.page.url.endswith(("/console/", "/sportello/")), self.page.inner_text("main")

    def troubles(self) -> list[str]:
        return troubles(self.page)


@pytest.fixture
def reader(browser: Any, site: Site) -> Iterator[Any]:
    """Makes readers: ``reader(width=320, lang="en", scheme="dark")``."""
    contexts = []

    def make(width: int = 1280, lang: str = "it", scheme: str = "light", **more: Any) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale={"it": "it-IT", "en": "en-GB"}[lang],
            color_scheme=scheme,
            **more,
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        return Reader(context.new_page(), site)

    yield make
    for context in contexts:
        context.close()
