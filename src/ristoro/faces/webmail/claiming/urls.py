"""The addresses of a holder's claims for damages."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.webmail.claiming import acts, files, views

app_name = "claiming"
urlpatterns = [
    path("reclami/", views.home, name="home"),
    path("reclami/nuovo/", acts.new, name="new"),
    path("reclami/<int:claim_id>/", acts.claim, name="claim"),
    path("reclami/<int:claim_id>/riepilogo/", views.review, name="review"),
    path("reclami/<int:claim_id>/invia/", acts.file, name="file"),
    path("reclami/<int:claim_id>/elimina/", acts.discard, name="discard"),
    path("reclami/<int:claim_id>/ritira/", acts.withdraw, name="withdraw"),
    path("reclami/<int:claim_id>/riesame/", acts.appeal, name="appeal"),
    path("reclami/<int:claim_id>/scelta/", acts.choose, name="choose"),
    path("reclami/<int:claim_id>/prove/", files.evidence, name="evidence"),
    path("reclami/<int:claim_id>/documenti/<int:document_id>/", files.document, name="document"),
]
