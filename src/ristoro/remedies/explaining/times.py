"""Which time of the outage counts, by measure: what failed, what counts, in which window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ristoro.kernel.spans import Spans
from ristoro.outages.measure import ExposureClass
from ristoro.remedies.explaining.arithmetic import read_values, steps
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder.find import OneOf
from ristoro.remedies.folder.one import class_of
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.policy import Measure, Window
from ristoro.remedies.language.terms import Term, reads, walk
from ristoro.remedies.language.types import Kind
from ristoro.remedies.measuring import exposure
from ristoro.remedies.measuring.clocks import own_class
from ristoro.remedies.measuring.exposure import EVERY, Summed, Taken

MOST_DAYS = 31
"""Of more days touched than these the first are listed."""
MOST_WINDOWS = 24
"""Of more windows with counted time than these only the one that is read is listed."""


def told(terms: Sequence[Term | None], one: OneOf, say: Speaker) -> list[str]:
    """A few lines for every measure that the terms read, and every table added up over windows."""
    bound = one.run.bound
    names = reads(*terms)
    measures = [exposure.measure_read(bound.policy, name) for name in names]
    lines: list[str] = []
    for measure in dict.fromkeys(m.name for m in measures if m is not None):
        lines.extend(_measure(bound.policy.measures[measure], names, one, say))
    for name in names:
        if name in bound.every:
            lines.extend(_added_up(name.removeprefix(EVERY), bound.every[name], one, say))
    return lines


def _measure(measure: Measure, names: Sequence[str], one: OneOf, say: Speaker) -> Iterator[str]:
    if measure.population:
        yield _over(measure, one.known, say)
        return
    text, bound = SENTENCES[say.lang], one.run.bound
    life = class_of(one.row, bound)
    cls = own_class(measure, life, bound, one.known)
    taken = exposure.take(measure, bound.sight, cls)
    head = text.window if taken.spans.total else text.nothing_counted
    total = say.length(Fraction(taken.spans.total))
    window = say.span(taken.window)
    yield head.format(name=measure.name, line=measure.place.line, total=total, window=window)
    for line in (
        *_clock(measure, one, say),
        *_cycle(measure, cls, say),
        *_failed(measure, life, one, say),
        *_left_out(measure, cls, one, say),
        *_stretches(taken, say),
        *_asked(measure, names, taken, one, say),
        *_other_windows(measure, cls, taken, one, say),
    ):
        yield f"  {line}"


def _over(measure: Measure, known: Known, say: Speaker) -> str:
    text = SENTENCES[say.lang]
    share = say.value(known.get(f"{measure.name}.uptime"), Kind.RATIO)
    population = text.populations[str(measure.population)]
    line = measure.place.line
    return text.over.format(name=measure.name, line=line, population=population, value=share)


def _clock(measure: Measure, one: OneOf, say: Speaker) -> Iterator[str]:
    """From when time counts, how that day came about, and that nothing does where it is unknown."""
    if measure.starts is None:
        return
    text, term = SENTENCES[say.lang], one.run.bound.clocks[measure.name]
    for name, shown in read_values(term, one.known, say):
        yield text.read.format(name=name, value=shown)
    value = evaluate(term, one.known)
    clock = say.term(term)
    if value is None:
        yield text.no_clock.format(clock=clock)
    else:
        yield from steps(term, one.known, say)
        yield text.clock.format(clock=clock, value=say.value(value, term.kind))


def _cycle(measure: Measure, cls: ExposureClass, say: Speaker) -> Iterator[str]:
    if measure.window is not Window.CYCLE:
        return
    text = SENTENCES[say.lang]
    if cls.cycle is None:
        yield text.no_cycle
        return
    months = say.value(Fraction(cls.cycle.months), Kind.MONTHS)
    yield text.cycle.format(months=months, day=cls.cycle.day)


def _failed(measure: Measure, cls: ExposureClass, one: OneOf, say: Speaker) -> Iterator[str]:
    """The failures that could count, by component; those that failed together, named once.

    Of the whole life of the mailbox: what failed before a clock failed all the same.
    """
    groups: dict[Spans, list[str]] = {}
    for component, spans in exposure.by_component(measure, one.run.bound.sight, cls).items():
        groups.setdefault(spans, []).append(component)
    for spans, names in groups.items():
        together = ", ".join(names)
        if not spans:
            yield f"{together}: {SENTENCES[say.lang].never}"
        for span in spans:
            yield f"{together}: {say.span(span)}"


def _left_out(measure: Measure, cls: ExposureClass, one: OneOf, say: Speaker) -> Iterator[str]:
    """What was taken out or put back on the way, and why."""
    text, sight = SENTENCES[say.lang], one.run.bound.sight
    made = exposure.counted(measure, sight, cls)
    if made.life != sight.hull and made.life.length:
        yield text.life.format(span=say.span(made.life))
    components = exposure.by_component(measure, sight, cls)
    for exclusion in sight.outage.exclusions:
        here = (exclusion.brand, exclusion.store) == (cls.brand, cls.store)
        if here and exclusion.component in components and exclusion.cause in measure.excused:
            for span in Spans.of([(exclusion.start, exclusion.end)]).clip(*made.life):
                cause = text.causes[exclusion.cause]
                yield text.excused.format(
                    component=exclusion.component, cause=cause, span=say.span(span)
                )
    found = made.stretches
    for sentence, spans in (
        (text.planned, made.planned),
        (text.over_allowance, made.over_allowance),
        (text.gap_counts, found.closed),
        (text.gap_not_counted, found.left_open),
        (text.too_short, found.dropped),
        (text.restored, found.restored),
    ):
        for span in spans:
            yield sentence.format(span=say.span(span))


def _stretches(taken: Taken, say: Speaker) -> Iterator[str]:
    text = SENTENCES[say.lang]
    for stretch in taken.stretches:
        for span in stretch:
            yield text.counted.format(span=say.span(span))
    if len(taken.spans.items) > 1:
        parts = " + ".join(say.length(Fraction(span.length)) for span in taken.spans)
        yield f"{parts} = {say.length(Fraction(taken.spans.total))}"


def _asked(
    measure: Measure, names: Sequence[str], taken: Taken, one: OneOf, say: Speaker
) -> Iterator[str]:
    """How an uptime and a count of days come out of the time."""
    text, zone = SENTENCES[say.lang], one.run.bound.sight.zone
    if f"{measure.name}.uptime" in names and taken.window.length:
        window, total = taken.window.length, taken.spans.total
        whole, down = say.length(Fraction(window)), say.length(Fraction(total))
        share = say.value(Fraction(window - total, window), Kind.RATIO)
        yield f"({whole} − {down}) ÷ {whole} = {share}"
    if f"{measure.name}.days_touched" in names and taken.spans:
        days = sorted(taken.spans.by_day(zone))
        told = ", ".join(say.day(day) for day in days[:MOST_DAYS])
        more = ", …" if len(days) > MOST_DAYS else ""
        yield text.days.format(days=told + more, count=len(days))


def _other_windows(
    measure: Measure, cls: ExposureClass, taken: Taken, one: OneOf, say: Speaker
) -> Iterator[str]:
    """The windows in which less counts, for only the worst one is read."""
    text = SENTENCES[say.lang]
    found = exposure.windows_of(measure, one.run.bound.sight, cls)
    others = [other for other in found if other.spans and other.window != taken.window]
    if others and len(others) <= MOST_WINDOWS:
        for other in others:
            total = say.length(Fraction(other.spans.total))
            yield text.other_window.format(window=say.span(other.window), total=total)


def _added_up(name: str, table: Summed, one: OneOf, say: Speaker) -> Iterator[str]:
    """A table that is a sum: for each window or stretch what was measured, its step, its part."""
    text, bound = SENTENCES[say.lang], one.run.bound
    cls = own_class(table.measure, class_of(one.row, bound), bound, one.known)
    term = next(t for t in _every_terms(one) if t.name == f"{EVERY}{name}")
    of, kind = term.operands[0], term.kind
    head = text.every_stretch if table.by_stretch else text.every_window
    yield head.format(name=name, of=of.name)
    found = exposure.parts_of(table, bound.sight, cls)
    for part in found:
        value = say.value(part.value, of.kind)
        where = value
        if part.step is not None:
            where = say.step(table.steps[part.step], of.kind).replace("…", value)
        yield f"  {say.span(part.span)}: {where} → {say.value(part.gives, kind)}"
    parts = " + ".join(say.value(part.gives, kind) for part in found) or "0"
    yield f"  {parts} = {say.value(exposure.summed(found), kind)}"


def _every_terms(one: OneOf) -> Iterator[Term]:
    for term in one.run.checked.terms():
        yield from (part for part in walk(term) if part.op == "every")
