"""The folder and the user in which the embedded host lives.

Started by root, Dovecot refuses mail access to root, so its mail belongs to ``nobody``, who must
be able to reach it; and Unix sockets have short paths. A home that is unfit for one of these gets
a ground in ``/var/tmp``, whose name is made from the home's path.
"""

from __future__ import annotations

import grp
import hashlib
import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from ristoro.kernel.errors import Missing, Problem

_FIT = re.compile(r"/[A-Za-z0-9/._+-]{1,59}")
"""No character that Dovecot's settings expand, and short: a socket's path has 107 bytes at most,
and Dovecot's longest below its run folder take 40."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder with its owner: the user and group the server's processes run as."""

    base: Path
    user: str
    group: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give a file or folder to the server's user; only root needs to."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def own_folder(self, path: Path, mode: int = 0o700) -> None:
        """Make a folder, unless it is there, that the server's user may write in."""
        try:
            path.mkdir(mode=mode)
        except FileExistsError:
            return
        self.own(path)


def ground_of(home: Path, spare: Path = Path("/var/tmp")) -> Ground:  # noqa: S108
    """The ground of the host whose home this is; its folder is made if it is not there."""
    home = home.absolute()
    uid = os.geteuid()
    if uid == 0:
        user = pwd.getpwnam("nobody")
    else:
        try:
            user = pwd.getpwuid(uid)
        except KeyError:
            raise Missing(
                Problem(
                    "no-user-name",
                    f"user {uid} has no name on this machine",
                    "Dovecot names the user its processes run as",
                    "run as a user that stands in /etc/passwd",
                )
            ) from None
    group = grp.getgrgid(user.pw_gid).gr_name
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    base = home / "dovecot"
    if not _FIT.fullmatch(str(base)) or (uid == 0 and not _open_to_others(home)):
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        base = spare / f"ristoro-{uid}-{name}"
    ground = Ground(base, user.pw_name, group, user.pw_uid, user.pw_gid)
    # Root's ground is entered by nobody; its secrets are files of their own modes.
    base.mkdir(mode=0o711 if uid == 0 else 0o700, exist_ok=True)
    found = base.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise Missing(
            Problem(
                "not-ours",
                f"{base} is there and belongs to someone else",
                "the mail host would keep its mail and secrets in another user's folder",
                f"remove {base}, or choose a shorter home that others may enter",
            )
        )
    return ground


def _open_to_others(folder: Path) -> bool:
    """Whether any user may pass through the folder and all above it."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))
