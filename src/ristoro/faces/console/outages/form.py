"""The fields of the editor and the parts of a draft, each made into the other.

What a field leaves as it was stays written as it was: a list in another order, or a word that may
be left out, is no change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.http import QueryDict

from ristoro.outages.columns import COMPONENTS
from ristoro.outages.drafts.draft import Draft, DraftExclusion, DraftWindow, Stage

LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
"""A time as a browser's own field for times has it."""

MOST_LINES = 200
LONGEST = 4000


def field(post: QueryDict, name: str) -> str:
    """A line of text."""
    sent = " ".join(post.get(name, "")[:LONGEST].split())
    return "".join(one for one in sent if one.isprintable())


def names_in(written: str, every: Sequence[str]) -> frozenset[str]:
    """Which of the known names a list says; all of them where it says nothing or ``all``."""
    named = [one.strip() for one in written.split(",") if one.strip()]
    return frozenset(every) if not named or named == ["all"] else frozenset(named)


def head_of(post: QueryDict, draft: Draft) -> Draft:
    """The draft with the head that was sent. The name of a declared outage stays."""
    stores = [
        (field(post, f"brand-{n}"), field(post, f"stores-{n}"))
        for n in range(MOST_LINES)
        if f"brand-{n}" in post
    ]
    by_brand: dict[str, list[str]] = {}
    for brand, names in stores:
        if brand or names:
            by_brand.setdefault(brand or "?", []).append(names)
    sources = post.get("sources", "").replace("\r", "").split("\n")
    return replace(
        draft,
        name=draft.name if draft.corrects else field(post, "name"),
        title_it=field(post, "title_it"),
        title_en=field(post, "title_en"),
        zone=field(post, "zone"),
        stores=tuple((brand, ", ".join(filter(None, n))) for brand, n in by_brand.items()),
        sources=tuple(one.strip() for one in sources[:MOST_LINES] if one.strip()),
    )


def window_of(post: QueryDict, was: DraftWindow, brands: Sequence[str]) -> DraftWindow:
    """The window that was sent, over what it was."""
    condition = field(post, "w-condition")
    planned = "true" if "w-planned" in post else ""
    return DraftWindow(
        components=_chosen(post.getlist("w-components"), was.components, COMPONENTS),
        brands=_chosen(post.getlist("w-brands"), was.brands, brands, all_is=""),
        stores=field(post, "w-stores"),
        start=field(post, "w-start"),
        end=field(post, "w-end"),
        condition=was.condition if condition == (was.condition or "down") else condition,
        error_rate=_rate(field(post, "w-error_rate")),
        planned=was.planned if planned == was.planned.replace("false", "") else planned,
        announced=field(post, "w-announced"),
        source=field(post, "w-source"),
        reopening=tuple(_stages(post)),
    )


def _chosen(sent: Iterable[str], was: str, every: Sequence[str], all_is: str = "all") -> str:
    chosen = [one for one in every if one in set(sent)]
    if was and frozenset(chosen) == names_in(was, every):
        return was
    if all_is == "" and not chosen:
        return ""
    return all_is if len(chosen) == len(every) else ", ".join(chosen)


def _rate(written: str) -> str:
    """``12.5 %`` for 12,5 and for 12.5%."""
    plain = re.fullmatch(r"(\d{1,3})(?:[.,](\d+))?\s*%?", written)
    if plain is None:
        return written
    return f"{plain[1]}{'.' + plain[2] if plain[2] else ''} %"


def _stages(post: QueryDict) -> Iterable[Stage]:
    for n in range(MOST_LINES):
        if f"s-{n}-at" not in post:
            break
        stage = Stage(
            components=field(post, f"s-{n}-components"),
            brands=field(post, f"s-{n}-brands"),
            stores=field(post, f"s-{n}-stores"),
            at=field(post, f"s-{n}-at"),
        )
        if stage.components or stage.stores or stage.at:
            yield stage


def exclusions_of(post: QueryDict, draft: Draft) -> Draft:
    """The draft with the excluded times that were sent; empty lines are left out."""
    names = ("components", "brands", "stores", "start", "end", "cause", "reason")
    found = []
    for n in range(MOST_LINES):
        if f"x-{n}-reason" not in post:
            break
        one = DraftExclusion(**{name: field(post, f"x-{n}-{name}") for name in names})
        if any((one.components, one.stores, one.start, one.end, one.reason)):
            found.append(one)
    return replace(draft, exclusions=tuple(found))


def input_type(written: str) -> str:
    """The browser's own field for times, unless what is written does not fit into it."""
    return "datetime-local" if not written or LOCAL.fullmatch(written) else "text"


def window_fields(window: DraftWindow, brands: Sequence[str]) -> Mapping[str, object]:
    """A window for the form's template."""
    chosen = names_in(window.components, COMPONENTS) if window.components else frozenset()
    stages = [*window.reopening, Stage()]
    return {
        "window": window,
        "components": [(one, one in chosen) for one in COMPONENTS],
        "brands": [(one, one in names_in(window.brands, brands)) for one in brands],
        "degraded": window.condition == "degraded",
        "planned": window.planned == "true",
        "types": {
            name: input_type(getattr(window, name)) for name in ("start", "end", "announced")
        },
        "stages": [(stage, input_type(stage.at)) for stage in stages],
    }
