"""Mail logs of the January 2023 outage for one mailbox: what came late, came back, or failed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ristoro.edges.mail_logs.folder import Folder
from ristoro.edges.mail_logs.importing import import_logs

READ_AT = datetime(2023, 2, 1, 9, tzinfo=UTC)
_REFUSED = "connect to 127.0.0.1[127.0.0.1]:24: Connection refused"
_LINES = """
2023-01-23T01:59:58.100000+00:00 mx1 dovecot: master: Warning: Killed with signal 15 (by pid=1 uid=0 code=kill)
2023-01-23T02:00:01.000000+00:00 mx1 postfix/smtpd[501]: 4NxLate1: client=mail.example.it[192.0.2.7]
2023-01-23T02:00:01.010000+00:00 mx1 postfix/cleanup[502]: 4NxLate1: message-id=<offer-1@example.it>
2023-01-23T02:00:01.020000+00:00 mx1 postfix/qmgr[503]: 4NxLate1: from=<ufficio@example.it>, size=1134, nrcpt=1 (queue active)
2023-01-23T02:00:01.030000+00:00 mx1 postfix/lmtp[504]: 4NxLate1: to=<{address}>, relay=none, delay=0.03, delays=0.02/0/0.01/0, dsn=4.4.1, status=deferred ({refused})
2023-01-23T02:10:00.000000+00:00 mx1 postfix/smtpd[501]: 4NxGone1: client=mail.shop.example[192.0.2.9]
2023-01-23T02:10:00.010000+00:00 mx1 postfix/cleanup[502]: 4NxGone1: message-id=<order-7@shop.example>
2023-01-23T02:10:00.020000+00:00 mx1 postfix/qmgr[503]: 4NxGone1: from=<orders@shop.example>, size=2210, nrcpt=1 (queue active)
2023-01-23T02:10:00.030000+00:00 mx1 postfix/lmtp[504]: 4NxGone1: to=<{address}>, relay=none, delay=0.03, delays=0.02/0/0.01/0, dsn=4.4.1, status=deferred ({refused})
2023-01-26T18:00:00.000000+00:00 mx1 dovecot: master: Dovecot v2.3.19.1 (9b53102964) starting up for imap, lmtp
2023-01-26T18:05:00.000000+00:00 mx1 postfix/lmtp[604]: 4NxLate1: to=<{address}>, relay=127.0.0.1[127.0.0.1]:24, delay=317099, delays=317098/0/0.01/1, dsn=2.0.0, status=sent (250 2.0.0 <{address}> z6VOFKM Saved)
2023-01-26T18:05:00.010000+00:00 mx1 postfix/qmgr[503]: 4NxLate1: removed
2023-01-26T18:06:00.000000+00:00 mx1 dovecot: imap-login: Disconnected: Connection closed (auth service reported temporary failure): user=<{address}>, method=PLAIN, rip=192.0.2.44, lip=192.0.2.1, session=<abc>
2023-01-28T02:10:00.000000+00:00 mx1 postfix/qmgr[503]: 4NxGone1: from=<orders@shop.example>, status=expired, returned to sender
2023-01-28T02:10:00.010000+00:00 mx1 postfix/qmgr[503]: 4NxGone1: removed
"""  # noqa: E501 - lines as Postfix and Dovecot write them


def imported(home: Path, address: str) -> Folder:
    """An import of such a log into an installation's evidence."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / "mail.log"
    log.write_text(_LINES.lstrip().format(address=address, refused=_REFUSED), encoding="utf-8")
    return import_logs([log], home, by="test", now=READ_AT).folder
