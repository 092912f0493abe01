"""Child processes that end with the tests, however these end."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_END_TIME = 5.0
_PR_SET_PDEATHSIG = 1


@contextmanager
def child(command: Sequence[str], **options: object) -> Iterator[subprocess.Popen[str]]:
    """Run a command while the block lasts. On Linux it is killed when the parent is gone, even if that was killed."""
    process: subprocess.Popen[str] = subprocess.Popen(  # type: ignore[call-overload]
        command,
        text=True,
        # In a child of this process; nothing else is done there.
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        **{"stdin": subprocess.DEVNULL, **options},
    )
    try:
        yield process
    finally:
        process.terminate()
        if process.stdout is not None:
            process.stdout.close()
        try:
            process.wait(_END_TIME)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
