"""The few rows of a page, by their ids: whose they are and what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ristoro.fulfilment.models import Grant
from ristoro.notices.models import Notice
from ristoro.workers.models import Act


@dataclass(frozen=True, slots=True)
class Row:
    """A grant or a notice; ``about`` is the remedy's position of a grant, the kind of a notice."""

    id: int
    address: str
    brand: str
    about: int
    since: datetime | None


def rows(act: Act, ids: Sequence[int]) -> Mapping[int, Row]:
    """The rows by id."""
    table, about = (Grant, "remedy") if act is Act.GRANTS else (Notice, "kind")
    found = table._default_manager.filter(id__in=list(ids))
    fields = ("id", "address", "brand", about, "since")
    return {values[0]: Row(*values) for values in found.values_list(*fields)}


def addresses(act: Act, ids: Sequence[int]) -> Mapping[int, str]:
    """The mailboxes of rows, by the rows' ids, in the order of ``ids``."""
    found = rows(act, ids)
    return {one: found[one].address for one in ids if one in found}
