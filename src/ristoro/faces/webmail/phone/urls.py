"""The addresses of the installed webmail: manifest, icons, service worker."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "phone"
urlpatterns: list[URLPattern] = []
