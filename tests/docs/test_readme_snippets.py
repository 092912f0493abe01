"""Every python block of the README runs, as it stands, against a LocalGateway that the environment names.

A block with tests is run by pytest, a Cloud Function's handler is called as the cloud calls it, anything else is a
program; where a text block comes next, that is what the program prints.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.docs.markdown import README, Block, blocks
from tests.support.patience import HANGING
from yc_runs.testing import LocalGateway, Pause

SNIPPETS = [block for block in blocks(README.read_text(encoding="utf-8")) if block.language == "python"]
TESTS = [block for block in SNIPPETS if "def test_" in block.code]
PROGRAMS = [block for block in SNIPPETS if "def test_" not in block.code and "def handler(" not in block.code]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalGateway]:
    gateway = LocalGateway()
    for name in [name for name in os.environ if name.startswith("YC_")]:
        monkeypatch.delenv(name)
    with gateway.serve() as url:
        monkeypatch.setenv("YC_RUNS_BASE_URL", url)
        monkeypatch.setenv("YC_FOLDER_ID", gateway.folder_id)
        monkeypatch.setenv("YC_API_KEY", "any-key")
        monkeypatch.setenv("ASSISTANT_ID", "echo")
        monkeypatch.setenv("THREAD_ID", gateway.add_thread())
        monkeypatch.setenv("MY_TOKEN", "t1.of-mine")
        monkeypatch.setenv("no_proxy", "*")
        monkeypatch.chdir(tmp_path)
        yield gateway


def the_block(mark: str) -> Block:
    (block,) = [block for block in SNIPPETS if mark in block.code]
    return block


def execute(block: Block) -> dict[str, Any]:
    # The empty lines make line numbers in tracebacks those of the README.
    code = compile("\n" * (block.line - 1) + block.code, README, "exec")
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(code, names)
    return names


def write_authorised_key(path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_text(json.dumps({"id": "k", "service_account_id": "s", "private_key": pem.decode()}))


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: f"line {block.line}")
def test_program_runs_and_prints_what_the_readme_says(
    block: Block, gateway: LocalGateway, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "authorized_key.json" in block.code:
        write_authorised_key(Path("authorized_key.json"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])  # so basicConfig leaves things alone
    execute(block)
    printed = capsys.readouterr().out
    assert printed == (printed if block.output is None else block.output)
    assert printed


def question(text: str) -> tuple[dict[str, Any], SimpleNamespace]:
    event = {"httpMethod": "GET", "queryStringParameters": {"question": text}, "isBase64Encoded": False}
    return event, SimpleNamespace(token={"access_token": "t1.of-the-function", "expires_in": 3600})


def test_cloud_function_answers_with_the_text_and_signs_with_its_own_token(gateway: LocalGateway) -> None:
    handler = execute(the_block("def handler("))["handler"]
    assert handler(*question("Are you there?")) == {"statusCode": 200, "body": "Are you there?"}
    assert {request.headers["authorization"] for request in gateway.requests} == {"Bearer t1.of-the-function"}


def test_cloud_function_tells_a_failed_run(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_ID", "failing")
    handler = execute(the_block("def handler("))["handler"]
    assert handler(*question("?")) == {"statusCode": 502, "body": "the assistant is scripted to fail"}


def test_cloud_function_tells_a_slow_run(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_ID", gateway.add_assistant(lambda messages, tools: [Pause(3600), "late"]))
    impatient = Block("python", the_block("def handler(").code.replace("poll_timeout=20", "poll_timeout=0"), 1, None)
    assert execute(impatient)["handler"](*question("?"))["statusCode"] == 202


def test_unapplied_write_is_told_apart(
    gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THREAD_ID", "no-such-thread")
    execute(the_block("No run was created"))
    assert capsys.readouterr().out.startswith("No run was created:")


def test_tests_of_the_readme_pass_by_the_fixtures_alone(tmp_path: Path) -> None:
    for block in TESTS:
        (tmp_path / f"test_line_{block.line}.py").write_text(block.code, encoding="utf-8")
    # Where the package is on the path only, nothing tells pytest of its plugin.
    is_installed = any(point.value == "yc_runs.testing.pytest_plugin" for point in entry_points(group="pytest11"))
    plugin = [] if is_installed else ["-p", "yc_runs.testing.pytest_plugin"]
    environ = {**os.environ, "PYTHONPATH": str(README.parent), "no_proxy": "*"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-W", "error", *plugin, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environ,
        timeout=HANGING,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for block in TESTS:
        assert re.search(rf"^test_line_{block.line}\.py::.* PASSED", done.stdout, re.MULTILINE), done.stdout
