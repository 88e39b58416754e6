"""The addresses of runs."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.runs import acts, approval, letters, queues, views, watch

RUN = "esecuzioni/<slug:name>/"

urlpatterns = [
    path("", views.runs, name="runs"),
    path(RUN, views.run, name="run"),
    path(f"{RUN}messaggi/", letters.letters, name="letters"),
    path(f"{RUN}approvazione/", approval.approve, name="approve"),
    path(f"{RUN}annullamento/", approval.cancel, name="cancel-run"),
    path(f"{RUN}avvio/", acts.begin, name="begin"),
    path(f"{RUN}avanzamento/", watch.watch, name="watch"),
    path(f"{RUN}avanzamento/ora/", watch.now, name="watch-now"),
    path(f"{RUN}pausa/", acts.pause, name="pause"),
    path(f"{RUN}ripresa/", acts.resume, name="resume"),
    path(f"{RUN}code/", queues.queues, name="queues"),
    path(f"{RUN}code/righe/", queues.queue, name="queue"),
    path(f"{RUN}code/righe/riprova/", queues.retry, name="retry"),
    path(f"{RUN}code/righe/guarda/", queues.look, name="look"),
    path(f"{RUN}code/righe/trattate/", queues.handle, name="handle"),
    path(f"{RUN}code/righe/elenco.csv", queues.download, name="queue-file"),
    path(f"{RUN}spiegazione/", acts.explain, name="explain"),
]
