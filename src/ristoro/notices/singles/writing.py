"""Writing a letter of no run: rendered, signed by both keys of its brand, and linted, each one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ristoro.edges.mailhosts.contract import Letter
from ristoro.kernel.errors import bad_input
from ristoro.notices.codes import code_of
from ristoro.notices.compose import message_of
from ristoro.notices.facts import Brand, Identity
from ristoro.notices.letters import Written
from ristoro.notices.lint import refuse_unless_linkless
from ristoro.notices.sheet import STAND_IN, encoded, page_of
from ristoro.notices.sign import Signer, body_hash, sign
from ristoro.notices.singles.models import Single

NAMED = "letter"
"""Where letters of a run have the run's name: in the Message-ID, the deposit's key, the code."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What writing takes: the brands, their keys by the brand's code, and the codes' secret."""

    brands: Mapping[str, Brand]
    signers: Mapping[str, tuple[Signer, ...]]
    secret: bytes

    def write(self, single: Single) -> Written:
        """The letter, the same bytes each time; ``BadInput`` where the lint refuses it, or no brand
        of that name may write."""
        brand = self.brand(single.brand)
        values = {**single.words, "lang": single.locale, "brand": brand, "code": STAND_IN}
        line, html = page_of(single.kind, single.locale, brand.code, values)
        sheet = encoded(line, html, f"{single.kind}/{single.locale}")
        code = code_of(self.secret, NAMED, single.pk)
        identity = Identity(NAMED, single.pk, single.address, code)
        unsigned = message_of(brand, single.locale, identity, single.at, sheet)
        message = sign(unsigned, self.signers[brand.code], single.at)
        refuse_unless_linkless(message)
        return Written(
            notice_id=single.pk,
            letter=Letter(message, (single.address,)),
            message_id=identity.message_id(brand.domain),
            code=code,
            body_hash=body_hash(message),
        )

    def message_id(self, single: Single) -> str:
        """The Message-ID to look for, without writing the letter."""
        identity = Identity(NAMED, single.pk, single.address, STAND_IN)
        return identity.message_id(self.brand(single.brand).domain)

    def brand(self, code: str) -> Brand:
        """The brand of that code; ``BadInput`` where none may write under it."""
        try:
            return self.brands[code]
        except KeyError:
            raise bad_input(
                "brand",
                f"no brand {code!r} may write notices",
                f"the file of brands knows {', '.join(sorted(self.brands))}",
                "add the brand to the file, with its address, domain and webmail",
            ) from None
