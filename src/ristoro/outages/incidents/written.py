"""An incident, or what is told of one, as it is written in a YAML file, both languages together.

``docs/incidents/opened.yaml`` is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.kernel import documents
from ristoro.kernel.documents import Fields, Value
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.incidents.board import Part
from ristoro.outages.incidents.publish import Opening, Plan, Told, Words
from ristoro.outages.incidents.states import Condition, Impact, Phase

_OPENING = ("title", "impact", "from", "until", "outage")


@dataclass(frozen=True, slots=True)
class Written:
    """``opening`` is there where the file has a title: then it is a new incident."""

    opening: Opening | None
    told: Told


def read(path: Path, zone: ZoneInfo) -> Written:
    """What a file says; times without an offset are of the zone. ``BadInput`` names line and field.

    A file with ``until`` announces planned work, from and until; one without a title tells how an
    incident goes on.
    """
    fields = documents.read_file(path).mapping(
        required=("phase", "text"), optional=(*_OPENING, "components")
    )
    opening = _opening(fields, zone) if "title" in fields else None
    return Written(
        opening,
        Told(
            Phase(fields["phase"].as_choice([each.value for each in Phase])),
            _words(fields["text"]),
            _conditions(fields.get("components")),
        ),
    )


def _opening(fields: Fields, zone: ZoneInfo) -> Opening:
    missing = [name for name in ("impact", "from") if name not in fields]
    if missing:
        raise fields["title"].wrong(
            f"with {' and '.join(missing)}", "write them beside the title of a new incident"
        )
    start = fields["from"].as_instant(zone).astimezone(zone)
    until, outage = fields.get("until"), fields.get("outage")
    return Opening(
        title=_words(fields["title"]),
        impact=Impact(fields["impact"].as_choice([each.value for each in Impact])),
        started_at=start,
        plan=None if until is None else Plan(start, until.as_instant(zone)),
        outage="" if outage is None else outage.as_text(),
    )


def _words(value: Value) -> Words:
    both = value.mapping(required=("it", "en"))
    return Words(both["it"].as_text(), both["en"].as_text())


def _conditions(value: Value | None) -> dict[Part, Condition]:
    if value is None:
        return {}
    return {
        Part(brand, name): Condition(said.as_choice([each.value for each in Condition]))
        for brand, parts in value.mapping().items()
        for name, said in parts.mapping(optional=COMPONENTS).items()
    }
