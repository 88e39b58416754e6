"""What the report says, section by section, in the reader's language: one text for page and paper.

Every figure is read from the report that is kept and from the run's totals; none is computed from
rows, so the report of nine million mailboxes is as quick as that of nine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ristoro.faces.console.closing.figures import Figure, Table, drawn, ranked, steps_over_time
from ristoro.faces.console.closing.lists import code_words
from ristoro.faces.said import CONSENTS, KINDS, ROW_STATES, amount, in_own, instant, lang, number
from ristoro.fulfilment import course as courses
from ristoro.fulfilment import wording
from ristoro.fulfilment.closing import Kept
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.statement import UNITS, Line, Standing, Sum
from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.notices.models import NoticeState
from ristoro.remedies.models import Run
from ristoro.workers.models import Act

MOST_MOMENTS = 100
MOST_RANKS = 15
MOMENTS = (
    names.RUN_ENTERED, names.RUN_LOADED, names.APPROVAL_REFUSED, names.RUN_APPROVED,
    names.RUN_PUBLISHED, names.ESTATE_SET_ASIDE, names.RUN_BEGUN, names.RUN_PAUSED,
    names.RUN_RESUMED, names.RATE_CHANGED, names.REMINDERS_PLANNED, names.GRANTS_LAPSED,
    names.GRANTS_READ_BACK, names.MISMATCHES_HANDLED, names.RUN_CLOSED, names.RUN_CANCELLED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report."""

    code: str
    title: str
    lead: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Content:
    """The report in one language."""

    title: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def of(run: Run, kept: Kept) -> Content:
    """The report in the language that is active."""
    boxes = kept.statement.mailboxes
    owed = sum(boxes.by_standing.values())
    given = boxes.by_standing.get(Standing.GIVEN, 0)
    letters = sum(kept.statement.notices.get(state, 0) for state in _DELIVERED)
    return Content(
        title=_title(run),
        lead=_lead(run, kept),
        facts=(
            (_("Mailboxes looked at"), number(boxes.covered)),
            (_("Owed something"), number(owed)),
            (_("Everything given"), number(given)),
            (_("Letters delivered"), number(letters)),
        ),
        sections=tuple(
            part
            for part in (
                _remedies(run, kept),
                _owed(run),
                _cost(kept),
                _over_time(kept),
                _answers(kept),
                _zeros(run, kept),
                _exceptions(kept),
                _reconciliation(kept),
                _timeline(run),
                _digests(run, kept),
            )
            if part is not None
        ),
    )


_DELIVERED = (NoticeState.ACCEPTED, NoticeState.VERIFIED)


def _title(run: Run) -> str:
    return _("Report of %(policy)s") % {"policy": run.totals.get("policy", run.name)}


def _lead(run: Run, kept: Kept) -> tuple[str, ...]:
    entered = _("Run %(name)s, entered by %(who)s on %(at)s.") % {
        "name": run.name, "who": run.entered_by, "at": instant(run.entered_at),
    }  # fmt: skip
    approved = ""
    if run.approved_at is not None:
        approved = _("Approved by %(who)s on %(at)s.") % {
            "who": run.approved_by, "at": instant(run.approved_at),
        }  # fmt: skip
    closed = ""
    if run.closed_at is not None:
        closed = _("Closed on %(at)s.") % {"at": instant(run.closed_at)}
    counted = _("The figures are as they stood on %(at)s.") % {"at": instant(kept.at)}
    return (" ".join(part for part in (entered, approved, closed) if part), counted)


def _titles(run: Run) -> dict[int, str]:
    remedies = run.totals.get("remedies", [])
    return {at: in_own(one["title"]) for at, one in enumerate(remedies)}


def _remedies(run: Run, kept: Kept) -> Section:
    titles = _titles(run)
    states: tuple[tuple[str, Callable[[Line], Sum]], ...] = (
        (_("owed"), lambda line: line.owed),
        (_("given"), lambda line: line.made),
        (_("waiting for a yes"), lambda line: line.of(GrantState.WAITING)),
        (_("in hand"), lambda line: line.of(*_IN_HAND)),
        (_("not possible"), lambda line: line.of(GrantState.REFUSED)),
        (_("declined"), lambda line: line.of(GrantState.DECLINED)),
        (_("lapsed"), lambda line: line.of(GrantState.LAPSED)),
        (_("taken back"), lambda line: line.of(GrantState.REVERSED)),
    )
    rows = []
    for line in kept.statement.lines:
        for words, part in states:
            found: Sum = part(line)
            if found.grants or words == states[0][0]:
                rows.append(
                    (
                        titles.get(line.remedy_no, line.remedy),
                        str(KINDS[_hyphened(line.kind.name)]),
                        words,
                        number(found.grants),
                        _amount(found.amount, line),
                    )
                )
    brands = [
        (
            titles.get(part.remedy_no, ""),
            str(KINDS[part.kind]),
            part.brand,
            str(ROW_STATES[Act.GRANTS][GrantState[part.state.upper()]]),
            number(part.grants),
            amount(part.amount, _unit_of(part.kind), part.currency),
        )
        for part in kept.course.brands
    ]
    return Section(
        "remedies",
        _("What was given"),
        tables=(
            Table(
                _("By remedy: what was owed, and where it stands"),
                (_("Remedy"), _("What"), _("Stands"), _("Mailboxes"), _("In all")),
                tuple(rows),
                3,
            ),
            Table(
                _("By remedy, brand and state"),
                (_("Remedy"), _("What"), _("Brand"), _("State"), _("Mailboxes"), _("In all")),
                tuple(brands),
                4,
            ),
        ),
    )


