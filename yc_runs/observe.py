"""Seeing what a client does: one hook, handed a small value for every attempt, retry, resume and poll.

    client = AsyncClient(..., hook=to_logging(logging.getLogger("myapp.runs")))

A client without a hook pays nothing for it. What a hook raises is logged, and does not touch the call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from yc_runs._arguments.checks import whole

_logger = logging.getLogger("yc_runs")


@dataclass(frozen=True)
class Observation:
    """One thing that a client did.

    ``kind``: an ``attempt`` was answered or failed; a ``retry`` or ``resume`` will come after ``wait`` seconds; a
    ``poll`` saw a run that is not due yet, and the next comes after ``wait`` seconds. ``path`` has placeholders for
    ids. ``attempt`` counts from 1. ``status`` is the HTTP status, None where there was no answer; ``error`` names the
    kind of failure; ``seconds`` is how long the attempt took. The ids are those of the attempt, or of the one that a
    ``retry`` or ``resume`` comes after, as far as they are known.

    An attempt is told of when its status is there: of a stream, that is when it opens. Where its body breaks after
    that, or cannot be read, it is told of once more, with the ``status`` and the ``error``.
    """

    kind: Literal["attempt", "retry", "resume", "poll"]
    method: str
    path: str
    attempt: int = 1
    wait: float | None = None
    status: int | None = None
    error: str | None = None
    request_id: str | None = None
    client_request_id: str | None = None
    seconds: float | None = None


Hook = Callable[[Observation], None]


def notify(hook: Hook | None, observation: Observation) -> None:
    """Hand the observation to the hook. What the hook raises is logged."""
    if hook is None:
        return
    try:
        hook(observation)
    except Exception:
        _logger.exception("the hook failed at a %s of %s", observation.kind, observation.path)


def to_logging(target: logging.Logger, level: int = logging.INFO) -> Hook:
    """A hook that writes a line for each observation; retries, resumes and failed attempts one level higher.

    Raises ``TypeError`` or ``ValueError`` for what is no logger, and no number of a level.
    """
    if not callable(getattr(target, "log", None)):
        raise TypeError(f"to_logging: expected a logger, got {target!r:.100}; logging.getLogger(name) gives one")
    whole("level", level)

    def write(seen: Observation) -> None:
        is_trouble = seen.kind in ("retry", "resume") or (seen.kind == "attempt" and seen.error is not None)
        target.log(level + 10 if is_trouble else level, "%s", describe(seen), extra={"observation": seen})

    return write


def describe(seen: Observation) -> str:
    """One line that says what was seen."""
    parts = [f"{seen.kind} {seen.attempt} of {seen.method} {seen.path}"]
    parts += [f"status {seen.status}"] if seen.status is not None else []
    parts += [seen.error] if seen.error is not None else []
    parts += [f"took {seen.seconds:.3f} s"] if seen.seconds is not None else []
    parts += [f"next in {seen.wait:.3f} s"] if seen.wait is not None else []
    parts += [f"request id {seen.request_id}"] if seen.request_id else []
    return ", ".join(parts)


def to_opentelemetry() -> Hook:
    """A hook that adds each observation as an event to the current span. Needs ``yc-runs[otel]``."""
    try:
        from opentelemetry import trace
    except ImportError as error:
        raise ImportError("to_opentelemetry needs OpenTelemetry: pip install 'yc-runs[otel]'") from error

    def add_event(seen: Observation) -> None:
        values = {name: value for name, value in vars(seen).items() if value is not None}
        attributes = {f"yc_runs.{name}": value for name, value in values.items()}
        trace.get_current_span().add_event(f"yc_runs.{seen.kind}", attributes=attributes)

    return add_event
