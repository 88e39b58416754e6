"""Leaving, in Chromium: a download that goes on, and a move that is seen to go on."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import troubles
from tests.browser.test_webmail_writing import Desk, Open, desk, mail, opened
from tests.mailboxes.conftest import fill
from tests.mailboxes.test_moving import now

from ristoro import env
from ristoro.edges.mailboxes.passage import Passage, path_of

__all__ = ["desk", "mail", "opened"]

pytestmark = pytest.mark.host
REST = """async ([url, first]) => {
  const answer = await fetch(url, { headers: { Range: `bytes=${first}-` } });
  return [answer.status, Array.from(new Uint8Array(await answer.arrayBuffer()))];
}"""


def test_a_mailbox_is_downloaded_and_a_part_of_it_is_gone_on_with(
    opened: Open, desk: Desk, tmp_path: Path
) -> None:
    fill(desk.box, 30)
    page = opened()
    page.goto(f"{desk.base}/esporta/")
    page.click("main form button.main")
    page.wait_for_selector(".file")
    assert troubles(page) == []
    with page.expect_download() as got:
        page.click("a[href$='mbox.zip']")
    whole = tmp_path / "whole.zip"
    got.value.save_as(whole)
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
    link = page.get_attribute("a[href$='mbox.zip']", "href")
    status, rest = page.evaluate(REST, [link, 1000])
    assert status == 206
    assert bytes(rest) == whole.read_bytes()[1000:]


@pytest.fixture
def passage(desk: Desk) -> Any:
    """A move of the holder's that another process is at work on."""
    folder = env.current().home / "moves"
    made = Passage(path_of(folder, desk.box.address, "imap.example.org", "anna@example.org"))
    made.held()
    made.begin(desk.box.address, "anna@example.org (imap.example.org)", now())
    made.add_ways([("INBOX", 1, "INBOX", 200)])
    yield made
    made.close()


def test_a_move_is_followed_where_it_is_shown(opened: Open, desk: Desk, passage: Passage) -> None:
    page = opened()
    page.clock.install()
    page.goto(f"{desk.base}/esporta/trasloco/")
    assert page.get_attribute("progress", "value") == "0"
    expect(page.locator("#host")).to_have_count(0)
    page.focus("#stop1")
    for uid in range(80):
        passage.arrived(1, uid, uid)
    page.clock.fast_forward(4_000)
    page.wait_for_selector("progress[value='80']")
    assert page.evaluate("document.activeElement.id") == "stop1"
    passage.end(now())
    passage.close()
    page.clock.fast_forward(4_000)
    page.wait_for_selector("#told:has-text('copiato tutto')", state="attached")
    expect(page.locator("#host")).to_have_count(1)
    assert troubles(page) == []


def test_a_move_is_followed_without_javascript(opened: Open, desk: Desk, passage: Passage) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"{desk.base}/esporta/trasloco/")
    passage.arrived(1, 1, 1)
    page.click("text=Guarda a che punto è")
    assert "1 messaggi copiati su 200" in page.inner_text("main")
    page.click("text=Ferma")
    assert not passage.is_wanted()
