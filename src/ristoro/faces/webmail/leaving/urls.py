"""The addresses of leaving with everything."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "leaving"
urlpatterns: list[URLPattern] = []
