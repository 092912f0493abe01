"""``python -m tests.interop.backend PORT JOURNAL``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.interop.backend.server import serve

serve(int(sys.argv[1]), Path(sys.argv[2]))
