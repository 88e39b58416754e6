"""Whether a file is valid by the ISO 20022 schema of pain.001.001.09, which lies beside this."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lxml import etree

from ristoro.kernel.errors import Place, bad_input

SCHEMA = Path(__file__).parent / "schemas" / "pain.001.001.09.xsd"


def check(path: Path) -> None:
    """``BadInput`` with the first line that the schema does not allow; read as a stream."""
    # Ours are without a document type; the parser is told to want none, and no network, anyway.
    events = etree.iterparse(
        str(path),
        events=("end",),
        schema=_schema(),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, element in events:
            if element.tag.endswith("}CdtTrfTxInf"):
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise bad_input(
            "not-valid",
            f"the file is not valid by {SCHEMA.name}",
            str(error),
            "nothing was released; this is a fault in the program that wrote it",
            Place(path.name, error.lineno),
        ) from error


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))
