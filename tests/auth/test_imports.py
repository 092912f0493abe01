"""What signing in loads."""

from __future__ import annotations

import subprocess
import sys


def test_the_crypto_of_service_accounts_is_loaded_only_for_them() -> None:
    code = "import sys, yc_runs.auth; print([name for name in ('jwt', 'cryptography', 'trio') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
