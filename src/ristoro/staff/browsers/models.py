"""A person was signed in in a browser."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Sighting(models.Model):
    """The person was signed in in the browser, last at ``at``.

    ``browser`` is the SHA-256 of a random name that the browser keeps as a cookie, through every
    sign-out.
    """

    browser = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("browser", "person", name="browser_person_once")]
