"""``python -m yc_runs``: the demo, and a local gateway from the shell."""

from __future__ import annotations

import sys

from yc_runs._cli.main import main

if __name__ == "__main__":
    sys.exit(main())
