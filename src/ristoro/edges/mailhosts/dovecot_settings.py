"""How to reach a provider's Dovecot: read from ``mailhost.yaml``, refused at once when wrong."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import ProgrammingError

from ristoro.edges.mailhosts.doveadm import Doveadm
from ristoro.edges.mailhosts.imap import ImapServer
from ristoro.edges.mailhosts.lmtp.endpoint import Endpoint, Timeouts, Tls
from ristoro.edges.mailhosts.userdb import PostgresUsers, SqliteUsers, UserDb, UserTable
from ristoro.kernel.documents import Fields, Value, read_file
from ristoro.kernel.errors import bad_input

Secret = Callable[[str], str]

IMAP_PASSWORD = "RISTORO_IMAP_PASSWORD"  # noqa: S105
DOVEADM_KEY = "RISTORO_DOVEADM_KEY"

_TLS = ("none", "starttls", "tls")
_LMTP = ("host", "port", "socket", "tls", "ca", "server_name", "client_name", "connections")
_IMAP = ("port", "tls", "ca", "plaintext", "separator", "password_file", "sessions", "tail")
_TABLE = ("table", "address", "quota", "active", "unit")


@dataclass(frozen=True, slots=True)
class DovecotSettings:
    """One Dovecot: where its services are, and how many connections each may get.

    More than two LMTP connections to a host of two cores bring nothing: deposits cost the host
    2 to 4.5 ms of processor time each, and the client a tenth of that.
    """

    imap: ImapServer
    lmtp: Endpoint
    users: UserDb
    doveadm: Doveadm | None = None
    lmtp_connections: int = 2
    lmtp_timeouts: Timeouts = field(default_factory=Timeouts)
    imap_sessions: int = 4
    imap_tail: int = 2_000


def read_settings(path: Path, secret: Secret) -> DovecotSettings:
    """The settings in ``mailhost.yaml``; ``secret`` gives the value of a named secret.

    Raises ``BadInput`` with line and field, or ``Missing`` for a secret that is not set.
    """
    root = read_file(path).mapping(
        required=("kind", "lmtp", "imap", "users"), optional=("doveadm", "holders")
    )
    root["kind"].as_choice(("dovecot",))
    lmtp = root["lmtp"].mapping(optional=_LMTP)
    imap = root["imap"].mapping(required=("host", "master_user"), optional=_IMAP)
    doveadm = root.get("doveadm")
    return DovecotSettings(
        imap=_imap(imap, secret),
        lmtp=_lmtp(lmtp, root["lmtp"]),
        users=_users(root["users"], secret),
        doveadm=None if doveadm is None else _doveadm(doveadm, secret),
        lmtp_connections=_number(lmtp, "connections", 2, 256),
        imap_sessions=_number(imap, "sessions", 4, 64),
        imap_tail=_number(imap, "tail", 2_000, 10_000_000),
    )


def _lmtp(fields: Fields, value: Value) -> Endpoint:
    host, path = _text(fields, "host", ""), fields.get("socket")
    if bool(host) == (path is not None):
        raise value.wrong("either `host` or `socket`", "write one of the two")
    ca = fields.get("ca")
    tls = fields.get("tls")
    return Endpoint(
        host=host,
        port=_number(fields, "port", 24, 65_535),
        path=None if path is None else Path(path.as_text()),
        tls=Tls.NONE if tls is None else Tls(tls.as_choice(_TLS)),
        server_name=_text(fields, "server_name", ""),
        ca_file=None if ca is None else Path(ca.as_text()),
        client_name=_text(fields, "client_name", "localhost"),
    )


def _imap(fields: Fields, secret: Secret) -> ImapServer:
    tls = fields.get("tls")
    kind = "none" if tls is None else tls.as_choice(_TLS)
    plaintext = fields.get("plaintext")
    separator = fields.get("separator")
    return ImapServer(
        host=fields["host"].as_text(),
        port=_number(fields, "port", 993 if kind == "tls" else 143, 65_535),
        master_user=fields["master_user"].as_text(),
        master_password=_secret(fields, "password_file", IMAP_PASSWORD, secret),
        separator="*" if separator is None else (separator.text or ""),
        tls=None if kind == "none" else _context(fields.get("ca")),
        starttls=kind == "starttls",
        plaintext=plaintext is not None and plaintext.as_bool(),
    )


def _users(value: Value, secret: Secret) -> UserDb:
    fields = value.mapping(optional=("sqlite", "postgresql", "password_file", *_TABLE))
    sqlite, postgresql = fields.get("sqlite"), fields.get("postgresql")
    table = UserTable(
        name=_text(fields, "table", "users"),
        address=_text(fields, "address", "userid"),
        quota=_text(fields, "quota", "quota_bytes"),
        active=_active(fields),
        unit=_number(fields, "unit", 1, 1 << 40),
    )
    if sqlite is not None and postgresql is None:
        path = Path(sqlite.as_text())
        if not path.is_file():
            raise sqlite.wrong("an SQLite file that is there", "name the file Dovecot reads")
        return SqliteUsers(path, table)
    if postgresql is None or sqlite is not None:
        raise value.wrong("either `sqlite` or `postgresql`", "write one of the two")
    text = postgresql.as_text()
    try:
        parts = conninfo_to_dict(text)
    except ProgrammingError as error:
        raise postgresql.wrong("a libpq connection string", str(error).strip()) from error
    if "password" in parts:
        raise bad_input(
            "secret-in-file",
            "a password stands in mailhost.yaml",
            "this file is shown, copied and versioned",
            "move it to a file named by `password_file`, or to PGPASSWORD or ~/.pgpass",
            postgresql.place,
        )
    named = fields.get("password_file")
    if named is not None:
        text = make_conninfo(text, password=_read_secret(named))
    return PostgresUsers(text, table)


def _active(fields: Fields) -> str | None:
    """The column's name; ``active: ~`` says that there is none."""
    if "active" in fields and fields["active"].is_null:
        return None
    return _text(fields, "active", "active")


def _doveadm(value: Value, secret: Secret) -> Doveadm:
    fields = value.mapping(required=("host", "port"), optional=("key_file",))
    return Doveadm(
        fields["host"].as_text(),
        fields["port"].as_int(1, 65_535),
        _secret(fields, "key_file", DOVEADM_KEY, secret),
    )


def _context(ca: Value | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca is None else ca.as_text())
    except (OSError, ssl.SSLError) as error:
        assert ca is not None
        raise ca.wrong("a PEM file of certificate authorities", str(error)) from error


def _secret(fields: Fields, name: str, otherwise: str, secret: Secret) -> str:
    named = fields.get(name)
    return secret(otherwise) if named is None else _read_secret(named)


def _read_secret(named: Value) -> str:
    try:
        return Path(named.as_text()).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise named.wrong("a file that holds the secret", str(error)) from error


def _text(fields: Fields, name: str, default: str) -> str:
    value = fields.get(name)
    return default if value is None else value.as_text()


def _number(fields: Fields, name: str, default: int, most: int) -> int:
    value = fields.get(name)
    return default if value is None else value.as_int(1, most)
