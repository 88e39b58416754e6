"""What the manual prints as the product's words is what the product says."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.docs.markdown import ROOT, blocks
from tests.notices import cast
from typer.testing import CliRunner

from ristoro import wiring
from ristoro.cli.program import program
from ristoro.kernel.errors import RistoroError
from ristoro.notices.compose import compose
from ristoro.notices.facts import Identity
from ristoro.notices.letters import outage_words
from ristoro.outages.declare import read_outage

README = ROOT / "README.md"
ESTATE = ROOT / "docs" / "estate.md"
RUNNING = ROOT / "docs" / "running.md"
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
AS_OF = "2023-02-09T12:00+01:00"


def ristoro(home: Path, *words: object) -> list[str]:
    """The lines that a command prints, on a terminal of 100 columns."""
    about = {"RISTORO_HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}
    done = CliRunner().invoke(program(), [str(word) for word in words], env=about)
    assert done.exit_code == 0, done.output
    return [line.rstrip() for line in done.stdout.strip("\n").splitlines()]


def shown(page: Path, holding: str) -> list[str]:
    """The lines of the one block of a page that holds some words."""
    [text] = [block.text for block in blocks(page) if holding in block.text]
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A home with the sample estate of which the manual shows a run, and what its import said."""
    home = tmp_path_factory.mktemp("home")
    ristoro(home, "estate", "sample", "--mailboxes", 300, "--seed", 7, "--out", home / "all.csv")
    return home, ristoro(home, "estate", "import", home / "all.csv", "--as-of", AS_OF)


@pytest.fixture(scope="module")
def decided(imported: tuple[Path, list[str]]) -> tuple[Path, list[str]]:
    """The folder of the run that the manual shows, and what deciding it said."""
    home, _ = imported
    [snapshot] = (home / "estate").glob("*.parquet")
    run = home / "run"
    words = ("--estate", snapshot, "--outage", OUTAGE, "--policy", POLICY, "--out", run)
    return run, ristoro(home, "decide", *words)


def test_an_import_says_what_the_manual_shows(imported: tuple[Path, list[str]]) -> None:
    home, said = imported
    here = [line.replace(str(home), "/var/lib/ristoro") for line in said if line]
    assert here == shown(RUNNING, "Imported: 300 mailboxes")


def test_a_refused_import_says_what_the_manual_shows(
    imported: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (imported[0] / "all.csv").read_text("utf-8").splitlines()[:6]
    lines[1] = lines[1].replace("free@libero.it", "free.libero.it")
    lines[3] = lines[3].replace("2023-09-30", "30/09/2023")
    monkeypatch.chdir(tmp_path)
    Path("bad.csv").write_text("\n".join(lines) + "\n", "utf-8")
    words = ["estate", "import", "bad.csv", "--as-of", AS_OF]
    done = CliRunner().invoke(program(), words, env={"RISTORO_HOME": str(tmp_path)})
    assert isinstance(done.exception, RistoroError)
    said = str(done.exception).replace(f"{tmp_path}/", "")
    assert said.splitlines() == shown(ESTATE, "2 of 5 rows are wrong")


def test_a_decision_says_what_the_manual_shows(decided: tuple[Path, list[str]]) -> None:
    _, said = decided
    digest, total = said[-2:]
    table = shown(RUNNING, "Total to approve:")
    assert (digest, total) == tuple(table[-2:])
    assert [line.strip() for line in said] == [line.strip() for line in table]


def test_an_explanation_says_what_the_readme_shows(decided: tuple[Path, list[str]]) -> None:
    run, _ = decided
    words = ("--run", run, "--mailbox", "free@libero.it", "--lang", "en")
    assert ristoro(run.parent, "explain", *words) == shown(README, "Computed again:")


def test_a_letter_says_what_the_readme_shows() -> None:
    letter = shown(README, "Subject: La tua casella")
    head, body = letter[: letter.index("")], letter[letter.index("") + 1 :]
    code = next(line for line in body if len(line) == 9 and line[4] == "-" and line.isupper())
    who = Identity("january", 7, "free@libero.it", code)
    outage = outage_words(*wiring.days_of(read_outage(OUTAGE)))["it"]
    subject = dataclasses.replace(cast.more_space("it"), outage=outage)
    raw = compose(subject, who, datetime(2026, 11, 22, 3, 34, 20, tzinfo=UTC))
    message = message_from_bytes(raw, policy=policy.default)
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip().splitlines() == body
    for line in head:
        name, _, value = line.partition(": ")
        assert str(message[name]) == value