_IN_HAND = (GrantState.PLANNED, GrantState.SENDING, GrantState.DEFERRED, GrantState.UNKNOWN)


def _owed(run: Run) -> Section:
    rows = [
        (
            in_own(remedy["title"]), line["rule"], line["brand"], line["plan"],
            str(KINDS[line["kind"]]), str(CONSENTS[line["consent"]]), number(line["count"]),
            amount(line["amount"], line["unit"], line["currency"]),
        )
        for remedy in run.totals.get("remedies", [])
        for line in remedy["owed"]
    ]  # fmt: skip
    head = (
        _("Remedy"), _("Rule"), _("Brand"), _("Plan"), _("What"), _("Consent"), _("Mailboxes"),
        _("In all"),
    )  # fmt: skip
    return Section(
        "owed",
        _("What was owed"),
        (_("As it was decided and approved by two people."),),
        tables=(Table(_("Owed, by rule, brand and plan"), head, tuple(rows), 6),),
    )


def _cost(kept: Kept) -> Section:
    sums: dict[tuple[str, str], list[int]] = {}
    for line in kept.statement.lines:
        one = sums.setdefault((line.unit, line.currency if line.unit == "minor" else ""), [0] * 3)
        for at, found in enumerate((line.owed, line.made, line.of(GrantState.WAITING, *_IN_HAND))):
            one[at] += found.amount
    units = {
        "bytes": _("space"), "months": _("months of subscription"), "days": _("days of service"),
        "minor": _("money"),
    }  # fmt: skip
    rows = tuple(
        (units[unit], *(amount(value, unit, currency) for value in values))
        for (unit, currency), values in sorted(sums.items())
    )
    head = (_("What"), _("Owed"), _("Given"), _("Not ended yet"))
    return Section("cost", _("What it comes to"), tables=(Table(_("By unit"), head, rows),))


def _over_time(kept: Kept) -> Section:
    course = kept.course
    grants = steps_over_time(
        _("Remedies given over time"), course.grants, course.by_hour,
        {courses.GIVEN: _("given"), courses.NOT_POSSIBLE: _("not possible")},
    )  # fmt: skip
    letters = steps_over_time(
        _("Letters delivered over time"), course.letters, course.by_hour,
        {courses.DELIVERED: _("delivered"), courses.REFUSED: _("refused")},
    )  # fmt: skip
    waits = {
        "hour": _("less than an hour"), "six-hours": _("less than 6 hours"),
        "day": _("less than a day"), "three-days": _("less than 3 days"),
        "week": _("less than a week"), "two-weeks": _("less than 2 weeks"),
        "month": _("less than 30 days"), "longer": _("30 days or more"),
    }  # fmt: skip
    wait = ranked(
        _("From the approval to the remedy"),
        [(waits[code], course.waits[code]) for code, _below in courses.WAITS],
        _("Time"),
    )
    return Section("course", _("How it went"), figures=drawn(grants, letters, wait))


def _answers(kept: Kept) -> Section | None:
    course = kept.course
    if not course.answers:
        return None
    figure = steps_over_time(
        _("Answers by day") if not course.by_hour else _("Answers by hour"),
        course.answers, course.by_hour,
        {
            courses.YES: _("yes"), courses.NO: _("no"),
            courses.SILENCE: _("silence until the deadline"),
        },
    )  # fmt: skip
    channels = Table(
        _("Answers by the way they came"),
        (_("Way"), _("Answers")),
        tuple((name, number(count)) for name, count in course.channels.items()),
    )
    return Section("answers", _("What holders answered"), tables=(channels,), figures=drawn(figure))


