"""Each layer around a stranger's page, alone in Chromium: the others are taken away.

The hostile corpus is shown as it was sent, not cleaned. Without any layer most of it acts, which
shows that the test would see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.webmail.reading.corpus import HOSTILE

from ristoro.edges.mailboxes.message import open_message
from ristoro.faces.webmail.policy import POLICY
from ristoro.faces.webmail.reading import frame
from ristoro.faces.webmail.reading.cleaning import clean

HOME = "https://mail.example/"
CLEAR = """
() => {
  scrollTo(0, 0);
  const head = document.getElementById('head')?.getBoundingClientRect();
  return Boolean(head) && [0.02, 0.5, 0.98].every((part) => {
    const found = document.elementFromPoint(head.left + part * head.width, head.top + 20);
    return found !== null && found.id === 'head';
  });
}
"""
STYLE = "<style>body{margin:0}#head{height:60px;background:#0a4ea3}</style>"


@dataclass
class Seen:
    """What pages did that a letter may not do."""

    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.asked, *self.dialogs, *self.left, *self.covered]


@dataclass(frozen=True)
class Layers:
    """What is around each page: how its frame is marked, and the policies."""

    frame: str = ""
    policy: str = ""
    top_policy: str = ""


@dataclass
class Stage:
    """A browser page whose every request is answered or noted here, and none leaves."""

    page: Any
    answers: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    own: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)

    def show(self, pages: Mapping[str, str], layers: Layers) -> Seen:
        """Show all of these pages, each in a frame of one page of ours."""
        frames = "".join(
            f'<iframe {layers.frame} name="{name}" src="/{name}" width=600 height=120></iframe>'
            for name in pages
        )
        top = f"<!doctype html><title>t</title>{STYLE}<div id=head>Libero Mail</div>{frames}"
        self.answers = {f"{HOME}{name}": _html(page, layers.policy) for name, page in pages.items()}
        self.answers |= self.own
        self.answers[HOME] = _html(top, layers.top_policy)
        self.seen = Seen()
        self.page.goto(HOME, wait_until="load")
        self.page.mouse.move(200, 90)
        self.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        if not self.page.evaluate(CLEAR):
            self.seen.covered.append("the page around the frames")
        if self.page.url != HOME or len(self.page.frames) <= len(pages):
            self.seen.left.append(self.page.url)
        return self.seen

    def note_what_is_covered(self) -> None:
        """Look in each frame for its own ``#head``, where that is shown in the frame."""
        for inner in self.page.frames[1:]:
            if inner.parent_frame == self.page.main_frame and not inner.evaluate(CLEAR):
                self.seen.covered.append(inner.name)

    def answer(self, route: Any) -> None:
        request = route.request
        known = self.answers.get(request.url)
        if known is not None:
            route.fulfill(status=200, body=known[0], headers=known[1])
        elif request.url.startswith(HOME):
            route.fulfill(status=404, body="")
        else:
            noted = f"{request.resource_type} {request.url}"
            leaves = request.is_navigation_request()
            (self.seen.left if leaves else self.seen.asked).append(noted)
            route.fulfill(status=204, body="")

    def dialog(self, dialog: Any) -> None:
        self.seen.dialogs.append(dialog.message)
        dialog.dismiss()


def _html(page: str, policy: str) -> tuple[str, dict[str, str]]:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return page, headers | ({"Content-Security-Policy": policy} if policy else {})


@pytest.fixture(scope="module")
def stage(browser: Any) -> Iterator[Stage]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = Stage(context.new_page())
    context.route("**/*", made.answer)
    made.page.on("dialog", made.dialog)
    yield made
    context.close()


def sent() -> dict[str, str]:
    """The pages of the corpus as they were sent."""
    opened = {path.stem: open_message(path.read_bytes()).page for path in HOSTILE}
    return {name: page for name, page in opened.items() if page}


def in_our_page(page: str) -> str:
    """A page of the application into which a letter's page has come as it was sent."""
    return (
        f"<!doctype html><title>t</title>{STYLE}<div id=head>Libero Mail</div><main>{page}</main>"
    )


def styled_by_us(page: str) -> str:
    """The same with our style in a sheet, as the policy asks."""
    return in_our_page(page).replace(STYLE, '<link rel="stylesheet" href="/own.css">')


def test_without_any_layer_the_corpus_acts(stage: Stage) -> None:
    """Or else what follows would show nothing."""
    pages = sent()
    assert len(pages) >= 60
    seen = stage.show(pages, Layers())
    assert len(seen.dialogs) >= 15, seen.dialogs
    assert len(seen.asked) >= 50, seen.asked
    seen = stage.show({name: in_our_page(page) for name, page in pages.items()}, Layers())
    stage.note_what_is_covered()
    assert "overlay-fixed" in seen.covered


def test_cleaning_alone_holds(stage: Stage) -> None:
    """The cleaned page, in a frame that may do everything and in the middle of our page."""
    cleaned = {name: clean(page, {}).page for name, page in sent().items()}
    assert stage.show(cleaned, Layers()).all == []
    seen = stage.show({name: in_our_page(page) for name, page in cleaned.items()}, Layers())
    stage.note_what_is_covered()
    assert seen.all == []


def test_the_sandbox_alone_holds(stage: Stage) -> None:
    """The page as it was sent, without a policy: nothing runs, and nobody leaves or is covered.

    A sandbox does not keep pictures from being fetched: the layers before and after it do.
    """
    seen = stage.show(sent(), Layers(frame=f'sandbox="{frame.SANDBOX}"'))
    assert [*seen.dialogs, *seen.covered] == []
    assert [one for one in seen.asked if one.startswith(("fetch", "xhr", "ping"))] == []
    assert stage.page.url == HOME


def test_the_policy_of_the_frame_alone_holds(stage: Stage) -> None:
    """The page as it was sent, without a sandbox: nothing runs and nothing is fetched."""
    seen = stage.show(sent(), Layers(policy=frame.content_policy()))
    assert [*seen.asked, *seen.dialogs, *seen.covered] == []


def test_the_policy_of_the_application_alone_holds(stage: Stage) -> None:
    """The page as it was sent in the middle of a page of ours, as if nothing were escaped."""
    # A policy in a frame of this test: that ours may not be framed at all is not what is tested.
    policy = POLICY.replace("frame-ancestors 'none'; ", "")
    assert policy != POLICY
    sheet = (STYLE.removeprefix("<style>").removesuffix("</style>"), {"Content-Type": "text/css"})
    pages = {name: styled_by_us(page) for name, page in sent().items()}
    stage.own = {f"{HOME}own.css": sheet}
    seen = stage.show(pages, Layers(policy=policy))
    stage.note_what_is_covered()
    assert [*seen.asked, *seen.dialogs, *seen.covered] == []


def test_the_application_keeps_the_frame_where_it_is(stage: Stage) -> None:
    """A refresh to elsewhere, which no policy of the frame can stop, is stopped by the page."""
    page = open_message((HOSTILE[0].parent / "meta-refresh.eml").read_bytes()).page
    assert stage.show({"a": page}, Layers(top_policy=POLICY)).left == []
