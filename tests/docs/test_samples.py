"""What the manual shows is what the product takes: samples are loaded, examples are run."""

from __future__ import annotations

import doctest
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.docs.markdown import ROOT, Block, blocks, pages

from ristoro.edges.billing.sepa.accounts import read_debtor
from ristoro.edges.mailboxes.settings import read_holders
from ristoro.edges.mailhosts.dovecot_settings import read_settings
from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.mapping import PRICES, read_mapping
from ristoro.kernel import frames
from ristoro.kernel.documents import read_bytes
from ristoro.kernel.errors import BadInput
from ristoro.notices.brands import read_brands
from ristoro.outages import versions
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.declare import read_outage_text
from ristoro.outages.outage import CAUSES
from ristoro.remedies.authoring.case_files import read_cases
from ristoro.remedies.authoring.cases import run_case
from ristoro.remedies.language.check import load_bytes

DOCS = ROOT / "docs"
LANGUAGE = DOCS / "policy-language.md"
PARTS = ("inputs", "amounts", "measures", "values", "tables", "remedies")

GUIDE = DOCS / "policy-guide.md"
"""Its samples are parts, or stand in ``docs/examples``: held by ``test_policy_guide``."""

SAMPLES = [
    block for page in pages() if page not in (LANGUAGE, GUIDE) for block in blocks(page, "yaml")
]


def load_outage(path: Path) -> None:
    read_outage_text(path.read_bytes(), path.name)


def load_policy(path: Path) -> None:
    load_bytes(path.read_bytes(), path.name)


def load_mailhost(path: Path) -> None:
    text = path.read_text("utf-8")
    for name in re.findall(r"(?:_file|ca): (\S+)", text):
        own = path.with_name(Path(name).name)
        own.write_text("secret", "utf-8")
        text = text.replace(name, str(own))
    path.write_text(re.sub(r"^  ca: .*\n", "", text, flags=re.M), "utf-8")
    read_settings(path, lambda name: "secret")


KINDS: dict[str, Callable[[Path], object]] = {
    "outage": load_outage,
    "policy": load_policy,
    "columns": lambda path: read_mapping(str(path)),
    "kind": load_mailhost,
    "libero": read_brands,
    "holders": read_holders,
    "iban": read_debtor,
}


@pytest.mark.parametrize("block", SAMPLES, ids=str)
def test_a_sample_is_taken_by_the_product(block: Block, tmp_path: Path) -> None:
    fields = read_bytes(block.text.encode(), str(block)).mapping()
    [kind] = [kind for kind in KINDS if kind in fields]
    path = tmp_path / "sample.yaml"
    path.write_text(block.text, "utf-8")
    KINDS[kind](path)


def whole_policy() -> str:
    """The policy of which the language's manual shows the parts."""
    shown = blocks(LANGUAGE, "yaml")
    head = re.sub(rf"^(?:{'|'.join(PARTS)}): ….*\n", "", shown[0].text, flags=re.M)
    return head + "".join(block.text for block in shown[1:-1])


def test_the_parts_that_the_languages_manual_shows_are_one_policy() -> None:
    policy = load_bytes(whole_policy().encode(), "manual").policy
    assert policy.name == "example-2023"


def test_the_case_that_the_languages_manual_shows_passes(tmp_path: Path) -> None:
    checked = load_bytes(whole_policy().encode(), "manual")
    path = tmp_path / "example-2023.cases.yaml"
    path.write_text(blocks(LANGUAGE, "yaml")[-1].text, "utf-8")
    with frames.connect(frames.Limits(threads=1)) as con:
        for case in read_cases(path, checked.policy):
            assert run_case(checked, case, con) == []


@pytest.mark.parametrize(
    "page", [page for page in pages() if blocks(page, "python")], ids=lambda page: page.name
)
def test_the_examples_of_a_page_come_out_as_shown(page: Path) -> None:
    source = "\n".join(block.text for block in blocks(page, "python"))
    examples = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    assert examples.examples
    results = doctest.DocTestRunner().run(examples)
    assert results.failed == 0


def test_the_correction_in_the_manual_corrects_the_outage_in_the_manual(tmp_path: Path) -> None:
    texts = [block.text for block in blocks(DOCS / "outages.md", "yaml")]
    first, second = (text for text in texts if text.startswith("outage: imap-2024-03\n"))
    for number, text in enumerate((first, second), start=1):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, "utf-8")
        assert versions.declare(path, tmp_path / "outages").outage.version == number


def test_the_staged_sample_reopens_as_the_manual_says() -> None:
    [text] = [b.text for b in blocks(DOCS / "outages.md", "yaml") if "staged" in b.text]
    outage = read_outage_text(text.encode(), "manual")
    hours = {
        (window.component, window.store): (window.end - window.start) // 3_600_000_000
        for window in outage.windows
        if window.end is not None
    }
    assert hours["webmail", "lib-01"] == 3
    assert hours["imap", "lib-01"] == 6
    assert hours["webmail", "lib-03"] == 9


def test_every_field_of_an_outage_is_in_its_manual() -> None:
    page = (DOCS / "outages.md").read_text("utf-8")
    with pytest.raises(BadInput) as head:
        read_outage_text(b"unheard-of: 1", "x")
    with pytest.raises(BadInput) as window:
        read_outage_text(
            b"outage: a\nversion: 1\ntitle: {it: a, en: a}\nzone: UTC\nstores: {a: b}\n"
            b"windows: [{unheard-of: 1}]",
            "x",
        )
    for error in (head, window):
        fields = error.value.problems[0].why.removeprefix("the fields are ").split(", ")
        assert len(fields) > 5
        for field in fields:
            assert f"| `{field}` |" in page, field
    for word in (*COMPONENTS, *CAUSES):
        assert f"`{word}`" in page, word


def test_every_column_of_a_mailbox_is_in_its_manual() -> None:
    page = (DOCS / "estate.md").read_text("utf-8")
    for column in (*SNAPSHOT.names, *PRICES):
        assert f"`{column}`" in page, column
