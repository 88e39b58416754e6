"""The embedded host needs no root, and no installed Dovecot: both tried as an ordinary user.

The packages come from Debian by apt once, and stay in ``/var/tmp/ristoro-test-debs``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ristoro.edges.mailhosts.embedded import find_binaries
from ristoro.edges.mailhosts.embedded.binaries import Binaries, unpack
from ristoro.kernel.errors import Missing

pytestmark = pytest.mark.host

USER = "games"
"""An ordinary user that every Debian has."""

LIVE = """
import sys
from pathlib import Path
from ristoro.edges.mailhosts.contract import Letter, LookAsk, QuotaAsk
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost, find_binaries

home, cache = Path(sys.argv[1]), Path(sys.argv[2])
host = EmbeddedHost(home, lambda: find_binaries(cache))
host.provision([Account("anna@libero.it", "x", 1 << 20, 1 << 20)])
host.start()
try:
    dovecot = host.dovecot()
    letter = Letter(b"Message-ID: <a@b>\\r\\n\\r\\nciao\\r\\n", ("anna@libero.it",))
    print(dovecot.deposit([letter])[0][0].code)
    print(dovecot.raise_quota([QuotaAsk("anna@libero.it", 1 << 20, 2 << 20)])[0].code)
    print(dovecot.deposit([letter])[0][0].code)
    print(dovecot.look([LookAsk("anna@libero.it", "<a@b>")])[0].copies)
    print(dovecot.read_quota(["anna@libero.it"])[0].limit_kib)
    dovecot.close()
finally:
    host.stop()
"""
LIVED = ["lmtp-552", "done", "lmtp-250", "1", "2048"]

HIDE = """
set -e
mount -t tmpfs none /usr/lib/dovecot
mount -t tmpfs none /etc/dovecot
for program in /usr/sbin/dovecot /usr/bin/doveconf /usr/bin/doveadm; do
  mount --bind /dev/null $program
done
exec "$@"
"""


@pytest.fixture
def user_home() -> Iterator[Path]:
    """A folder that belongs to the ordinary user, in a place that the user can reach."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a test as another user")
    user = pwd.getpwnam(USER)
    home = Path(f"/var/tmp/ristoro-test-{os.getpid()}")
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def unpacked() -> Binaries:
    """Dovecot from Debian's packages; fetched by the ordinary user, since that is the claim."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a test as another user")
    cache = Path("/var/tmp/ristoro-test-debs")
    user = pwd.getpwnam(USER)
    cache.mkdir(exist_ok=True)
    os.chown(cache, user.pw_uid, user.pw_gid)
    code = (
        "import sys; from pathlib import Path; "
        "from ristoro.edges.mailhosts.embedded.binaries import unpack; "
        "print(unpack(Path(sys.argv[1])))"
    )
    said = as_user(code, cache, home=cache)
    found = unpack(cache)
    if isinstance(found, str):
        pytest.skip(f"apt offers nothing here: {said}")
    return found


def as_user(code: str, *arguments: Path, home: Path, before: tuple[str, ...] = ()) -> str:
    """What the code prints when the ordinary user runs it."""
    user = pwd.getpwnam(USER)
    drop = (
        "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
        "--no-new-privs",
    )  # fmt: skip
    source = Path(__file__).parents[3] / "src"
    done = subprocess.run(
        [*before, *drop, python(), "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        cwd="/",
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join([str(source), *filter(None, sys.path)]),
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python() -> str:
    """An interpreter of this version that other users can run; root's own may stand in /root."""
    for found in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        real = Path(found).resolve()
        if real.is_file() and all(place.stat().st_mode & 0o001 for place in real.parents):
            return found
    pytest.skip("no Python of this version that an ordinary user may run")


def test_an_ordinary_user_runs_the_installed_dovecot(user_home: Path) -> None:
    lived = as_user(LIVE, user_home / "host", user_home / "cache", home=user_home)
    assert lived.split() == LIVED


def test_an_ordinary_user_runs_dovecot_where_none_is_installed(
    user_home: Path, unpacked: Binaries
) -> None:
    assert unpacked.root is not None
    cache = unpacked.root.parents[1]
    hidden = ("unshare", "--mount", "sh", "-c", HIDE, "sh")
    if subprocess.run([*hidden, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine does not let root hide the installed Dovecot")
    lived = as_user(LIVE, user_home / "host", cache, home=user_home, before=hidden)
    assert lived.split() == LIVED


def test_where_dovecot_cannot_be_had_one_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing) as caught:
        find_binaries(tmp_path / "cache", folders=())
    text = str(caught.value)
    assert "dovecot-lmtpd dovecot-sqlite" in text
    assert "apt-get is not here" in text
    assert "deciding and explaining need no mail host" in text


@pytest.mark.parametrize(
    ("said", "reason"),
    [("2.4.1 (abc)", "not 2.3"), ("", "not runnable"), ("2.3.19", "doveconf")],
)
def test_an_installed_dovecot_that_will_not_do_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, reason: str
) -> None:
    program = tmp_path / "dovecot"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match=reason):
        find_binaries(tmp_path / "cache", folders=())
