"""Runs one script step by step, whatever it returns and however it ends."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, TypeAlias

from yc_runs.testing._errors import GatewayError
from yc_runs.testing._messages import CITATION
from yc_runs.testing._parse import parse
from yc_runs.testing.script import (
    Fail,
    Final,
    FunctionCall,
    FunctionTool,
    Message,
    Partial,
    Pause,
    RunContext,
    Script,
    ScriptRun,
    ToolCalls,
    ToolResult,
)

MAX_STEPS = 100_000
"""Steps after which a script is taken to be endless, and its run fails."""

PlayedStep: TypeAlias = Partial | ToolCalls | Pause | Final | Fail
_STEPS = (Partial, ToolCalls, Pause, Final, Fail)


class ScriptPlayer:
    """Plays ``script`` for one run: each ``next`` gives its next step, the last one a ``Final`` or a ``Fail``."""

    def __init__(
        self, script: Script, messages: Sequence[Message], tools: Sequence[FunctionTool], context: RunContext
    ) -> None:
        arguments = (tuple(messages), tuple(tools), context)
        self._start: Callable[[], ScriptRun] | None = functools.partial(script, *arguments[: _arity(script)])
        self._steps: Generator[Any, Any, Any] | None = None
        self._count = 0
        self._text = ""

    def next(self, results: tuple[ToolResult, ...] | None = None) -> PlayedStep:
        """Play on to the next step; ``results`` answer the ``ToolCalls`` that came last. Never raises."""
        step = _checked(self._advance(results))
        if isinstance(step, Partial):
            self._text = step.text
        if isinstance(step, (Final, Fail)):
            self.close()
        return step

    def close(self) -> None:
        """Drop the script where it stands."""
        # What a script does while it is being dropped is no part of the run.
        with contextlib.suppress(Exception):
            if self._steps is not None:
                self._steps.close()

    def _advance(self, results: tuple[ToolResult, ...] | None) -> object:
        self._count += 1
        if self._count > MAX_STEPS:
            return Fail(f"the script did not end within {MAX_STEPS} steps")
        try:
            if self._start is not None:
                # Let go of the messages: a gateway keeps its runs, and each holds a whole thread.
                start, self._start = self._start, None
                self._steps = _as_generator(start())
            assert self._steps is not None
            step: object = self._steps.send(results)
        except StopIteration as stop:
            value = self._text if stop.value is None else stop.value
            return Final(value) if isinstance(value, str) else value
        except Exception as error:
            return Fail(f"the script raised {type(error).__name__}: {error}")
        return Partial(step) if isinstance(step, str) else step


def checked_script(script: Script) -> Script:
    """Give the script back. Raises TypeError for what could not be played: scripts are not type-checked."""
    if not callable(script) or isinstance(script, type):
        raise TypeError(f"script: expected a function of messages and tools, got {script!r:.100}")
    called = script if inspect.isroutine(script) else getattr(type(script), "__call__", None)  # noqa: B004
    if any(inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in (script, called)):
        raise TypeError("script: expected a plain function or generator, got an async one; a pause is a Pause(seconds)")
    return script


def _as_generator(run: ScriptRun) -> Generator[Any, Any, Any]:
    if isinstance(run, Generator):
        return run
    if isinstance(run, (str, *_STEPS)):
        return _single(run)
    if isinstance(run, Iterable):
        return (step for step in run)
    raise TypeError(f"a script must return a generator or steps, not {type(run).__name__}")


def _single(step: Any) -> Generator[Any, Any, Any]:
    yield step


def _checked(step: object) -> PlayedStep:
    """Give the step back, or a failure that says what is wrong with it: scripts are not type-checked."""
    match step:
        case Partial(text=str()) | Fail(message=str(), code=int()) | Pause(seconds=int() | float()):
            return step
        case ToolCalls(calls=calls) if all(isinstance(call, FunctionCall) for call in calls):
            return step
        case Final(text=str(), status="COMPLETED" | "TRUNCATED" | "FILTERED_CONTENT", citations=citations):
            try:
                for citation in citations:
                    parse(CITATION, citation, "citation")
            except GatewayError as error:
                return Fail(f"the script gave a wrong citation: {error.message}")
            return step
        case _:
            return Fail(f"the script gave {repr(step)[:200]}, which is no step of a run")


def _arity(script: Script) -> int:
    """Count the positional arguments that a script takes, up to three; two where that cannot be seen."""
    try:
        parameters = inspect.signature(script).parameters.values()
    except (TypeError, ValueError):
        return 2
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return 3
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return min(3, sum(parameter.kind in positional for parameter in parameters))
