"""A draft written as the text that is declared; what was not changed stays as it was written.

Comments, order and spelling belong to whoever wrote them: a changed window is written anew below
its own comment, and everything beside it is copied line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from ristoro.kernel.documents import Value, read_bytes
from ristoro.kernel.errors import BadInput
from ristoro.outages.drafts.draft import (
    EXCLUSION_FIELDS,
    STAGE_FIELDS,
    WINDOW_FIELDS,
    Draft,
    DraftExclusion,
    DraftWindow,
    Stage,
    draft_of,
)

NAMED = "draft"
"""The file that messages about a draft name."""

_PLAIN = re.compile(r"[A-Za-z0-9À-ÿ][\wÀ-ÿ ,;./+%()'’–-]*(?::\d[\w:.+-]*)*")
_WORDS = re.compile(r"(?i:true|false|null|yes|no|on|off)")
_KEY = re.compile(r"([a-z-]+):(?:\s|$)")
_ITEM = re.compile(r"( *)- ")
_LISTS = ("components", "brands", "stores")
_ORDER = (
    "outage", "version", "corrects", "reason", "title", "zone", "stores", "sources", "windows",
    "exclusions",
)  # fmt: skip


def text_of(draft: Draft) -> str:
    """The draft as YAML, one field a line."""
    parts = _parts(draft)
    return "\n".join("\n".join(parts[name]) for name in _ORDER if name in parts) + "\n"


def rewritten(text: str, after: Draft) -> str:
    """``text`` with as little of it changed as makes it say ``after``.

    A text that is laid out in another way than one field a line is written anew whole.
    """
    before = _draft(text)
    if before == after:
        return text
    changed = None if before is None else _spliced(text, before, after)
    return changed if changed is not None and _draft(changed) == after else text_of(after)


def _draft(text: str) -> Draft | None:
    try:
        return draft_of(tree(text))
    except BadInput:
        return None


@lru_cache(maxsize=32)
def tree(text: str) -> Value:
    """A draft's tree: each act reads the text that the one before wrote."""
    return read_bytes(text.encode(), NAMED)


# Writing


def _parts(draft: Draft) -> dict[str, list[str]]:
    """The lines of each field at the top; those that say nothing are left out."""
    parts = {
        "outage": [f"outage: {_scalar(draft.name)}"],
        "version": [f"version: {_scalar(draft.version)}"],
        "title": [
            "title:",
            f"  it: {_scalar(draft.title_it)}",
            f"  en: {_scalar(draft.title_en)}",
        ],
        "zone": [f"zone: {_scalar(draft.zone)}"],
        "stores": _stores(draft.stores),
        "windows": _sequence("windows", [_window_lines(w) for w in draft.windows]),
    }
    if draft.corrects or draft.version != "1":
        parts["corrects"] = [f"corrects: {_scalar(draft.corrects)}"]
    if draft.reason or draft.version != "1":
        parts["reason"] = [f"reason: {_scalar(draft.reason)}"]
    if draft.sources:
        parts["sources"] = ["sources:", *(f"  - {_scalar(one)}" for one in draft.sources)]
    if draft.exclusions:
        lines = [_exclusion_lines(one) for one in draft.exclusions]
        parts["exclusions"] = _sequence("exclusions", lines)
    return parts


def _stores(stores: Sequence[tuple[str, str]]) -> list[str]:
    if not stores:
        return ["stores: {}"]
    return ["stores:", *(f"  {_scalar(brand)}: {_flow(names)}" for brand, names in stores)]


def _sequence(name: str, items: Sequence[Sequence[str]]) -> list[str]:
    if not items:
        return [f"{name}: []"]
    return [f"{name}:", *(line for item in items for line in item)]


def _window_lines(window: DraftWindow) -> list[str]:
    lines = [*_fields(window, WINDOW_FIELDS, ("components", "from"))]
    if window.reopening:
        lines += ["reopening:", *(f"  - {_stage(stage)}" for stage in window.reopening)]
    return _indented(lines)


def _exclusion_lines(exclusion: DraftExclusion) -> list[str]:
    compulsory = ("components", "from", "to", "cause", "reason")
    return _indented([*_fields(exclusion, EXCLUSION_FIELDS, compulsory)])


def _fields(owner: object, names: dict[str, str], compulsory: Sequence[str]) -> Iterator[str]:
    for name, attribute in names.items():
        value = str(getattr(owner, attribute))
        if value or name in compulsory:
            yield f"{name}: {_flow(value) if name in _LISTS else _scalar(value)}"


