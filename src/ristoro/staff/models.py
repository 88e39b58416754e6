"""Who works here, and which roles they hold. Mailbox holders are not in this table."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    """What a person may do; an approver never approves a run that the same person entered."""

    OPERATOR = "operator"
    APPROVER = "approver"
    AGENT = "agent"
    EXAMINER = "examiner"
    FINANCE = "finance"
    AUDITOR = "auditor"


class Assignment(models.Model):
    """One person holds one role."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint("person", "role", name="staff_one_role_once")]


class Identity(models.Model):
    """Which human a person is: one number for each, so that nobody has a second account."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.CharField(max_length=40, unique=True)


class FactorKind(models.TextChoices):
    """What a person has, beside the password that they know."""

    TOTP = "totp"
    PASSKEY = "passkey"


class Factor(models.Model):
    """A second factor of a person.

    ``secret`` is a TOTP's shared secret, encrypted, or a passkey's public key in base64url;
    ``credential`` a passkey's id. ``count`` grows with each use: a TOTP's last time step, or a
    passkey's counter, so that nothing is accepted twice.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=FactorKind)
    name = models.CharField(max_length=80)
    secret = models.TextField()
    credential = models.CharField(max_length=1400, blank=True)
    count = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "credential", name="staff_one_credential_once", condition=~models.Q(credential="")
            )
        ]


class Token(models.Model):
    """What a program of a person's shows instead of a password, kept as its SHA-256 alone.

    It holds some of the person's roles, until ``ends_at``. 256 random bits need no slow hash.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    roles = models.JSONField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)


class Ask(models.Model):
    """Something a program asked for with a key of its own, and what it was answered.

    ``answer`` is encrypted, and empty while the asking goes on. ``fingerprint`` is of all that was
    asked, so that a key cannot come to mean something else.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    answer = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint("person", "key", name="staff_one_key_once")]
        indexes = [models.Index(fields=["begun_at"], name="staff_asks_by_age")]
