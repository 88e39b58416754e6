"""The API is what its document says, asked by Schemathesis on a live server; and the reverse."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.db import connection
from django.test import Client
from tests.api.conftest import ROOT, program
from tests.databases import free_port
from tests.faces.programme import Programme

from ristoro.faces.api import contract, urls
from ristoro.kernel import clock
from ristoro.staff import people
from ristoro.staff.models import Role

HERE = Path(__file__).parent
PATIENCE = 60


@pytest.fixture
def server(programme: Programme) -> Iterator[str]:
    """The address of a web process on the programme's database, as `ristoro serve` runs one."""
    port = free_port()
    environment = {
        **os.environ,
        "RISTORO_DATABASE_URL": f"sqlite://{connection.settings_dict['NAME']}",
        "RISTORO_SECRET_KEY": "a key for sessions in tests",
        "RISTORO_API_RATE": "1000000",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    words = ["--interface", "wsgi", "--port", str(port), "--blocking-threads", "2"]
    command = [sys.executable, "-m", "granian", *words, "ristoro.faces.wsgi:application"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once it answers; it fails where the process ends or is silent for too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{url}/healthz", timeout=PATIENCE).close()
        except URLError:
            assert time.monotonic() < deadline
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"ended with {process.wait(0.05)} unasked") from None
        else:
            return


@pytest.mark.parametrize(
    "bounds",
    [("--phases", "coverage", "--max-time", "40"), ("--phases", "stateful", "--max-examples", "8")],
    ids=["alone", "in a row"],
)
def test_the_api_does_what_its_document_says(
    programme: Programme, server: str, tmp_path: Path, bounds: tuple[str, ...]
) -> None:
    everybody = people.add("Tutti", "quattro parole scelte", Role, actor="test", at=clock.now())
    known = {
        "RISTORO_TEST_TOKEN": program(everybody).secret,
        "RISTORO_TEST_RUN": programme.name,
        "SCHEMATHESIS_HOOKS": "asking",
        "PYTHONPATH": str(HERE),
    }
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{server}{ROOT}openapi.json", "--wait-for-schema", str(PATIENCE)),
            *("--checks", "all", *bounds),
            *("--exclude-operation-id", "revoke_token"),  # it would end the token that asks
            *("--seed", "1", "--no-color", "--continue-on-failure"),
        ],
        cwd=tmp_path,
        env={**os.environ, **known},
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * PATIENCE,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    generated = re.search(r"(\d+) generated", run.stdout)
    assert generated is not None, run.stdout
    assert int(generated[1]) > 0


def test_every_operation_is_documented_whole() -> None:
    document = contract.document(urls.PARTS)
    names, refusals = [], {"400", "401", "403", "404", "409", "422", "429", "500", "503"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            names.append(operation["operationId"])
            assert operation["summary"].endswith("."), where
            assert refusals <= operation["responses"].keys(), where
            keyed = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
            unkeyed = {"send_upload", "explain_mailbox"}
            assert keyed == (method == "post" and operation["operationId"] not in unkeyed), where
    assert len(names) == len(set(names))
    for path in document["paths"].values():
        for operation in path.values():
            for success in operation["responses"].values():
                assert set(success.get("links", ())) <= set(names)


def test_only_approving_asks_for_a_code() -> None:
    gives = [one.name for part in urls.PARTS for one in part if one.code]
    assert gives == ["approve_run"]


def test_the_document_is_anybodys_to_read(programme: Programme) -> None:
    response = Client().get(f"{ROOT}openapi.json")
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(contract.document(urls.PARTS)))
    assert programme.name not in response.content.decode()
