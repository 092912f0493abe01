"""What became of a call -> what the model is told, or the error. Pure, but for the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from yc_runs.errors import ToolError
from yc_runs.tools.results import error_text, to_text
from yc_runs.tools.toolbox import ReadyCall, Toolbox

Work = Callable[[], Any]
"""One call, to be carried out."""

Done = Callable[[int, object], bool]
"""Told the place of a piece of work and what it gave, the exception it raised, or ``Late``; False ends the rest."""

_NEXT = (
    "No result of this round was submitted: the run still waits. Call run_tools again, which carries out the whole "
    'round anew, with on_error="report" to have the model told; or answer with submit_tool_results.'
)

_logger = logging.getLogger("yc_runs")


class Late:
    """Stands for the outcome of a call that took longer than ``limit`` seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit


class Outcomes:
    """The outcomes of the calls of one round, in their order. ``stops``: whether the first failure ends the round."""

    def __init__(self, toolbox: Toolbox, calls: Sequence[ReadyCall | ToolError], *, stops: bool) -> None:
        self._toolbox = toolbox
        self._stops = stops
        self._texts: list[str] = [""] * len(calls)
        self.failure: ToolError | None = None
        self.ready: dict[int, ReadyCall] = {}
        for place, call in enumerate(calls):
            if isinstance(call, ReadyCall):
                self.ready[place] = call
            else:
                self._failed(place, call)
        if self.must_stop:
            self.ready = {}

    @property
    def must_stop(self) -> bool:
        """Whether the round is over although calls are left."""
        return self._stops and self.failure is not None

    def put(self, place: int, value: object) -> bool:
        """Take what a call gave: a value, the exception it raised, or ``Late``. False where the round is over."""
        call = self.ready[place]
        if isinstance(value, Late):
            self._fail(place, call, "timeout", f"it did not end within {value.limit:g} s")
        elif isinstance(value, Exception):
            self._fail(place, call, "raised", f"it raised {type(value).__name__}: {value}", value)
        else:
            try:
                self._texts[place] = to_text(value)
            except ValueError as error:
                self._fail(place, call, "result", f"its result cannot be JSON: {error}", error)
        return not self.must_stop

    def texts(self) -> list[str]:
        """What to submit for each call. Raises the first ``ToolError`` where a failure ends the round."""
        if self._stops and self.failure is not None:
            self.failure.args = (f"{str(self.failure).rstrip('.')}. {_NEXT}",)
            raise self.failure
        return self._texts

    def _fail(self, place: int, call: ReadyCall, kind: str, problem: str, cause: Exception | None = None) -> None:
        self._failed(place, self._toolbox.error(call.name, call.arguments, kind, problem, cause))

    def _failed(self, place: int, error: ToolError) -> None:
        self._texts[place] = error_text(error.problem)
        self.failure = self.failure or error
        _logger.warning("%s", error, exc_info=error.cause)
