"""The parts of an outage's text as a person writes them, before anything is judged.

Every part is text: what is wrong with it is for ``judge`` to say, so that whoever edits keeps what
they typed. Empty means left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ristoro.kernel.documents import Fields, Value

HEAD = ("outage", "version", "corrects", "reason", "title", "zone", "stores")
_PARTS = (*HEAD, "sources", "windows", "exclusions")
_LANGUAGES = ("it", "en")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a staged reopening: these are back at ``at``."""

    components: str = ""
    brands: str = ""
    stores: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class DraftWindow:
    """One window as it is written: lists with commas, times as text."""

    components: str = ""
    brands: str = ""
    stores: str = ""
    start: str = ""
    end: str = ""
    condition: str = ""
    error_rate: str = ""
    planned: str = ""
    announced: str = ""
    source: str = ""
    reopening: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftExclusion:
    """One excluded time as it is written."""

    components: str = ""
    brands: str = ""
    stores: str = ""
    start: str = ""
    end: str = ""
    cause: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole text: its head, and what it declares."""

    name: str
    version: str
    title_it: str
    title_en: str
    zone: str
    stores: tuple[tuple[str, str], ...]
    """By brand, in the order written."""
    windows: tuple[DraftWindow, ...] = ()
    exclusions: tuple[DraftExclusion, ...] = ()
    sources: tuple[str, ...] = ()
    corrects: str = ""
    reason: str = ""


WINDOW_FIELDS = {
    "components": "components",
    "brands": "brands",
    "stores": "stores",
    "from": "start",
    "to": "end",
    "condition": "condition",
    "error-rate": "error_rate",
    "planned": "planned",
    "announced": "announced",
    "source": "source",
}
"""A field of the text, and the attribute that has it; ``reopening`` is beside these."""

EXCLUSION_FIELDS = {
    "components": "components",
    "brands": "brands",
    "stores": "stores",
    "from": "start",
    "to": "end",
    "cause": "cause",
    "reason": "reason",
}
STAGE_FIELDS = {"components": "components", "brands": "brands", "stores": "stores", "at": "at"}


def draft_of(root: Value) -> Draft:
    """The parts of a document's tree; ``BadInput`` where it has fields that no outage has, or a
    list where a word belongs, for these could not be kept."""
    fields = root.mapping(optional=_PARTS)
    titles = _mapping(fields, "title", _LANGUAGES)
    stores = fields.get("stores")
    by_brand = () if stores is None else tuple(stores.mapping().items())
    return Draft(
        name=_text(fields, "outage"),
        version=_text(fields, "version"),
        title_it=titles.get("it", ""),
        title_en=titles.get("en", ""),
        zone=_text(fields, "zone"),
        stores=tuple((brand, _list(value)) for brand, value in by_brand),
        windows=tuple(_window(item) for item in _items(fields, "windows")),
        exclusions=tuple(
            DraftExclusion(**_attributes(item, EXCLUSION_FIELDS))
            for item in _items(fields, "exclusions")
        ),
        sources=tuple(_plain(value) for value in _listed(fields, "sources")),
        corrects=_text(fields, "corrects"),
        reason=_text(fields, "reason"),
    )


def _window(item: Value) -> DraftWindow:
    fields = item.mapping(optional=(*WINDOW_FIELDS, "reopening"))
    stages = tuple(
        Stage(**_attributes(stage, STAGE_FIELDS)) for stage in _items(fields, "reopening")
    )
    return DraftWindow(**_read(fields, WINDOW_FIELDS), reopening=stages)


def _attributes(item: Value, names: dict[str, str]) -> dict[str, str]:
    return _read(item.mapping(optional=tuple(names)), names)


def _read(fields: Fields, names: dict[str, str]) -> dict[str, str]:
    lists = ("components", "brands", "stores")
    read = {name: _list(fields[name]) for name in lists if fields.get(name) is not None}
    return {
        attribute: read[name] if name in read else _text(fields, name)
        for name, attribute in names.items()
    }


def _mapping(fields: Fields, name: str, known: tuple[str, ...]) -> dict[str, str]:
    value = fields.get(name)
    return {} if value is None else {k: _plain(v) for k, v in value.mapping((), known).items()}


def _items(fields: Fields, name: str) -> tuple[Value, ...]:
    value = fields.get(name)
    return () if value is None else value.sequence()


def _listed(fields: Fields, name: str) -> Iterator[Value]:
    value = fields.get(name)
    yield from () if value is None else value.list_or_one()


def _list(value: Value) -> str:
    return ", ".join(_plain(item) for item in value.list_or_one())


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return "" if value is None else _plain(value)


def _plain(value: Value) -> str:
    """A word or sentence; ``BadInput`` for a list or a mapping in its place."""
    return "" if value.text is not None and not value.text.strip() else value.as_text()
