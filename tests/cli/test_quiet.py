"""A command says what it has to say, and no library says anything beside it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("verb", ["decide", "errands", "serve"])
def test_a_command_loads_and_ends_without_a_word_of_its_libraries(verb: str) -> None:
    command = [sys.executable, "-m", "ristoro", verb, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert verb in done.stdout
    assert done.stderr == ""
