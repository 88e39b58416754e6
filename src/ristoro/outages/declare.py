"""The YAML of an outage read into an ``Outage``, or refused whole with every place that is wrong.

A person writes few windows over many components and stores; what comes out is one window for each
component on each store, so that nothing after this needs to know how it was written. Times have
an offset or are local in the outage's zone; a local time that happens twice or never is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ristoro.kernel.documents import Fields, Value, read_bytes, read_file
from ristoro.kernel.errors import BadInput, Place, Problem, bad_input
from ristoro.outages.outage import CAUSES, CONDITIONS, Exclusion, Outage, Window
from ristoro.outages.scope import Cell, Scope, read_stores

DOWN, DEGRADED = CONDITIONS
ALL_FAILED = 1000

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("outage", "version", "title", "zone", "stores", "windows")
_OPTIONAL = ("exclusions", "corrects", "reason", "sources")
_WINDOW_OPTIONAL = (
    "brands", "stores", "to", "condition", "error-rate", "planned", "announced", "source",
    "reopening",
)  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Stage:
    """One entry of ``reopening``: these cells are back at ``at``."""

    cells: frozenset[Cell]
    components: frozenset[str]
    at: int
    place: Place


def read_outage(path: Path) -> Outage:
    """The outage that a file declares; ``BadInput`` with everything that is wrong in it."""
    return outage_from(read_file(path))


def read_outage_text(text: bytes, name: str) -> Outage:
    """The outage that YAML text declares; ``name`` is the file named in messages."""
    return outage_from(read_bytes(text, name))


def outage_from(root: Value) -> Outage:
    """The outage in a document's tree.

    1. The head is read; what is wrong in it is reported alone, for the rest depends on it.
    2. Every window and exclusion is read, and all that is wrong in them is reported together.
    """
    fields = root.mapping(_REQUIRED, _OPTIONAL)
    name, version = _name(fields["outage"]), fields["version"].as_int(least=1)
    corrects, reason = _correction(root, fields, version)
    titles = fields["title"].mapping(("it", "en"))
    scope = Scope(fields["zone"].as_zone(), read_stores(fields["stores"]))
    windows = _windows(fields["windows"], scope)
    written = fields.get("exclusions")
    exclusions = () if written is None else _exclusions(written, scope, windows)
    sources = fields.get("sources")
    return Outage(
        name=name,
        version=version,
        title={language: titles[language].as_text() for language in ("it", "en")},
        zone=scope.zone,
        stores=scope.stores,
        windows=windows,
        exclusions=exclusions,
        corrects=corrects,
        reason=reason,
        sources=() if sources is None else tuple(s.as_text() for s in sources.list_or_one()),
    )


def windows_of(root: Value) -> tuple[tuple[Window, ...] | BadInput, ...]:
    """Each window as it is written, spread out, or what is wrong with it: to draw a text that is
    not right yet. ``BadInput`` where what windows speak of, zone or stores, cannot be read."""
    fields = root.mapping()
    written = fields.get("windows")
    if written is None:
        return ()
    for name in ("zone", "stores"):
        root.mapping(required=(name,), optional=tuple(fields))
    scope = Scope(fields["zone"].as_zone(), read_stores(fields["stores"]))
    return tuple(_read(item, scope) for item in written.sequence())


def _read(item: Value, scope: Scope) -> tuple[Window, ...] | BadInput:
    try:
        return _window(item, scope)
    except BadInput as error:
        return error


# The head


def _name(value: Value) -> str:
    name = value.as_text()
    if not _NAME.fullmatch(name) or len(name) > 80:
        raise bad_input(
            "bad-name",
            f"{name!r} cannot name an outage",
            "the name becomes a folder's name and is typed in commands",
            "use a to z, 0 to 9 and single hyphens, at most 80 characters",
            value.place,
        )
    return name


def _correction(root: Value, fields: Fields, version: int) -> tuple[str | None, str]:
    corrects, reason = fields.get("corrects"), fields.get("reason")
    if version == 1:
        for value in (corrects, reason):
            if value is not None:
                raise bad_input(
                    "first-corrects",
                    "version 1 has nothing to correct",
                    "it is the first that was declared",
                    "remove `corrects:` and `reason:`, or raise the version",
                    value.place,
                )
        return None, ""
    for field, value in (("corrects", corrects), ("reason", reason)):
        if value is None:
            raise bad_input(
                "unexplained-correction",
                f"version {version} has no {field!r}",
                "a correction names the digest of the version before it and says why",
                f"add `{field}:`",
                Place(root.place.file, fields["version"].place.line,
                      fields["version"].place.column, field),
            )  # fmt: skip
    assert corrects is not None
    assert reason is not None
    digest = corrects.as_text()
    if not _DIGEST.fullmatch(digest):
        raise bad_input(
            "bad-digest",
            f"{digest!r} is no digest",
            "a digest is 64 digits and letters a to f",
            "copy the digest that `ristoro outage show` prints for the version before",
            corrects.place,
        )
    return digest, reason.as_text()


# Windows


def _windows(value: Value, scope: Scope) -> tuple[Window, ...]:
    written = value.sequence()
    if not written:
        raise bad_input(
            "no-windows",
            "no window is declared",
            "an outage without windows touches nobody",
            "add a window under `windows:`, with components, from and to",
            value.place,
        )
    spread = _each(written, lambda item: _window(item, scope))
    seen: dict[Window, Place] = {}
    problems: dict[Place, Problem] = {}
    for item, windows in zip(written, spread, strict=True):
        for window in windows:
            first = seen.setdefault(window, item.place)
            if first is not item.place:
                problems.setdefault(item.place, _duplicate(window, first, item.place))
    if problems:
        raise BadInput(*problems.values())
    return tuple(seen)


def _duplicate(window: Window, first: Place, again: Place) -> Problem:
    return Problem(
        "duplicate-window",
        f"{window.component} on {window.store} is declared twice for the same time",
        f"the same window stands at line {first.line}",
        "remove one of the two, or mend the time, component or store that was meant to differ",
        again,
    )


def _window(item: Value, scope: Scope) -> tuple[Window, ...]:
    fields = item.mapping(("components", "from"), _WINDOW_OPTIONAL)
    cells = scope.cells(fields)
    start = scope.instant(fields["from"])
    end = _end(fields, start, scope)
    condition, error = _condition(fields)
    planned, announced = _planning(fields, start, scope)
    source = fields.get("source")
    stages = fields.get("reopening")
    back = {} if stages is None else _reopenings(stages, scope, cells, (start, end))
    return tuple(
        Window(
            component=component,
            brand=brand,
            store=store,
            start=start,
            end=back.get((component, brand, store), end),
            condition=condition,
            error_permille=error,
            planned=planned,
            announced_at=announced,
            source="" if source is None else source.as_text(),
        )
        for component, brand, store in cells
    )


def _end(fields: Fields, start: int, scope: Scope) -> int | None:
    value = fields.get("to")
    if value is None:
        return None
    end = scope.instant(value)
    if end <= start:
        raise bad_input(
            "ends-before-start",
            "this ends no later than it starts",
            "a span holds its first instant and not its last, so this one would hold nothing",
            "put `to:` after `from:`, or leave it out while the outage is still going",
            value.place,
        )
    return end


def _condition(fields: Fields) -> tuple[str, int | None]:
    written, rate = fields.get("condition"), fields.get("error-rate")
    condition = DOWN if written is None else written.as_choice(CONDITIONS)
    if rate is None:
        return condition, ALL_FAILED if condition == DOWN else None
    if condition == DOWN:
        raise bad_input(
            "rate-of-down",
            "a window that is down has an error rate",
            "down means that every request failed",
            "write `condition: degraded`, or remove `error-rate:`",
            rate.place,
        )
    return condition, _permille(rate)


def _permille(value: Value) -> int:
    text = value.as_text()
    digits = re.fullmatch(r"(\d{1,3})(?:\.(\d))?\s*%", text)
    permille = int(digits[1]) * 10 + int(digits[2] or 0) if digits else 0
    if not 0 < permille <= ALL_FAILED:
        raise bad_input(
            "bad-error-rate",
            f"{text!r} is not a share of failed requests",
            "an error rate is more than 0 % and at most 100 %, in steps of 0.1 %",
            "write it as `12.5 %`, or leave it out if it is not known",
            value.place,
        )
    return permille


def _planning(fields: Fields, start: int, scope: Scope) -> tuple[bool, int | None]:
    written, value = fields.get("planned"), fields.get("announced")
    planned = written is not None and written.as_bool()
    if value is None:
        return planned, None
    if not planned:
        raise bad_input(
            "announced-unplanned",
            "a window that is not planned is announced",
            "only planned work can be announced before it starts",
            "add `planned: true`, or remove `announced:`",
            value.place,
        )
    announced = scope.instant(value)
    if announced > start:
        raise bad_input(
            "announced-late",
            "this planned window is announced after it starts",
            "an announcement after the fact excuses nothing",
            "mend the time, or remove `announced:` and `planned:`",
            value.place,
        )
    return planned, announced


# Staged reopening


def _reopenings(
    value: Value, scope: Scope, cells: tuple[Cell, ...], span: tuple[int, int | None]
) -> dict[Cell, int]:
    """When each cell is back. Where a stage by store and one by component both name a cell, it
    is back at the later of the two: a way in works when its store and its program do."""
    stages = _each(value.sequence(), lambda item: _stage(item, scope, frozenset(cells), span))
    back: dict[Cell, int] = {}
    for number, stage in enumerate(stages):
        for earlier in stages[:number]:
            both = stage.cells & earlier.cells
            if both and stage.components == earlier.components:
                store = min(store for _, _, store in both)
                raise bad_input(
                    "reopens-twice",
                    f"{store} reopens at two different entries",
                    f"it is also in the entry at line {earlier.place.line}",
                    "leave each store in one entry",
                    stage.place,
                )
        for cell in stage.cells:
            back[cell] = max(stage.at, back.get(cell, stage.at))
    return back


def _stage(
    item: Value, scope: Scope, window: frozenset[Cell], span: tuple[int, int | None]
) -> _Stage:
    fields = item.mapping(("at",), ("components", "brands", "stores"))
    if not {"components", "brands", "stores"} & set(fields):
        raise bad_input(
            "reopens-nothing",
            "this entry does not say what reopens",
            "what reopens everything is the window's own `to:`",
            "add `stores:`, `brands:` or `components:`",
            item.place,
        )
    cells = frozenset(scope.cells(fields)) & window
    if not cells:
        raise bad_input(
            "reopens-nothing",
            "nothing of this window reopens here",
            "none of these components and stores is in the window",
            "mend the components or stores, or remove the entry",
            item.place,
        )
    start, end = span
    at = scope.instant(fields["at"])
    if at <= start or (end is not None and at > end):
        raise bad_input(
            "reopens-outside",
            "this reopens outside its window",
            "a reopening is after the window's `from:` and no later than its `to:`",
            "mend the time, or the window's ends",
            fields["at"].place,
        )
    return _Stage(cells, frozenset(cell[0] for cell in cells), at, item.place)


# Exclusions


def _exclusions(value: Value, scope: Scope, windows: tuple[Window, ...]) -> tuple[Exclusion, ...]:
    spread = _each(value.sequence(), lambda item: _exclusion(item, scope, windows))
    return tuple(dict.fromkeys(exclusion for part in spread for exclusion in part))


def _exclusion(item: Value, scope: Scope, windows: tuple[Window, ...]) -> tuple[Exclusion, ...]:
    fields = item.mapping(("components", "from", "to", "cause", "reason"), ("brands", "stores"))
    start = scope.instant(fields["from"])
    end = _end(fields, start, scope)
    if end is None:
        raise fields["to"].wrong("the end of the excluded time", "write it as 2023-01-23T00:00")
    cells = frozenset(scope.cells(fields))
    touched = {
        (w.component, w.brand, w.store)
        for w in windows
        if w.start < end and (w.end is None or w.end > start)
    } & cells
    if not touched:
        raise bad_input(
            "excludes-nothing",
            "no window lies in this excluded time",
            "an exclusion takes time out of windows, and here there is none",
            "mend its time, components or stores, or remove it",
            item.place,
        )
    cause, reason = fields["cause"].as_choice(CAUSES), fields["reason"].as_text()
    return tuple(Exclusion(*cell, start, end, cause, reason) for cell in sorted(touched))


def _each(items: Sequence[Value], read: Callable[[Value], T]) -> list[T]:
    """Every item read; what is wrong in any of them is raised as one ``BadInput``."""
    results: list[T] = []
    problems: list[Problem] = []
    for item in items:
        try:
            results.append(read(item))
        except BadInput as error:
            problems.extend(error.problems)
    if problems:
        raise BadInput(*problems)
    return results
