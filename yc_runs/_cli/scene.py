"""Where the demo plays, and what it has made there."""

from __future__ import annotations

from dataclasses import dataclass, field

from yc_runs import AsyncAssistant, AsyncThread, RunResult, RunsError
from yc_runs._cli.screen import Screen


class UnexpectedOutcomeError(RunsError):
    """A part of the demo went through, but not to the end it should have."""


@dataclass
class Scene:
    """Where to write, and the ids of an assistant and a thread to use; without them the demo makes its own.

    ``made_assistants`` and ``made_threads`` are the ids of what has to be deleted at the end.
    """

    screen: Screen
    model: str
    assistant_id: str | None = None
    thread_id: str | None = None
    made_assistants: list[str] = field(default_factory=list)
    made_threads: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cast:
    """The assistant and the thread that the parts of the demo work with."""

    assistant: AsyncAssistant
    thread: AsyncThread
    screen: Screen


def show(result: RunResult, screen: Screen, *, is_told: bool = False) -> None:
    """Write an answer, unless it was told already, and what it cost.

    Raises ``UnexpectedOutcomeError`` where there is none.
    """
    if result.is_failed:
        raise UnexpectedOutcomeError(f"the run failed: {result.error}")
    if result.tool_calls:
        raise UnexpectedOutcomeError("the assistant asks for functions that it was not offered")
    if not is_told:
        screen.fact("answer", result.text)
    if result.usage:
        screen.fact("usage", f"{result.usage.input_text_tokens} + {result.usage.completion_tokens} tokens")
