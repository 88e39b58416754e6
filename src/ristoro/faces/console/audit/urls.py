"""The addresses of the journal and the proofs."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.audit import proofs, views

urlpatterns = [
    path("registro/", views.journal, name="journal"),
    path("registro/<int:number>/", views.entry, name="entry"),
    path("registro/file/", views.export, name="export-journal"),
    path("registro/catena/", proofs.chain, name="chain"),
    path("registro/catena/percorri/", proofs.walk, name="walk-journal"),
    path("registro/prove/", proofs.proofs, name="proofs"),
    path("registro/prove/<slug:name>/", proofs.proof, name="proof"),
    path("registro/prove/<slug:name>/chiedi/", proofs.prove, name="prove"),
]
