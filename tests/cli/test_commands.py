"""The commands as processes: what the shell and another program see."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.patience import HANGING
from yc_runs import AuthenticationError, Client
from yc_runs._cli.main import main

ROOT = Path(__file__).parents[2]
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT), "no_proxy": "*"}
posix_only = pytest.mark.skipif(os.name == "nt", reason="there are no such signals and pipes")


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "yc_runs", "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRON, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


@posix_only
def test_serve_prints_its_url_works_as_it_was_told_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("the-key")
    with serving("--framing", "array", "--spelling", "snake", "--api-key-file", str(tmp_path / "key")) as (
        url,
        process,
    ):
        with Client(base_url=url, folder_id="local-folder", auth="the-key") as client:
            run = client.runs.create("echo", "thr00000000000000001", stream=True, additional_messages="over the wire")
            assert [event.text for event in run] == ["over", "over the", "over the wire", "over the wire"]
        with Client(base_url=url, auth="another") as client, pytest.raises(AuthenticationError):
            client.runs.get(run.id)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=HANGING)
    assert (process.returncode, out) == (0, "")
    assert "thr00000000000000001" in err
    assert "Traceback" not in err


def test_serve_says_that_the_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    assert f"yc_runs: cannot serve on 127.0.0.1, port {port}: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_missing_extra_is_told_with_the_way_to_get_it(command: str) -> None:
    without = "import sys; sys.modules['starlette'] = None; from yc_runs._cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", without, command], capture_output=True, text=True, env=ENVIRON, cwd=ROOT, timeout=HANGING
    )
    assert done.returncode == 1
    assert "pip install 'yc-runs[gateway]'" in done.stderr
    assert done.stderr.count("\n") == 1


@posix_only
def test_reader_that_leaves_early_gets_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "yc_runs", "demo", "--pace", "0.01"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRON,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("yc_runs ")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_terminal_without_the_characters_shows_substitutes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "yc_runs", "demo", "--pace", "0"],
        capture_output=True,
        env={**ENVIRON, "PYTHONIOENCODING": "ascii"},
        cwd=ROOT,
        timeout=HANGING,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    from yc_runs import __version__

    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"yc_runs {__version__}\n"
