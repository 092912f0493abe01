"""Python code in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def in_child(code: str) -> tuple[str, str, int]:
    """Output, errors and exit status of Python code in a process of its own, where every warning is an error."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(code)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COVERAGE_PROCESS_START": ""}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    # In its debug mode asyncio tells what was slow, as much is on a busy machine.
    errors = [line for line in done.stderr.splitlines(keepends=True) if not line.startswith("Executing <")]
    return done.stdout, "".join(errors), done.returncode
