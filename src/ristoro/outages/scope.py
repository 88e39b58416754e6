"""What a line of an outage speaks of: components, brands and stores, as a person writes them.

Stores are names, ranges, lists of both, or ``all``. A range keeps its prefix and its width:
``lib-08..lib-11`` is four stores, each of two digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ristoro.kernel import clock
from ristoro.kernel.documents import Fields, Value
from ristoro.kernel.errors import BadInput, bad_input, nearest
from ristoro.outages.columns import COMPONENTS

MOST_STORES = 100_000
_RANGE = re.compile(r"(?P<first>\S+?)\s*\.\.\s*(?P<last>\S+)")
_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<number>\d+)")


Cell = tuple[str, str, str]
"""A component, a brand and a store of that brand."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the windows of one file may speak of."""

    zone: ZoneInfo
    stores: Mapping[str, tuple[str, ...]]

    def cells(self, fields: Fields) -> tuple[Cell, ...]:
        """The cells that ``components``, ``brands`` and ``stores`` choose; left out means all."""
        components = select_components(fields.get("components"))
        brands = select_brands(fields.get("brands"), self.stores)
        chosen = select_stores(fields.get("stores"), {b: self.stores[b] for b in brands})
        return tuple((c, brand, store) for c in components for brand, store in chosen)

    def instant(self, value: Value) -> int:
        """The microseconds of a time, local in the zone unless it has an offset."""
        return clock.micros(value.as_instant(self.zone))


def read_stores(value: Value) -> dict[str, tuple[str, ...]]:
    """The stores of each brand; refuses a store that two entries name, for a mailbox has one."""
    stores: dict[str, tuple[str, ...]] = {}
    owners: dict[str, str] = {}
    for brand, written in value.mapping().items():
        names: list[str] = []
        for item in written.list_or_one():
            for name in expand(item):
                if name in owners:
                    raise bad_input(
                        "store-twice",
                        f"the store {name!r} is named twice",
                        f"it is already a store of {owners[name]}",
                        "leave it in one place",
                        item.place,
                    )
                owners[name] = brand
                names.append(name)
        if not names:
            raise written.wrong("the stores of this brand", "write them as [lib-01..lib-48]")
        stores[brand] = tuple(names)
    if not stores:
        raise value.wrong("brands and their stores", "write them as `libero: [lib-01..lib-48]`")
    return stores


def expand(value: Value) -> tuple[str, ...]:
    """The names that one item stands for: itself, or a range."""
    text = value.as_text()
    if ".." not in text:
        return (text,)
    ends = _RANGE.fullmatch(text)
    first = _NUMBERED.fullmatch(ends["first"]) if ends else None
    last = _NUMBERED.fullmatch(ends["last"]) if ends else None
    if first is None or last is None:
        raise _bad_range(value, text, "both ends of a range end in a number")
    if first["prefix"] != last["prefix"] or len(first["number"]) != len(last["number"]):
        raise _bad_range(value, text, "both ends have the same words and as many digits")
    low, high, width = int(first["number"]), int(last["number"]), len(first["number"])
    if low > high:
        raise _bad_range(value, text, "it runs backwards")
    if high - low >= MOST_STORES:
        raise _bad_range(value, text, f"a range has at most {MOST_STORES} stores")
    return tuple(f"{first['prefix']}{number:0{width}d}" for number in range(low, high + 1))


def select_components(value: Value | None) -> tuple[str, ...]:
    """The components chosen; all where nothing or ``all`` is written."""
    if value is None or _is_all(value):
        return COMPONENTS
    chosen: dict[str, None] = {}
    for item in value.list_or_one():
        name = item.as_text()
        if name not in COMPONENTS:
            close = nearest(name, COMPONENTS)
            raise bad_input(
                "unknown-component",
                f"there is no component {name!r}",
                f"the components are {', '.join(COMPONENTS)}",
                f"write {close!r}" if close else "choose one of them, or write `all`",
                item.place,
            )
        chosen[name] = None
    if not chosen:
        raise value.wrong("at least one component", "name components, or write `all`")
    return tuple(chosen)


def select_brands(value: Value | None, stores: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The brands chosen; all where nothing or ``all`` is written."""
    if value is None or _is_all(value):
        return tuple(stores)
    chosen: dict[str, None] = {}
    for item in value.list_or_one():
        brand = item.as_text()
        if brand not in stores:
            close = nearest(brand, tuple(stores))
            raise bad_input(
                "unknown-brand",
                f"there is no brand {brand!r}",
                f"`stores:` at the top declares {', '.join(stores)}",
                f"write {close!r}" if close else "choose one of them, or declare its stores",
                item.place,
            )
        chosen[brand] = None
    if not chosen:
        raise value.wrong("at least one brand", "name brands, or write `all`")
    return tuple(chosen)


def select_stores(
    value: Value | None, stores: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, str], ...]:
    """The (brand, store) pairs chosen among these brands; all where nothing or ``all`` stands."""
    if value is None or _is_all(value):
        return tuple((brand, store) for brand, names in stores.items() for store in names)
    owner = {store: brand for brand, names in stores.items() for store in names}
    chosen: dict[tuple[str, str], None] = {}
    for item in value.list_or_one():
        for name in expand(item):
            if name not in owner:
                raise _unknown_store(item, name, stores)
            chosen[owner[name], name] = None
    if not chosen:
        raise value.wrong("at least one store", "name stores, or write `all`")
    return tuple(chosen)


def _unknown_store(item: Value, name: str, stores: Mapping[str, tuple[str, ...]]) -> BadInput:
    close = nearest(name, [store for names in stores.values() for store in names])
    return bad_input(
        "unknown-store",
        f"there is no store {name!r} in {', '.join(stores)}",
        "a window speaks only of stores that `stores:` at the top declares for its brands",
        f"write {close!r}" if close else "declare it at the top, or mend the name",
        item.place,
    )


def _bad_range(value: Value, text: str, why: str) -> BadInput:
    return bad_input(
        "bad-range",
        f"{text!r} is no range of stores",
        why,
        "write it as lib-01..lib-48",
        value.place,
    )


def _is_all(value: Value) -> bool:
    return value.text is not None and value.text.strip() == "all"
