"""The editor's sheet: a draft and how it is looked at, carried by the page from act to act.

The text of the draft is in the page itself: nothing is kept here until it is declared, and going
back in the browser goes back in the draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict

from ristoro.faces.console.outages import form
from ristoro.faces.console.outages.drawing import Plot
from ristoro.kernel import clock
from ristoro.kernel.spans import DAY, MINUTE, Span
from ristoro.outages import picture
from ristoro.outages.drafts import acts
from ristoro.outages.drafts.draft import Draft, DraftWindow
from ristoro.outages.drafts.judge import Judged, judge
from ristoro.outages.drafts.text import rewritten

STEP = 5 * MINUTE
LEAST, MOST = 30 * MINUTE, 3 * 366 * DAY
FALLBACK = ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page sends and gets back."""

    judged: Judged
    now: datetime
    span: Span | None = None
    """What is looked at; ``None`` for all of it."""
    in_utc: bool = False
    opened: frozenset[str] = frozenset()
    chosen: int | None = None
    """The window whose fields are shown."""

    @property
    def draft(self) -> Draft:
        return self.judged.draft

    @property
    def until(self) -> int:
        """Up to when what is still going is drawn."""
        return clock.micros(self.now)

    @property
    def zone(self) -> ZoneInfo:
        """The draft's zone, or Italy's while that is none."""
        try:
            return clock.zone(self.draft.zone)
        except ValueError:
            return FALLBACK

    @property
    def plot(self) -> Plot:
        span = self.span or picture.view(self.judged.written, self.until)
        return Plot(span, self.zone, self.in_utc)

    def said(self, draft: Draft, **more: object) -> Sheet:
        """With the draft changed, judged anew; other fields by name."""
        judged = self.judged
        if draft != judged.draft:
            judged = judge(rewritten(judged.text, draft))
        return replace(self, judged=judged, **more)  # type: ignore[arg-type]


def sheet_of(post: QueryDict, now: datetime) -> Sheet:
    """The sheet that a page sent, with what was typed into its fields taken over.

    ``BadInput`` where the draft's text is none.
    """
    judged = judge(post.get("draft", ""))
    count = len(judged.draft.windows)
    chosen = _number(post.get("chosen", ""), count)
    sheet = Sheet(
        judged,
        now,
        _span(post.get("view", "")),
        post.get("utc") == "1",
        frozenset(post.getlist("opened")[: form.MOST_LINES]),
        chosen,
    )
    draft, has = judged.draft, set(post.getlist("has"))
    if "head" in has:
        draft = form.head_of(post, draft)
    if "exclusions" in has:
        draft = form.exclusions_of(post, draft)
    if "window" in has and chosen is not None:
        brands = [brand for brand, _ in draft.stores]
        window = form.window_of(post, draft.windows[chosen], brands)
        draft = acts.replaced(draft, chosen, window)
    return sheet.said(draft)


def done(sheet: Sheet, act: str) -> Sheet:
    """The sheet after an act, written ``verb:argument:…``; one that is unknown changes nothing."""
    verb, *words = act.split(":")
    acted = _ACTS.get(verb)
    return sheet if acted is None else acted(sheet, [*words, "", "", "", ""])


def _choose(sheet: Sheet, words: list[str]) -> Sheet:
    return replace(sheet, chosen=_number(words[0], len(sheet.draft.windows)))


def _remove(sheet: Sheet, words: list[str]) -> Sheet:
    number = _number(words[0], len(sheet.draft.windows))
    if number is None:
        return sheet
    chosen = None if sheet.chosen in (None, number) else sheet.chosen
    if chosen is not None and chosen > number:
        chosen -= 1
    return sheet.said(acts.removed(sheet.draft, number), chosen=chosen)


def _double(sheet: Sheet, words: list[str]) -> Sheet:
    """The same window an hour later, for there are no two of the same time."""
    number = _number(words[0], len(sheet.draft.windows))
    if number is None:
        return sheet
    window = sheet.draft.windows[number]
    start = acts.instant_of(window.start, sheet.zone)
    end = acts.instant_of(window.end, sheet.zone)
    hour = 60 * MINUTE
    if start is not None:
        later = None if end is None else end + hour
        window = acts.moved(window, start + hour, later, sheet.zone)
    return _with(sheet, window)


