"""All that a gateway keeps, and what it needs to wake those who wait. Knows no protocol."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from yc_runs.testing._assistants import Assistants
from yc_runs.testing._responses.store import Responses
from yc_runs.testing._runs import Runs
from yc_runs.testing._settings import Settings
from yc_runs.testing._threads import Threads
from yc_runs.testing._wakeup import Bell
from yc_runs.testing.script import Script
from yc_runs.testing.scripts import READY


class Backend:
    """The store behind every dialect. Hold ``lock`` while using it: several event loops may serve it at once."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.bell = Bell()
        self.scripts: dict[str, Script] = dict(READY)
        self.threads = Threads(wall_clock)
        self.assistants = Assistants(wall_clock)
        self.responses = Responses(settings, self.assistants, self.find_script, clock, wall_clock)
        self.runs = Runs(settings, self.threads, self.assistants, self.find_script, clock, wall_clock)

    def find_script(self, model_uri: str) -> Script:
        """Choose the script for ``gpt://<folder>/<name>/<version>``; ``echo`` for a name that has none."""
        parts = model_uri.partition("://")[2].split("/")
        return self.scripts.get(script_name(parts[1]) if len(parts) > 1 else "", self.scripts["echo"])


def script_name(name: str) -> str:
    """Give the name under which a script is kept: ``tool_caller`` and ``tool-caller`` are the same."""
    return name.replace("_", "-")
