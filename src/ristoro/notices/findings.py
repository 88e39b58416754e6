"""A finding: one thing in a finished notice that some reader could turn into a link, or hide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """``offset`` counts characters from the start of the ``part``'s text (bytes for ``message``).

    ``part`` is ``message``, ``header``, ``from``, ``subject``, ``title``, ``plain`` or ``html``.
    """

    part: str
    offset: int
    code: str
    words: str
    why: str
    todo: str

    def __str__(self) -> str:
        return (
            f"{self.part} at {self.offset}: {self.words!r} [{self.code}]\n"
            f"  why: {self.why}\n  do:  {self.todo}"
        )