def _zeros(run: Run, kept: Kept) -> Section | None:
    titles, because = _titles(run), {}
    for remedy in run.totals.get("remedies", []):
        for line in remedy["nothing"]:
            if "because" in line:
                because[line["reason"]] = in_own(line["because"])
    by_reason: dict[str, int] = {}
    for zero in kept.statement.zeros:
        words = because.get(zero.reason, zero.reason)
        by_reason[words] = by_reason.get(words, 0) + zero.mailboxes
    if not by_reason:
        return None
    ordered = sorted(by_reason.items(), key=lambda one: (-one[1], one[0]))
    rows = tuple(
        (titles.get(one.remedy_no, one.remedy), because.get(one.reason, one.reason),
         number(one.mailboxes))
        for one in kept.statement.zeros
    )  # fmt: skip
    head = (_("Remedy"), _("Because"), _("Mailboxes"))
    figure = ranked(_("Nothing owed, by reason"), ordered[:MOST_RANKS], _("Because"))
    return Section(
        "zeros",
        _("Who gets nothing of a remedy, and why"),
        tables=(Table(_("By remedy and reason"), head, rows, 2),),
        figures=drawn(figure),
    )


def _exceptions(kept: Kept) -> Section | None:
    codes = wording.CODES[lang()]
    rows = [
        (_("remedies"), codes.get(code, code), number(found.grants))
        for line in kept.statement.lines
        for code, found in sorted(line.refused_by.items())
    ]
    rows += [
        (_("letters"), code, number(count))
        for code, count in sorted(kept.statement.notices_refused_by.items())
    ]
    if not rows:
        return None
    head = (_("What"), _("Because"), _("How many"))
    table = Table(_("By reason"), head, tuple(rows), 2)
    return Section("exceptions", _("What was not possible"), tables=(table,))


def _reconciliation(kept: Kept) -> Section:
    read = kept.statement.read_back
    lead: tuple[str, ...] = (_("The world has not been read again since."),)
    facts: tuple[tuple[str, str], ...] = ()
    if read is not None:
        told = _("On %(at)s the mail host and the ledger were asked about every remedy made.")
        if read.read < read.made:
            told = _("On %(at)s the mail host and the ledger were asked about some remedies made.")
        lead = (told % {"at": instant(read.at)},)
        facts = (
            (_("Made"), number(read.made)),
            (_("Read again"), number(read.read)),
            (_("Agree"), number(read.agreed)),
            (_("Differ"), number(read.differed)),
            (_("Not readable"), number(read.unreadable)),
        )
    tables = []
    if kept.mismatches:
        rows = tuple(
            (str(code_words(one.code)), number(one.count), number(one.count - one.open))
            for one in kept.mismatches
        )
        seen = (_("What was read"), _("How many"), _("Handled with a reason"))
        tables.append(Table(_("Read otherwise than it stands here"), seen, rows))
    words = wording.DISCREPANCIES[lang()]
    wrong = tuple(
        (words[one.code], number(one.expected), number(one.found))
        for one in kept.statement.discrepancies
    )
    if wrong:
        compared = (_("What is compared"), _("One figure"), _("The other figure"))
        tables.append(Table(_("Figures that do not agree"), compared, wrong))
    else:
        lead = (*lead, _("Every mailbox and every amount is accounted for exactly once."))
    if kept.obstacles:
        named = wording.OBSTACLES[lang()]
        left = tuple((named[one.code], number(one.count)) for one in kept.obstacles)
        tables.append(Table(_("What is left to do"), (_("What"), _("How many")), left))
    return Section("reconciliation", _("What was read again"), lead, facts, tuple(tables))


def _timeline(run: Run) -> Section:
    entries = Entry.objects.filter(subject=f"run {run.pk}", name__in=MOMENTS).order_by("number")
    listed = list(entries[:MOST_MOMENTS])
    details = Detail.objects.in_bulk([one.number for one in listed])
    rows = tuple(
        (instant(one.at), one.actor, _(names.NAMES[one.name]), _reason(details.get(one.number)))
        for one in listed
    )
    head = (_("When"), _("Who"), _("What"), _("Why"))
    table = Table(_("From the journal, the oldest first"), head, rows, len(head))
    return Section("timeline", _("What was done"), tables=(table,))


def _reason(detail: Detail | None) -> str:
    data: dict[str, Any] = (detail.data if detail else None) or {}
    return str(data.get("reason", ""))


def _digests(run: Run, kept: Kept) -> Section:
    facts = (
        (_("Estate"), run.snapshot_digest),
        (_("Outage"), run.outage_digest),
        (_("Policy"), run.policy_digest),
        (_("Outcomes"), run.outcomes_digest),
        (_("This report"), kept.digest),
    )
    lead = _("The SHA-256 of each input, of the decision, and of the figures of this report.")
    return Section("digests", _("What it was made from"), (lead,), facts)


def _amount(value: int, line: Line) -> str:
    return amount(value, line.unit, line.currency)


def _unit_of(kind: str) -> str:
    return UNITS.get(GrantKind[kind.upper().replace("-", "_")], "minor")


def _hyphened(name: str) -> str:
    return name.lower().replace("_", "-")
