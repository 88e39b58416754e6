"""The four ways in which anything done to the world ends, per recipient (promise 5)."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Ending(enum.Enum):
    """How one act on one mailbox ended.

    ``DEFERRED`` may be tried again as it is; ``REFUSED`` will not succeed without a person;
    ``UNKNOWN`` may or may not have happened and is settled by looking, never by trying again.
    """

    DONE = "done"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """The ending of one act, with a stable code (``lmtp-552``) and the peer's words beside it."""

    ending: Ending
    code: str
    text: str = ""

    @property
    def done(self) -> bool:
        return self.ending is Ending.DONE


DONE = Result(Ending.DONE, "done")
