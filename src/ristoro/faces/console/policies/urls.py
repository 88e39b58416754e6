"""The addresses of policies."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.policies import acts, views

urlpatterns = [
    path("politiche/", views.policies, name="policies"),
    path("politiche/nuova/", acts.new, name="enter-policy"),
    path("politiche/<slug:name>/", views.policy, name="policy"),
    path("politiche/<slug:name>/correggi/", acts.correct, name="correct-policy"),
    path("politiche/<slug:name>/esame/", acts.examine, name="examine-policy"),
    path("politiche/<slug:name>/casi/<int:number>/", views.case, name="policy-case"),
    path("politiche/<slug:name>/confronto/", views.beside, name="policy-beside"),
]
