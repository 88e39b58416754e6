"""The books as an application of Django's: tables of their own."""

from __future__ import annotations

from django.apps import AppConfig


class BooksConfig(AppConfig):
    """``ristoro.fulfilment.books``, whose tables are named after ``books``."""

    name = "ristoro.fulfilment.books"
    label = "books"
