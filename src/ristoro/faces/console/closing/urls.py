"""The addresses of closing and of the report."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.closing import lists, reports, views

RUN = "esecuzioni/<slug:name>"

urlpatterns = [
    path(f"{RUN}/chiusura/", views.page, name="closing"),
    path(f"{RUN}/chiusura/chiedi/", views.ask, name="ask-closing"),
    path(f"{RUN}/chiusura/differenze/", lists.differences, name="differences"),
    path(f"{RUN}/chiusura/differenze/motivo/", lists.handle, name="handle-differences"),
    path(f"{RUN}/chiusura/differenze.csv", lists.differences_file, name="differences-file"),
    path(f"{RUN}/chiusura/righe/<slug:part>/", lists.rows, name="left-rows"),
    path(f"{RUN}/chiusura/righe/<slug:part>.csv", lists.rows_file, name="left-rows-file"),
    path(f"{RUN}/rapporto/", reports.page, name="statement"),
    path(f"{RUN}/rapporto/rapporto-<slug:lang>.pdf", reports.paper, name="report-paper"),
    path(f"{RUN}/rapporto/tabelle.zip", reports.tables, name="report-tables"),
    path(f"{RUN}/rapporto/<slug:table>.csv", reports.table, name="report-table"),
    path(f"{RUN}/rapporto/rapporto.json", reports.data, name="report-data"),
]
