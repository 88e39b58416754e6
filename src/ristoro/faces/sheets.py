"""A table sent as a CSV file, safe to open in a spreadsheet, while its rows are still read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse

from ristoro.kernel import sheets
from ristoro.kernel.sheets import Cell


def sent(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """The table as the file ``name``, of letters, digits, dots and hyphens; it is not shown."""
    answer = StreamingHttpResponse(sheets.lines(head, rows), content_type=sheets.MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
