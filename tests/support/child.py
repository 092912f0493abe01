"""Python code in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.patience import HANGING

ROOT = Path(__file__).resolve().parents[2]

Outcome = tuple[str, str, int]
"""Output, errors and exit status."""

_FORKS = """
import json, os, sys
folder, warm, programs = json.load(sys.stdin)
exec(warm)
for number, program in enumerate(programs):
    child = os.fork()
    if child == 0:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
for stream, name in enumerate(("in", "out", "err")):
    os.dup2(os.open(f"{folder}/{number}.{name}", os.O_RDWR | os.O_CREAT), stream)
exec(program)
"""


def in_child(code: str) -> Outcome:
    """What Python code does in a process of its own, where every warning is an error."""
    done = _run(textwrap.dedent(code), "")
    return done.stdout, without_slowness(done.stderr), done.returncode


@contextlib.contextmanager
def started(code: str) -> Iterator[subprocess.Popen[str]]:
    """The same process while it runs, to be talked to; it ends with the block at the latest."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        _command(code), stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=_environment()
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def in_children(programs: Mapping[str, str], folder: Path, *, warm: str) -> dict[str, Outcome]:
    """The same for many programs, by their names, at a fraction of the cost.

    Each is a fork, to the end of its interpreter, of one process that has done the imports of ``warm``.
    """
    codes = [textwrap.dedent(code) for code in programs.values()]
    if not hasattr(os, "fork"):
        return dict(zip(programs, map(in_child, codes), strict=True))
    done = _run(_FORKS, json.dumps([str(folder), warm, codes]))
    assert (done.stderr, done.returncode) == ("", 0)
    statuses = map(int, done.stdout.split())
    outcomes = [_outcome(folder / f"{number}", status) for number, status in enumerate(statuses)]
    return dict(zip(programs, outcomes, strict=True))


def _outcome(told: Path, status: int) -> Outcome:
    return told.with_suffix(".out").read_text(), without_slowness(told.with_suffix(".err").read_text()), status


def _run(code: str, given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(code), input=given, capture_output=True, text=True, timeout=HANGING, check=False, env=_environment()
    )


def _command(code: str) -> list[str]:
    return [sys.executable, "-X", "dev", "-W", "error", "-c", code]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COVERAGE_PROCESS_START": ""}


def without_slowness(errors: str) -> str:
    """Without what asyncio tells in its debug mode of what was slow, as much is on a busy machine."""
    return "".join(line for line in errors.splitlines(keepends=True) if not line.startswith("Executing <"))
