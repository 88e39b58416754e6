"""Lines of one program, or of one shape, as columns: what is known of each before it is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import Numbers


@dataclass(slots=True)
class Rows:
    """Some lines of a block, in their order."""

    row: Numbers
    """Which line of the block it is."""
    sign: Numbers
    """The number of the first sign in what is still to be read of it."""
    text: Numbers
    """Where that begins."""

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: npt.NDArray[np.intp]) -> Rows:
        return Rows(self.row[chosen], self.sign[chosen], self.text[chosen])
