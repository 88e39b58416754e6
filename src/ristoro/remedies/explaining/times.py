"""Which time of the outage counts, by measure: what failed, what counts, in which window."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ristoro.kernel.spans import Spans
from ristoro.remedies import exposure
from ristoro.remedies.clocks import own_class
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.find import OneOf
from ristoro.remedies.language.evaluate import Known
from ristoro.remedies.language.policy import Measure
from ristoro.remedies.language.terms import Term, reads
from ristoro.remedies.language.types import Kind
from ristoro.remedies.one import class_of
from ristoro.remedies.words import Speaker


def told(terms: Sequence[Term | None], one: OneOf, say: Speaker) -> list[str]:
    """A few lines for every measure that the terms read."""
    measures = one.run.checked.policy.measures
    heads = dict.fromkeys(name.partition(".")[0] for name in reads(*terms))
    lines: list[str] = []
    for measure in (measures[head] for head in heads if head in measures):
        lines.extend(
            _over(measure, one.known, say) if measure.population else _own(measure, one, say)
        )
    return lines


def _over(measure: Measure, known: Known, say: Speaker) -> list[str]:
    text = SENTENCES[say.lang]
    share = say.value(known.get(f"{measure.name}.uptime"), Kind.RATIO)
    population = text.populations[str(measure.population)]
    return [text.over.format(name=measure.name, population=population, value=share)]


def _own(measure: Measure, one: OneOf, say: Speaker) -> list[str]:
    text, bound = SENTENCES[say.lang], one.run.bound
    cls = own_class(measure, class_of(one.row, bound), bound, one.known)
    taken = exposure.take(measure, bound.sight, cls)
    window = say.span(taken.window)
    total = say.length(Fraction(taken.spans.total))
    head = text.window if taken.spans.total else text.nothing_counted
    lines = [head.format(name=measure.name, total=total, window=window)]
    for components, spans in _together(exposure.by_component(measure, bound.sight, cls)):
        if not spans:
            lines.append(f"  {components}: {text.never}")
        lines.extend(f"  {components}: {say.span(span)}" for span in spans)
    lines.extend(f"  {text.counted.format(span=say.span(span))}" for span in taken.spans)
    return lines


def _together(found: dict[str, Spans]) -> list[tuple[str, Spans]]:
    """Components that failed at the same times, named once."""
    groups: dict[Spans, list[str]] = {}
    for component, spans in found.items():
        groups.setdefault(spans, []).append(component)
    return [(", ".join(names), spans) for spans, names in groups.items()]
