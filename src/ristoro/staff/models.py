"""Who works here, and which roles they hold. Mailbox holders are not in this table."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    """What a person may do; an approver never approves a run that the same person entered."""

    OPERATOR = "operator"
    APPROVER = "approver"
    AGENT = "agent"
    AUDITOR = "auditor"


class Assignment(models.Model):
    """One person holds one role."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint("person", "role", name="staff_one_role_once")]
