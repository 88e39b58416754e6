"""Reads the ``measures`` of a policy: which of an outage's time counts for a mailbox."""

from __future__ import annotations

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import bad_input
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES
from ristoro.remedies.language.expressions import Literal, parse_text
from ristoro.remedies.language.policy import Limit, Measure, Window
from ristoro.remedies.language.types import Kind, Number

POPULATIONS = ("brand", "store", "holder", "everyone")
PLAN_WAYS, USED_WAYS = "plan ways", "used ways"


def read_measure(name: str, value: Value) -> Measure:
    """One measure; every field but ``components`` has a stated default."""
    fields = value.mapping(
        ["components"],
        ["counts", "planned", "excused", "merge_gaps", "stretch", "window", "population"],
    )
    every, components, used = _components(fields["components"])
    degraded, rate = _counts(fields["counts"]) if "counts" in fields else (False, None)
    population, window = fields.get("population"), fields.get("window")
    stretch, gaps = fields.get("stretch"), fields.get("merge_gaps")
    return Measure(
        name=name,
        components=components,
        used_only=used,
        every=every,
        degraded=degraded,
        error_rate=rate,
        planned_notice=_planned(fields["planned"]) if "planned" in fields else None,
        excused=tuple(cause.as_choice(CAUSES) for cause in fields["excused"].list_or_one())
        if "excused" in fields
        else (),
        merge_gaps=_gaps(gaps) if gaps else 0,
        stretch=_limit(stretch, stretch.as_text(), Kind.LENGTH) if stretch else None,
        window=Window(window.as_choice([w.value for w in Window])) if window else Window.OUTAGE,
        population=population.as_choice(POPULATIONS) if population else None,
        place=value.place,
    )


def _components(value: Value) -> tuple[bool, tuple[str, ...], bool]:
    """``webmail``, ``any of webmail, imap``, ``all of plan ways``, ``any of used ways``."""
    text = value.as_text()
    head, of, rest = text.partition(" of ")
    if not of:
        head, rest = "any", text
    if head not in ("any", "all"):
        raise value.wrong("`any of …` or `all of …`", "begin with `any of` or `all of`")
    if rest.strip() in (PLAN_WAYS, USED_WAYS):
        return head == "all", (), rest.strip() == USED_WAYS
    names = tuple(part.strip() for part in rest.split(","))
    for component in names:
        if component not in COMPONENTS:
            raise bad_input(
                "unknown-component",
                f"there is no component {component!r}",
                f"components are {', '.join(COMPONENTS)}, `{PLAN_WAYS}`, `{USED_WAYS}`",
                "choose among them",
                value.place,
            )
    return head == "all", names, False


def _counts(value: Value) -> tuple[bool, Limit | None]:
    """``down``, ``down or degraded``, ``down or errors over 5 percent``."""
    text = value.as_text()
    if text in ("down", "down or degraded"):
        return text != "down", None
    head, _, rest = text.partition("down or errors ")
    if head or not rest:
        raise value.wrong(
            "`down`, `down or degraded` or `down or errors over 5 percent`",
            "write one of the three",
        )
    limit = _limit(value, rest, Kind.RATIO, scale=1000)
    return True, limit


def _planned(value: Value) -> int | None:
    """``counts``, ``does not count``, ``does not count if announced 48 hours before``."""
    text = value.as_text()
    if text == "counts":
        return None
    if text == "does not count":
        return 0
    head, tail = "does not count if announced ", " before"
    if text.startswith(head) and text.endswith(tail):
        number = _number(value, text[len(head) : -len(tail)], Kind.LENGTH)
        return int(number.value)
    raise value.wrong(
        "`counts`, `does not count` or `does not count if announced 48 hours before`",
        "write one of the three",
    )


def _gaps(value: Value) -> int:
    text = value.as_text()
    if not text.startswith("under "):
        raise value.wrong("`under 1 minute`", "begin with `under`")
    return int(_number(value, text.removeprefix("under "), Kind.LENGTH).value)


def _limit(value: Value, text: str, kind: Kind, scale: int = 1) -> Limit:
    """``at least X`` or ``over X``."""
    for head, strict in (("at least ", False), ("over ", True)):
        if text.startswith(head):
            number = _number(value, text.removeprefix(head), kind).value * scale
            if number.denominator != 1:
                raise value.wrong("a percentage with at most one decimal", "round it")
            return Limit(int(number), strict)
    raise value.wrong("`at least …` or `over …`", "say whether the bound itself counts")


def _number(value: Value, text: str, kind: Kind) -> Number:
    node = parse_text(text, value)
    if isinstance(node, Literal) and isinstance(node.value, Number) and node.value.kind is kind:
        return node.value
    sample = "5 percent" if kind is Kind.RATIO else "60 minutes"
    raise value.wrong(f"a {kind.value}", f"write it like `{sample}`")
