"""The brands that may write to holders, read from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ristoro.kernel import documents
from ristoro.kernel.errors import bad_input
from ristoro.notices.facts import Brand

SHIPPED = Path(__file__).with_name("brands.yaml")

_FIELDS = ("name", "address", "domain", "webmail", "colour")


def read_brands(path: Path = SHIPPED) -> Mapping[str, Brand]:
    """The brands of a file by their code; ``BadInput`` says which line is wrong and why.

    What ``desk`` lists is read by ``fulfilment.callers.means``, and ``damages`` by
    ``faces.facts.damages``.
    """
    brands = {}
    for code, value in documents.read_file(path).mapping().items():
        fields = value.mapping(required=_FIELDS, optional=("hosts", "desk", "damages"))
        named = fields.get("hosts")
        hosts = () if named is None else tuple(one.as_text() for one in named.list_or_one())
        try:
            brands[code] = Brand(
                code,
                name=fields["name"].as_text(),
                address=fields["address"].as_text(),
                domain=fields["domain"].as_text(),
                webmail=fields["webmail"].as_text(),
                colour=fields["colour"].as_text(),
                hosts=hosts,
            )
        except ValueError as error:
            raise bad_input(
                "brand",
                str(error),
                "it stands in headers and styles of every notice",
                "write names without control characters, an ASCII address, a colour like #0a4ea3",
                value.place,
            ) from error
    return brands
