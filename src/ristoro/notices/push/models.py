"""The phones and browsers that their holders asked to be told on."""

from __future__ import annotations

from django.db import models


class PushSubscription(models.Model):
    """One browser of one mailbox's holder.

    ``endpoint`` is the address that the browser's maker gave it, ``p256dh`` and ``auth`` its keys
    in base64url. ``address`` is the mailbox's, in lower case; ``home`` the webmail that the browser
    subscribed from, which a touch on the message opens.
    """

    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=30)
    address = models.CharField(max_length=254)
    home = models.CharField(max_length=300)
    locale = models.CharField(max_length=5)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "push"
        indexes = [models.Index(fields=["address", "created_at"], name="push_by_address")]
