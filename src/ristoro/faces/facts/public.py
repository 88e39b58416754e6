"""Which programmes are public: those whose page of facts was published, and that were not called
off."""

from __future__ import annotations

from django.db.models import QuerySet

from ristoro.remedies.models import Run, RunState

SHOWN = (RunState.APPROVED, RunState.ACTING, RunState.CLOSED)


def public_runs() -> QuerySet[Run]:
    """The public runs, the last published first."""
    published = Run.objects.filter(state__in=SHOWN).exclude(published_at=None)
    return published.order_by("-published_at", "-pk")


def called_off() -> QuerySet[Run]:
    """Runs that were public and then cancelled, of which that is all that is said."""
    return Run.objects.filter(state=RunState.CANCELLED).exclude(published_at=None)
