"""Folders by what they are for, on hosts that say so (RFC 6154) and on those that do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ristoro.edges.mailboxes.contract import Folder, Mailbox, Role
from ristoro.faces.said import Lazy

NAMES: Mapping[Role, Lazy] = {
    Role.INBOX: _("Inbox"),
    Role.DRAFTS: _("Drafts"),
    Role.SENT: _("Sent"),
    Role.ARCHIVE: _("Archived"),
    Role.JUNK: _("Junk"),
    Role.TRASH: _("Trash"),
}
_KNOWN_AS: Mapping[str, Role] = {
    "drafts": Role.DRAFTS,
    "bozze": Role.DRAFTS,
    "sent": Role.SENT,
    "sent items": Role.SENT,
    "sent messages": Role.SENT,
    "inviati": Role.SENT,
    "inviata": Role.SENT,
    "posta inviata": Role.SENT,
    "archive": Role.ARCHIVE,
    "archived": Role.ARCHIVE,
    "archivio": Role.ARCHIVE,
    "junk": Role.JUNK,
    "spam": Role.JUNK,
    "posta indesiderata": Role.JUNK,
    "trash": Role.TRASH,
    "cestino": Role.TRASH,
    "deleted items": Role.TRASH,
}
"""What other programs call these folders, in the two languages."""


def role_of(folder: Folder) -> Role:
    """What a folder is for: as the host says, else as its name says."""
    if folder.role is not Role.NONE or folder.depth > 0:
        return folder.role
    return _KNOWN_AS.get(folder.name.lower(), Role.NONE)


_ORDER = list(Role)


def ordered(folders: Sequence[Folder]) -> list[Folder]:
    """Those that mail itself needs first, then the holder's own by name."""
    return sorted(
        folders,
        key=lambda one: (
            role_of(one) is Role.NONE,
            _ORDER.index(role_of(one)),
            one.path.casefold(),
        ),
    )


def by_role(folders: Sequence[Folder], role: Role) -> Folder | None:
    """The folder for something; the one that the host names so, before one that is called so."""
    told = next((one for one in folders if one.role is role), None)
    return told or next((one for one in folders if role_of(one) is role), None)


def ensured(mailbox: Mailbox, role: Role) -> str:
    """The path of the folder for something, made in the holder's language if there is none."""
    found = by_role(mailbox.folders(), role)
    if found is not None:
        return found.path
    path = mailbox.naming().prefix + gettext(str(NAMES[role]))
    mailbox.make_folder(path)
    return path


def shown(folder: Folder) -> Lazy:
    """What the page calls a folder."""
    return NAMES.get(role_of(folder), folder.name)
