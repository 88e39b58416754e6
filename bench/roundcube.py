"""Roundcube as Debian packages it, privately: PHP-FPM with its opcode cache behind nginx.

It runs from a folder of its own, with settings of its own and SQLite, on a free loopback port;
nothing under ``/etc`` is read or changed but the packages' defaults.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import free_port

from bench.visitor import Visitor

SHARE = Path("/usr/share/roundcube")
PUBLIC = Path("/var/lib/roundcube/public_html")
WORKERS = 2
PATIENCE = 20.0

_SETTINGS = """<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///{folder}/roundcube.sqlite?mode=0600';
$config['imap_host'] = '127.0.0.1:{imap}';
$config['smtp_host'] = '127.0.0.1:25';
$config['des_key'] = 'twenty four characters!!';
$config['skin'] = 'elastic';
$config['language'] = 'it_IT';
$config['plugins'] = [];
$config['log_dir'] = '{folder}/';
$config['temp_dir'] = '{folder}/';
$config['enable_spellcheck'] = false;
"""
_FPM = """
[global]
error_log = {folder}/fpm.log
daemonize = no
[bench]
{account}
listen = {folder}/fpm.sock
pm = static
pm.max_children = {workers}
env[ROUNDCUBE_CONFIG_DIR] = {folder}/config
php_admin_value[opcache.enable] = 1
php_admin_value[opcache.validate_timestamps] = 0
php_admin_value[session.save_path] = {folder}
"""
_NGINX = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on;
  gzip on;
  gzip_types text/css application/javascript application/json text/javascript;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {public};
    index index.php;
    location ~ \\.php$ {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:{folder}/fpm.sock;
    }}
  }}
}}
"""
_TOKEN = re.compile(r'"request_token":"([^"]+)"')
_FIELD = re.compile(r'name="_token" value="([^"]+)"')


def programs() -> tuple[str, str] | None:
    """PHP-FPM and nginx; ``None`` where these or Roundcube are not installed."""
    found = sorted(Path("/usr/sbin").glob("php-fpm*"))
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found or nginx is None or not PUBLIC.is_dir():
        return None
    return str(found[-1]), nginx


def version() -> str:
    """The version of the package."""
    told = ["dpkg-query", "-W", "-f=${Version}", "roundcube-core"]
    return subprocess.run(told, capture_output=True, text=True, check=True).stdout


@contextmanager
def serving(folder: Path, imap: int) -> Iterator[int]:
    """Serve Roundcube in front of an IMAP port; the port of its pages."""
    found = programs()
    assert found is not None
    port = _configured(folder, imap)
    as_root = ["-R"] if os.geteuid() == 0 else []
    commands = (
        [found[0], "-y", f"{folder}/fpm.conf", "-F", *as_root],
        [found[1], "-p", str(folder), "-c", f"{folder}/nginx.conf", "-g", "daemon off;"],
    )
    with (folder / "said").open("wb") as said:
        running = [subprocess.Popen(each, stdout=said, stderr=said) for each in commands]
    try:
        _wait(folder, port)
        yield port
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
        for each in running:
            each.wait(timeout=PATIENCE)


class Reader:
    """A holder who signs in to Roundcube and waits for the list."""

    def __init__(self, port: int, address: str, password: str) -> None:
        self._visitor = Visitor(port)
        self._form = {"_task": "login", "_action": "login", "_user": address, "_pass": password}
        page = self._visitor.get("/?_task=login").text
        self._token = _FIELD.findall(page)[0]

    def inbox(self) -> int:
        """Sign in, fetch the page, then the list as the page's script does; how many rows."""
        answer = self._visitor.post("/?_task=login", {**self._form, "_token": self._token})
        assert answer.status == 302, answer.text[:2000]
        page = self._visitor.get(f"/{answer.location.removeprefix('./')}")
        token = _TOKEN.findall(page.text)[0]
        query = "_task=mail&_action=list&_refresh=1&_layout=widescreen&_mbox=INBOX&_remote=1"
        ajax = {"X_Requested_With": "XMLHttpRequest", "X_Roundcube_Request": token}
        return self._visitor.get(f"/?{query}", **ajax).text.count("this.add_message_row(")

    def leave(self) -> None:
        self._visitor.close()


def _configured(folder: Path, imap: int) -> int:
    """Write every file of the folder; the port for nginx."""
    (folder / "config").mkdir(parents=True)
    port = free_port()
    is_root = os.geteuid() == 0
    places = {"folder": folder, "imap": imap, "port": port, "public": PUBLIC, "workers": WORKERS}
    account = "user = www-data\ngroup = www-data\nlisten.owner = www-data" if is_root else ""
    user = "user www-data;" if is_root else ""
    (folder / "config/config.inc.php").write_text(_SETTINGS.format(**places))
    for name in ("defaults.inc.php", "mimetypes.php"):
        (folder / "config" / name).symlink_to(f"/etc/roundcube/{name}")
    (folder / "fpm.conf").write_text(_FPM.format(account=account, **places))
    (folder / "nginx.conf").write_text(_NGINX.format(user=user, **places))
    base = sqlite3.connect(folder / "roundcube.sqlite")
    base.executescript((SHARE / "SQL/sqlite.initial.sql").read_text())
    base.close()
    if is_root:
        owner = pwd.getpwnam("www-data")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    return port


def _wait(folder: Path, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if Visitor(port).get("/?_task=login").status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            names = ("said", "errors.log", "fpm.log", "nginx.log")
            said = [path.read_text() for path in map(folder.joinpath, names) if path.exists()]
            raise RuntimeError("Roundcube does not answer: " + "\n".join(said))
        time.sleep(0.1)
