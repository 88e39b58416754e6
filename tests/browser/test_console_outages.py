"""An outage on its picture in a real browser: by mouse, touch, keyboard, and without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.conftest import Reader, Site, seen
from tests.faces.editor import CORRECT, JANUARY, LIST, NAME, NEW, PAGE
from tests.faces.programme import AT

from ristoro.errands.places import outages as folder
from ristoro.kernel.spans import MINUTE
from ristoro.outages import versions
from ristoro.outages.declaring import declare
from ristoro.outages.drafts.draft import Draft
from ristoro.outages.drafts.judge import judge

Make = Callable[..., Reader]

LOOKS = [(320, "it", "dark"), (1366, "en", "light")]
BAR = 'svg.bar[data-window="{}"][data-first]'
IOS = BAR.format(1)


@pytest.fixture
def january(site: Site) -> Site:
    """The January outage, declared."""
    declare(JANUARY.read_bytes(), "january", folder(), site.programme.staff["Olga"], AT, AT)
    return site


def draft(page: Any) -> Draft:
    return judge(page.input_value("[name=draft]")).draft


def ends(page: Any, number: int) -> tuple[str, str]:
    window = draft(page).windows[number]
    return window.start, window.end


def until(page: Any, number: int, expected: tuple[str, str]) -> None:
    """Wait until the window stands so in the draft."""
    seen(page, lambda: len(draft(page).windows) > number and ends(page, number) == expected)
    page.wait_for_selector("#editor:not(.busy)")


def changed(page: Any, before: str) -> None:
    """Wait until the draft is another."""
    seen(page, lambda: page.input_value("[name=draft]") != before)


def settled(page: Any, windows: int) -> None:
    """Wait until the draft has so many windows."""
    seen(page, lambda: len(draft(page).windows) == windows)
    page.wait_for_selector("#editor:not(.busy)")


def test_every_page_fits_is_accessible_and_works_without_script(
    reader: Make, january: Site
) -> None:
    troubles = []
    for width, lang, scheme in LOOKS:
        one = reader(width, lang, scheme)
        one.sign_in("Olga")
        for path in (LIST, f"{PAGE}?apri=libero.webmail", NEW):
            one.open(path)
            troubles += one.troubles()
        page = one.open(CORRECT)
        page.click("button[value='choose:1']")
        page.wait_for_selector("#w-end")
        page.fill("#w-end", "2023-01-22T00:00")
        page.click(".window button[value=show]")
        page.wait_for_selector("#faults")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        troubles += one.troubles()
        page.fill("#w-end", "2023-02-01T06:00")
        page.click("button[value=review]")
        page.wait_for_selector("#reason")
        troubles += one.troubles()
    assert troubles == []
    it_all_works_without_script(reader)


def it_all_works_without_script(reader: Make) -> None:
    one = reader(390, java_script_enabled=False)
    one.sign_in("Olga")
    page = one.open(CORRECT)
    page.click("button[value^='add:virgilio.inbound']")
    page.fill("#w-start", "2023-01-27T09:00")
    page.fill("#w-end", "2023-01-27T11:00")
    page.fill("#w-stores", "vir-01..vir-04")
    page.fill("#w-source", "registro")
    page.press("#w-source", "Enter")
    assert ends(page, 4) == ("2023-01-27T09:00", "2023-01-27T11:00")
    page.click("button[value=review]")
    assert "+120" in page.inner_text("main")
    page.fill("#reason", "mancava")
    page.click("button[value=confirm]")
    assert page.url.endswith(PAGE)
    assert versions.version(folder(), NAME).reason == "mancava"


def test_bars_are_drawn_moved_and_resized_by_hand_and_undone(reader: Make, january: Site) -> None:
    one = reader(1366)
    one.sign_in("Olga")
    page = one.open(CORRECT)
    start, end = draft_before(1)
    drag(page, page.locator(IOS), 0.5, 60)
    moved = ends(page, 1)
    assert moved[0] > start
    assert moved[1] > end
    page.click("[data-undo]")
    until(page, 1, (start, end))
    drag(page, page.locator(IOS), 0.997, -100)
    assert ends(page, 1)[0] == start
    assert ends(page, 1)[1] < end
    page.click("[data-undo]")
    until(page, 1, (start, end))
    page.click("[data-redo]")
    page.wait_for_selector("[data-redo][disabled]")
    assert ends(page, 1)[1] < end
    drag(page, page.locator("#r-virgilio\\.inbound svg.plot"), 0.7, 80)
    settled(page, 5)
    drawn = draft(page).windows[4]
    assert (drawn.components, drawn.brands, drawn.stores) == ("inbound", "virgilio", "")
    assert int(drawn.start[-2:]) % 5 == 0
    assert page.input_value("#w-start") == drawn.start
    a_finger_drags_a_bar(reader)


def draft_before(number: int) -> tuple[str, str]:
    window = judge(JANUARY.read_text(encoding="utf-8")).draft.windows[number]
    return window.start, window.end


def drag(page: Any, shape: Any, share: float, by: int) -> None:
    """Drag sidewards with the mouse, and wait for the draft that comes of it."""
    before = page.input_value("[name=draft]")
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    x, y = box["x"] + box["width"] * share, box["y"] + 11
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=3)
    assert page.inner_text(".told")
    page.mouse.move(x + by, y, steps=3)
    page.mouse.up()
    changed(page, before)
    page.wait_for_selector("#editor:not(.busy)")


def a_finger_drags_a_bar(reader: Make) -> None:
    one = reader(390, has_touch=True)
    one.sign_in("Olga")
    page = one.open(CORRECT)
    page.locator(IOS).scroll_into_view_if_needed()
    box = page.locator(IOS).bounding_box()
    before = page.input_value("[name=draft]")
    finger = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 11

    def touch(kind: str, by: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x + by, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    for step in range(1, 9):
        touch("touchMove", step * -5)
    touch("touchEnd", 0)
    changed(page, before)
    start, end = draft_before(1)
    assert ends(page, 1)[0] < start
    assert ends(page, 1)[1] < end


def test_the_keyboard_alone_corrects_and_declares(reader: Make, january: Site) -> None:
    one = reader(1366)
    one.sign_in("Olga")
    page = one.open(CORRECT)
    page.locator(IOS).focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+PageDown"):
        page.keyboard.press(key)
    until(page, 1, ("2023-01-23T00:00", "2023-02-01T01:10"))
    assert page.evaluate("document.activeElement.dataset.window") == "1"
    page.keyboard.press("Control+ArrowLeft")
    until(page, 1, ("2023-01-22T23:55", "2023-02-01T01:10"))
    page.keyboard.press("Control+z")
    until(page, 1, ("2023-01-23T00:00", "2023-02-01T01:10"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#w-start:focus")
    page.fill("#w-source", "registro dell'app")
    page.locator(IOS).focus()
    page.keyboard.press("ArrowRight")
    until(page, 1, ("2023-01-23T00:05", "2023-02-01T01:15"))
    assert draft(page).windows[1].source == "registro dell'app"
    page.locator(BAR.format(3)).focus()
    page.keyboard.press("Delete")
    settled(page, 3)
    page.locator("button[value=review]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#reason")
    page.keyboard.press("Tab")
    page.fill("#reason", "orari dell'app")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PAGE}")
    last = versions.version(folder(), NAME)
    assert (last.version, last.reason) == (2, "orari dell'app")
    ios = [window for window in last.windows if window.component == "ios"]
    assert {w.end - w.start for w in ios if w.end} == {(9 * 24 * 60 + 70) * MINUTE}
