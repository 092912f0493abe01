"""From the command line to an exit status: 0 done, 1 failed, 2 wrong arguments, 130 interrupted."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from yc_runs._cli.parser import make_parser
from yc_runs.errors import RunsError


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; gives the exit status. What fails is told in one line on stderr."""
    arguments = make_parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character shows a substitute; it must not end the program.
            stream.reconfigure(errors="replace")
    try:
        status: int = arguments.carry_out(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except BrokenPipeError:
        # The reader has left; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (RunsError, ImportError, OSError) as error:
        return _fail(str(error), 1)


def _fail(message: str, status: int) -> int:
    print(f"yc_runs: {' '.join(message.split())}", file=sys.stderr)
    return status
