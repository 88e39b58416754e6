"""The addresses of the books."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.books import agreeing, views

urlpatterns = [
    path("libri/", views.trial, name="books"),
    path("libri/registrazioni/", views.entries, name="book-entries"),
    path("libri/registrazioni/<int:number>/", views.entry, name="book-entry"),
    path("libri/quadratura/", agreeing.runs_listed, name="books-agreeing"),
    path("libri/quadratura/<slug:name>/", agreeing.run, name="books-run"),
    path("libri/file/", views.export, name="export-books"),
    path("libri/file/<int:errand>/", views.take, name="books-file"),
]
