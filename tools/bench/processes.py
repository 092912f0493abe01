"""Programs as processes of their own: what they print, and what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
RIVALS = Path(sys.prefix) / "rivals" / "bin" / "python"
"""The interpreter of the environment that holds the official SDK and openai: what one needs must not load the other."""


@dataclass(frozen=True)
class Cost:
    """What a process cost: CPU and wall seconds, its largest memory in bytes, and what it printed.

    ``first_line`` is when its first line came, in wall seconds.
    """

    cpu: float
    wall: float
    memory: int
    output: str
    first_line: float

    @property
    def to_first_line(self) -> Cost:
        """The time to that line alone, which ends with the CPU seconds spent until then."""
        return replace(self, cpu=float(self.output.split("\n")[0].split()[-1]), wall=self.first_line)


def environment(extra: dict[str, str]) -> dict[str, str]:
    """An environment in which nothing is written beside the programs, and nothing stands in for a setting."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "YC_", "SSL_CERT_"))}
    # The SDK calls its runs deprecated, on stderr.
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore", **extra}


def measure(*arguments: object, env: dict[str, str] | None = None, python: str | Path = sys.executable) -> Cost:
    """Run Python with these arguments to its end. Raises ``RuntimeError`` where it fails."""
    began = time.perf_counter()
    command = [str(python), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(env or {}), cwd="/", text=True) as process:
        assert process.stdout is not None
        output = process.stdout.readline()
        first_line = time.perf_counter() - began
        output += process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-300:]}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024, output, first_line)


def ask(program: str, *arguments: object, python: str | Path = sys.executable) -> Any:
    """Run one of the programs, and give the JSON that it prints."""
    return json.loads(measure(PROGRAMS / f"{program}.py", *arguments, python=python).output)


@contextmanager
def server(program: str, *arguments: object, python: str | Path = sys.executable) -> Iterator[list[int]]:
    """One of the servers while the block lasts: its ports."""
    command = [str(python), str(HERE / f"{program}.py"), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment({}), cwd="/", text=True) as process:
        try:
            assert process.stdout is not None
            yield [int(port) for port in process.stdout.readline().split()]
        finally:
            process.kill()