def _stage(stage: Stage) -> str:
    at = json.dumps(stage.at, ensure_ascii=False) if "," in stage.at else _scalar(stage.at)
    scope = {name: name for name in STAGE_FIELDS if name != "at"}
    return "{" + ", ".join([*_fields(stage, scope, ()), f"at: {at}"]) + "}"


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _flow(names: str) -> str:
    """``a, b`` as a list; ``all`` as the word."""
    if names.strip() == "all":
        return "all"
    items = [one.strip() for one in re.split(r"[,;\n]", names) if one.strip()]
    return f"[{', '.join(_scalar(one) for one in items)}]"  # items hold no comma


def _scalar(value: str) -> str:
    """Plain where nobody can misread it, else in double quotes as JSON writes it."""
    plain = _PLAIN.fullmatch(value) and not _WORDS.fullmatch(value) and value == value.strip()
    return value if plain or value in ("true", "false") else json.dumps(value, ensure_ascii=False)


# Splicing


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive lines: comments and empty lines above, and what they are above of."""

    above: tuple[str, ...]
    lines: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        return (*self.above, *self.lines)


def _spliced(text: str, before: Draft, after: Draft) -> str | None:
    """The text with changed parts replaced; ``None`` where its layout is not understood."""
    head, rest = _top(text.splitlines())
    if head is None:
        return None
    old, new = _parts(before), _parts(after)
    result: dict[str, tuple[str, ...]] = {}
    for name, lines in new.items():
        block = head.get(name)
        if block is None:
            result[name] = tuple(lines)
        elif old.get(name) == lines:
            result[name] = block.all()
        else:
            inner = _inner(name, block, before, after)
            result[name] = (*block.above, *(lines if inner is None else inner))
    order = [*(name for name in head if name in result)]
    for name in (name for name in _ORDER if name in result and name not in order):
        at = _ORDER.index(name)
        place = next((i for i, one in enumerate(order) if _ORDER.index(one) > at), len(order))
        order.insert(place, name)
    return "\n".join([*(line for name in order for line in result[name]), *rest]) + "\n"


def _top(lines: Sequence[str]) -> tuple[dict[str, _Block] | None, Sequence[str]]:
    """The blocks of the fields at the top, and what stands below the last."""
    starts = [(n, m[1]) for n, line in enumerate(lines) if (m := _KEY.match(line))]
    if not starts or len({name for _, name in starts}) != len(starts):
        return None, ()
    blocks, rest = _blocks(lines, [n for n, _ in starts])
    return dict(zip((name for _, name in starts), blocks, strict=True)), rest


def _blocks(lines: Sequence[str], starts: Sequence[int]) -> tuple[list[_Block], Sequence[str]]:
    """The lines cut at ``starts``; comments right above a start belong to it."""
    begins = []
    for start in starts:
        begin = start
        while begin > 0 and (not lines[begin - 1].strip() or lines[begin - 1].lstrip()[:1] == "#"):
            begin -= 1
        begins.append(begin)
    last = len(lines)
    while last > starts[-1] + 1 and not lines[last - 1].strip():
        last -= 1
    ends = [*begins[1:], last]
    cut = [
        _Block(tuple(lines[begin:start]), tuple(lines[start:end]))
        for begin, start, end in zip(begins, starts, ends, strict=True)
    ]
    return cut, lines[last:]


def _inner(name: str, block: _Block, before: Draft, after: Draft) -> tuple[str, ...] | None:
    """The windows or exclusions of a block with only the changed ones written anew."""
    if name == "windows" and before.windows and after.windows:
        new = [_window_lines(one) for one in after.windows]
        return _items(block, before.windows, after.windows, new)
    if name == "exclusions" and before.exclusions and after.exclusions:
        new = [_exclusion_lines(one) for one in after.exclusions]
        return _items(block, before.exclusions, after.exclusions, new)
    return None


def _items(
    block: _Block,
    before: Sequence[DraftWindow | DraftExclusion],
    after: Sequence[DraftWindow | DraftExclusion],
    new: Sequence[Sequence[str]],
) -> tuple[str, ...] | None:
    found = [(n, m) for n, line in enumerate(block.lines) if (m := _ITEM.match(line))]
    depth = min((len(m[1]) for _, m in found), default=0)
    starts = [n for n, m in found if len(m[1]) == depth]
    if len(starts) != len(before):
        return None
    old, rest = _blocks(block.lines[1:], [n - 1 for n in starts])
    kept: list[str] = []
    pairs = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for what, i, j, first, end in pairs:
        for number in range(first, end):
            was = i + number - first
            if what == "equal":
                kept += old[was].all()
            else:
                kept += [*(old[was].above if was < j else ()), *_at(depth, new[number])]
    return (block.lines[0], *kept, *rest)


def _at(depth: int, lines: Sequence[str]) -> list[str]:
    return [" " * depth + line[2:] for line in lines]