def _add(sheet: Sheet, words: list[str]) -> Sheet:
    """A window in the middle of what is seen, or up to now."""
    span = sheet.plot.span
    length = max(STEP, _step(span.length // 12))
    middle = min(span.start + span.length // 2, sheet.until)
    start = _step(middle - length // 2)
    return _drawn(sheet, words[0], words[1], start, start + length)


def _draw(sheet: Sheet, words: list[str]) -> Sheet:
    start, end = _instant(words[2]), _instant(words[3])
    if start is None or end is None:
        return sheet
    start, end = min(start, end), max(start, end)
    return _drawn(sheet, words[0], words[1], start, max(end, start + STEP))


def _drawn(sheet: Sheet, row: str, stores: str, start: int, end: int) -> Sheet:
    brand, _, component = row.rpartition(".")
    several = len(sheet.draft.stores) > 1
    window = DraftWindow(
        components=component,
        brands=brand if several else "",
        stores=stores,
        start=acts.written_at(start, sheet.zone),
        end=acts.written_at(end, sheet.zone),
    )
    return _with(sheet, window)


def _with(sheet: Sheet, window: DraftWindow) -> Sheet:
    """What is seen stays as it is: a picture that jumps under the hand cannot be drawn on."""
    chosen, span = len(sheet.draft.windows), sheet.plot.span
    return sheet.said(acts.drawn(sheet.draft, window), chosen=chosen, span=span)


def _move(sheet: Sheet, words: list[str]) -> Sheet:
    number = _number(words[0], len(sheet.draft.windows))
    start, end = _instant(words[1]), _instant(words[2])
    if number is None or start is None:
        return sheet
    window = acts.moved(sheet.draft.windows[number], start, end, sheet.zone)
    draft = acts.replaced(sheet.draft, number, window)
    return sheet.said(draft, chosen=number, span=sheet.plot.span)


def _open(sheet: Sheet, words: list[str]) -> Sheet:
    return replace(sheet, opened=sheet.opened ^ {words[0]})


def _utc(sheet: Sheet, words: list[str]) -> Sheet:
    del words
    return replace(sheet, in_utc=not sheet.in_utc)


def _zoom(sheet: Sheet, words: list[str]) -> Sheet:
    """Closer, further, aside, or all of it. What is chosen is the middle of what comes closer."""
    span = sheet.plot.span
    start, length = span.start, span.length
    match words[0]:
        case "all":
            return replace(sheet, span=None)
        case "in":
            length = max(LEAST, length // 2)
            start = _middle(sheet) - length // 2
        case "out":
            length = min(MOST, length * 2)
            start -= (length - span.length) // 2
        case "left":
            start -= length // 2
        case "right":
            start += length // 2
    start = _step(start)
    return replace(sheet, span=Span(start, start + _step(length)))


def _middle(sheet: Sheet) -> int:
    span = sheet.plot.span
    if sheet.chosen is not None and sheet.chosen < len(sheet.judged.written):
        for window in sheet.judged.written[sheet.chosen][:1]:
            drawn = picture.drawn_span(window, sheet.until)
            return (drawn.start + drawn.end) // 2
    return span.start + span.length // 2


_ACTS: Mapping[str, Callable[[Sheet, list[str]], Sheet]] = {
    "choose": _choose,
    "remove": _remove,
    "double": _double,
    "add": _add,
    "draw": _draw,
    "move": _move,
    "open": _open,
    "utc": _utc,
    "zoom": _zoom,
}


def _number(written: str, count: int) -> int | None:
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else -1
    return number if 0 <= number < count else None


_FAR = 4_000_000_000_000_000  # the year 2096, in microseconds


def _instant(written: str) -> int | None:
    plain = written.removeprefix("-")
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 16):
        return None
    at = int(written)
    return at if abs(at) < _FAR else None


def _span(written: str) -> Span | None:
    first, _, last = written.partition("_")
    start, end = _instant(first), _instant(last)
    if start is None or end is None or not LEAST <= end - start <= MOST:
        return None
    return Span(start, end)


def _step(at: int) -> int:
    return at // STEP * STEP
