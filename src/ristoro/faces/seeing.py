"""Leading on after an act: 303, so that a reload repeats nothing."""

from __future__ import annotations

from django.http import HttpResponse


class SeeOther(HttpResponse):
    """The act is done, and the next page is fetched by GET."""

    def __init__(self, to: str) -> None:
        super().__init__(status=303)
        self["Location"] = to
