"""Importing this sets Django up, which must come before any import of a table."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ristoro.settings")
django.setup()
