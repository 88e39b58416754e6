"""``mailhost.yaml`` is read whole, or refused with the line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ristoro.edges.mailhosts.dovecot_settings import DOVEADM_KEY, IMAP_PASSWORD, read_settings
from ristoro.edges.mailhosts.lmtp.endpoint import Tls
from ristoro.edges.mailhosts.userdb import PostgresUsers, SqliteUsers
from ristoro.kernel.errors import BadInput, Missing, RistoroError

SECRETS = {IMAP_PASSWORD: "segreta", DOVEADM_KEY: "chiave"}
LEAST = """\
kind: dovecot
lmtp: {host: 127.0.0.1}
imap: {host: 127.0.0.1, master_user: ristoro}
users: {postgresql: "service=mail"}
"""


def read(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "mailhost.yaml"
    path.write_text(text)
    return read_settings(path, SECRETS.__getitem__)


def test_the_least_file_has_careful_defaults(tmp_path: Path) -> None:
    settings = read(tmp_path, LEAST)
    assert (settings.lmtp.port, settings.lmtp.tls, settings.lmtp_connections) == (24, Tls.NONE, 2)
    assert (settings.imap.port, settings.imap.separator, settings.imap.tls) == (143, "*", None)
    assert settings.imap.master_password == "segreta"
    assert isinstance(settings.users, PostgresUsers)
    assert settings.doveadm is None
    assert "segreta" not in repr(settings)


def test_the_sample_in_the_manual_is_read(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[3] / "docs/mail-host.md").read_text()
    sample = manual.partition("```yaml\n")[2].partition("```")[0]
    for name in ("master-password", "users-password", "doveadm-key"):
        (tmp_path / name).write_text(f"{name}\n")
        sample = sample.replace(f"/etc/ristoro/{name}", str(tmp_path / name))
    settings = read(tmp_path, sample.replace("/etc/ristoro/mail-ca.pem", "~"))
    assert settings.imap.master_password == "master-password"
    assert settings.imap.tls is not None
    assert settings.doveadm is not None
    assert isinstance(settings.users, PostgresUsers)
    assert "password=users-password" in settings.users.conninfo
    assert settings.users.table.name == "mailbox"


def test_an_sqlite_table_with_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "users.sqlite").touch()
    users = (
        f"{{sqlite: {tmp_path}/users.sqlite, table: box, address: name, quota: mb, active: ~, "
        "unit: 1048576}"
    )
    settings = read(tmp_path, LEAST.replace('{postgresql: "service=mail"}', users))
    assert isinstance(settings.users, SqliteUsers)
    table = settings.users.table
    assert (table.name, table.address, table.quota) == ("box", "name", "mb")
    assert (table.active, table.unit) == (None, 1 << 20)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: dovecot", "kind: exchange", "dovecot"),
        ("kind: dovecot\n", "", "'kind' is missing"),
        ("lmtp:", "lntp:", "'lntp'"),
        ("{host: 127.0.0.1}", "{host: 127.0.0.1, socket: /run/lmtp}", "either `host` or `socket`"),
        ("{host: 127.0.0.1}", "{}", "either `host` or `socket`"),
        ("{host: 127.0.0.1}", "{host: a, port: 70000}", "1 to 65535"),
        ("{host: 127.0.0.1}", "{host: a, tls: on}", "none, starttls, tls"),
        ("master_user: ristoro", "master_users: ristoro", "master_user"),
        ("master_user: ristoro", "master_user: r, password_file: /none/here", "holds the secret"),
        ("master_user: ristoro", "master_user: r, tls: tls, ca: /none/here", "PEM"),
        ("imap: {host: 127.0.0.1", "imap: {host: imap.libero.it", "without TLS"),
        ('postgresql: "service=mail"', "sqlite: /none/here", "an SQLite file"),
        ('postgresql: "service=mail"', "table: box", "either `sqlite` or `postgresql`"),
        ("service=mail", "postgresql://r:segreta@db/mail", "a password stands in"),
        ("service=mail", "servus=mail", "libpq"),
        ('"service=mail"', '"service=mail", table: "a b"', "not the name of a table"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in LEAST
    with pytest.raises((BadInput, Missing)) as caught:
        read(tmp_path, LEAST.replace(old, new))
    assert said in str(caught.value)
    assert "do:" in str(caught.value)
    assert isinstance(caught.value, RistoroError)
