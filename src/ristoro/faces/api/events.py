"""What webhooks are sent, as OpenAPI says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from ristoro.faces.api.shapes import Instant, Shape
from ristoro.workers.hooks.events import TYPES


class Event(Shape):
    """Something that happened. Look the thing up for what is not here."""

    type: Annotated[str, Field(json_schema_extra={"enum": list(TYPES)})]
    timestamp: Instant
    entry: Annotated[int, Field(description="The number of its entry in the journal.")]
    data: Mapping[str, Any]
