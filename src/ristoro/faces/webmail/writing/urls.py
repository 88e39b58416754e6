"""The addresses of writing and sending."""

from __future__ import annotations

from django.urls import path

import ristoro.faces.webmail.places  # noqa: F401, registers the converter `folder`
from ristoro.faces.webmail.writing import acquaintances, beginning, ending

app_name = "writing"
MESSAGE = "posta/<folder:folder>/<int:uidvalidity>-<int:uid>"
urlpatterns = [
    path("posta/scrivi/", beginning.new, name="new"),
    path("posta/scrivi/salva/", ending.save, name="save"),
    path("posta/scrivi/invia/", ending.send, name="send"),
    path("posta/scrivi/elimina/", ending.discard, name="discard"),
    path("posta/scrivi/persone/", acquaintances.people, name="people"),
    path("posta/scrivi/<slug:letter>/", beginning.draft, name="draft"),
    path("posta/scrivi/<slug:letter>/esito/", ending.ended, name="ended"),
    path("posta/scrivi/<slug:letter>/reinvia/", ending.send_again, name="send-again"),
    path(f"{MESSAGE}/rispondi/", beginning.answer, name="answer"),
    path(f"{MESSAGE}/rispondi-a-tutti/", beginning.answer_all, name="answer-all"),
    path(f"{MESSAGE}/inoltra/", beginning.forward, name="forward"),
    path(f"{MESSAGE}/inoltra-intero/", beginning.forward_whole, name="forward-whole"),
    path(f"{MESSAGE}/bozza/", beginning.draft_at, name="draft-at"),
]
