"""A private Postfix as a test's peer: mail comes in by SMTP and goes to a store by LMTP.

It needs root, as Postfix's master does; its log is a file of its own, in the shape that Postfix
itself writes (a month, a day and a time; neither year nor zone).
"""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.databases import free_port

PATIENCE = 60
"""Seconds that the log may take to say what is waited for."""

_HOST = "127.0.0.1"
_MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
maillog_file = {base}/log/mail.log
maillog_file_prefixes = {base}
mail_owner = postfix
setgid_group = postdrop
myhostname = {name}
mydestination =
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:{host}:{lmtp}
default_transport = error:nothing leaves this machine
alias_maps =
alias_database =
local_recipient_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
"""
_MASTER = """\
{host}:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """The server; ``name`` is its host's in the log."""

    base: Path
    smtp: int
    name: str

    @property
    def log(self) -> Path:
        return self.base / "log/mail.log"

    def send(self, sender: str, recipient: str, message_id: str, subject: str) -> None:
        """Hand a message over, as another provider's server would; it is accepted, or it raises."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, recipient, subject
        message["Message-ID"] = message_id
        message.set_content("Gentile cliente, in allegato non c'è nulla.\n")
        with smtplib.SMTP(_HOST, self.smtp, timeout=30) as session:
            session.send_message(message, sender, [recipient])

    def waited(self, message_id: str, what: str) -> str:
        """Wait until the log says this of a message; its id in the queue.

        An assertion fails where the log has not said it within ``PATIENCE`` seconds.
        """
        queued = None
        command = ["timeout", str(PATIENCE), "tail", "-n", "+1", "-F", str(self.log)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as followed:
            assert followed.stdout is not None
            try:
                for line in followed.stdout:
                    if f"message-id={message_id}" in line:
                        queued = line.split(": ")[1]
                    if queued and f" {queued}: " in line and what in line:
                        return queued
            finally:
                followed.terminate()
        raise AssertionError(f"not told of {message_id}: {what}\n{self.log.read_text('utf-8')}")

    def delete(self, queue_id: str) -> None:
        """Take a message out of the queue, as an administrator does by hand."""
        subprocess.run(
            ["postsuper", "-c", str(self.base / "conf"), "-d", queue_id],
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )

    def command(self, word: str) -> None:
        """``postfix start`` or ``postfix stop``, on this server only."""
        done = subprocess.run(
            ["postfix", "-c", str(self.base / "conf"), word],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        told = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        assert done.returncode == 0, done.stderr + told


@contextmanager
def postfix(domains: list[str], lmtp: int, name: str = "mx1") -> Iterator[Postfix]:
    """A Postfix that takes mail for these domains and hands it to an LMTP port of this machine."""
    if os.geteuid() != 0:
        pytest.skip("Postfix's master process needs root")
    if shutil.which("postfix") is None:
        pytest.skip("no Postfix is installed (Debian: postfix)")
    # Not under pytest's own folder, which Postfix's user may not enter.
    base = Path(tempfile.mkdtemp(prefix="ristoro-postfix-"))
    base.chmod(0o755)
    for folder in ("conf", "queue", "data", "log"):
        (base / folder).mkdir()
    shutil.chown(base / "data", "postfix")
    known = {
        "base": base,
        "host": _HOST,
        "name": name,
        "domains": ", ".join(domains),
        "lmtp": lmtp,
        "smtp": free_port(),
    }
    (base / "conf/main.cf").write_text(_MAIN.format(**known), encoding="utf-8")
    (base / "conf/master.cf").write_text(_MASTER.format(**known), encoding="utf-8")
    server = Postfix(base, int(str(known["smtp"])), name)
    try:
        server.command("start")
        yield server
    finally:
        server.command("stop")
        shutil.rmtree(base, ignore_errors=True)
