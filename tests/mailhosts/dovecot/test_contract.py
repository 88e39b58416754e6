"""Dovecot keeps the contract of a mail host."""

from __future__ import annotations

import pytest
from tests.hosts.contract import MailHostContract

pytestmark = pytest.mark.host


class TestDovecot(MailHostContract):
    """The embedded host, by LMTP, IMAP and its SQLite user table."""
