"""The addresses of decisions, and of the preview that a run was entered from."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.decisions import acts, asking, pages

urlpatterns = [
    path("decisioni/", pages.decisions, name="decisions"),
    path("decisioni/nuova/", asking.new, name="decide"),
    path("decisioni/<slug:digest>/", pages.decision, name="decision"),
    path("decisioni/<slug:digest>/messaggi/", pages.letters, name="decision-letters"),
    path("decisioni/<slug:digest>/casella/", acts.mailbox, name="decision-mailbox"),
    path("decisioni/<slug:digest>/verifica/", acts.check, name="decision-check"),
    path("decisioni/<slug:digest>/confronto/", acts.compare, name="decision-compare"),
    path(
        "decisioni/<slug:digest>/confronto/<slug:name>/",
        pages.comparison,
        name="decision-comparison",
    ),
    path("decisioni/<slug:digest>/entrata/", acts.enter, name="decision-enter"),
    path("esecuzioni/<slug:name>/anteprima/", pages.run_preview, name="run-preview"),
    path("esecuzioni/<slug:name>/anteprima/casella/", acts.run_mailbox, name="run-mailbox"),
    path("esecuzioni/<slug:name>/anteprima/esempi/", acts.draw, name="run-draw"),
    path("esecuzioni/<slug:name>/anteprima/nonostante/", acts.set_aside, name="run-set-aside"),
]
