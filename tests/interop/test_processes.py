"""Nothing is left running, however the tests end."""

from __future__ import annotations

import os
import select
import subprocess
import sys

import pytest

from tests.support.patience import HANGING

_LEAVES_A_CHILD = """
import os, subprocess, sys
from tests.interop.processes import child
with child([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=0) as process:
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a parent that was killed")
def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    reading, writing = os.pipe()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    # The pipe ends when nobody holds its other end any more: neither the parent nor, if it were left, its child.
    parent = subprocess.Popen(
        [sys.executable, "-c", _LEAVES_A_CHILD], stdout=writing, stdin=subprocess.PIPE, env=environment
    )
    os.close(writing)
    try:
        assert parent.wait(HANGING) == -9
        assert select.select([reading], [], [], HANGING)[0]
        assert os.read(reading, 1) == b""
    finally:
        os.close(reading)
        parent.communicate()
