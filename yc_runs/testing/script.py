"""What a scripted assistant is made of.

A script is a function ``script(messages, tools)`` or ``script(messages, tools, context)`` that yields steps:

* a ``str`` or ``Partial``: the whole text written so far (each one replaces the one before, as on the wire);
* ``ToolCalls``: functions the client shall call; the yield expression is the tuple of their ``ToolResult``, in the
  order of the calls, once the client has submitted them;
* ``Pause``: a time in which nothing happens;
* ``Final``: the finished message, which ends the run as COMPLETED;
* ``Fail``: an error, which ends the run as FAILED.

A script may also ``return`` a ``str``, ``Final`` or ``Fail``; one that just ends answers with its last partial text,
and one that raises fails the run with the exception's text. A function that returns a ``str``, one step or an iterable
of steps, without being a generator, is a script too. Scripts run in the gateway's thread, between two answers: they
must not block or sleep (that is what ``Pause`` is for).

    def weather(messages, tools):
        yield "Let me see"
        (result,) = yield ToolCalls([FunctionCall("get_weather", {"city": "Omsk"})])
        yield Final(f"It is {result.content} in Omsk.")
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

MessageStatus = Literal["COMPLETED", "TRUNCATED", "FILTERED_CONTENT"]
"""How complete a finished message is, in the gateway's words."""


@dataclass(frozen=True)
class Message:
    """A message of the thread as a script sees it.

    ``role`` is ``"USER"`` or ``"ASSISTANT"``; in the Responses dialect ``"SYSTEM"`` or ``"DEVELOPER"`` too.
    """

    role: str
    text: str


@dataclass(frozen=True)
class FunctionTool:
    """A function the assistant may call; ``parameters`` is its JSON schema."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunContext:
    """What else is known of a run. ``json_schema`` is None unless the answer must be JSON; ``{}`` means any object."""

    assistant_id: str
    thread_id: str
    model_uri: str = ""
    instruction: str = ""
    stream: bool = False
    temperature: float | None = None
    max_tokens: int | None = None
    json_schema: Mapping[str, Any] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FunctionCall:
    """One function to call, with its arguments as a JSON object."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Here, in the script, a wrong value is easier to find than where it is sent.
        if not isinstance(self.name, str) or not isinstance(self.arguments, Mapping):
            raise TypeError(
                f"FunctionCall: expected a name and a dict of arguments, got {self.name!r}, {self.arguments!r:.100}"
            )
        json.dumps(dict(self.arguments), allow_nan=False)


@dataclass(frozen=True)
class ToolResult:
    """What the client submitted for one call."""

    name: str
    content: str


@dataclass(frozen=True)
class Partial:
    """The whole text so far. A run created with ``stream: false`` does not show it."""

    text: str


@dataclass(frozen=True)
class ToolCalls:
    """The calls of one round. The run waits until the results of all of them were submitted together."""

    calls: tuple[FunctionCall, ...]

    def __init__(self, calls: Iterable[FunctionCall]) -> None:
        if isinstance(calls, (FunctionCall, str)) or not isinstance(calls, Iterable):
            raise TypeError(f"ToolCalls: expected several FunctionCall, as in [FunctionCall('f')], got {calls!r:.100}")
        object.__setattr__(self, "calls", tuple(calls))
        if not self.calls:
            raise ValueError("ToolCalls needs at least one call: a run without calls has nothing to wait for")


@dataclass(frozen=True)
class Pause:
    """Nothing happens for ``seconds``."""

    seconds: float


@dataclass(frozen=True)
class Final:
    """The finished message.

    ``citations`` are objects of the wire's Citation message, in either spelling:
    ``{"sources": [{"chunk": {"sourceFile": {"id": ...}, "content": {"content": [{"text": {"content": ...}}]}}}]}``.
    """

    text: str
    status: MessageStatus = "COMPLETED"
    citations: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Fail:
    """An error of the run. ``code`` is a gRPC code; 0 is what the service sends when it names none."""

    message: str
    code: int = 13


Step: TypeAlias = str | Partial | ToolCalls | Pause | Final | Fail
"""What a script may yield."""

ScriptRun: TypeAlias = Generator[Step, Any, Step | None] | Iterable[Step] | Step
"""What a script may return."""

Script: TypeAlias = Callable[..., ScriptRun]
"""A scripted assistant: called with messages (oldest first) and tools, and a ``RunContext`` if it takes a third."""
