"""The ready scripts. Each is an assistant of a new gateway, its id being the name in ``READY``."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType

from yc_runs.testing._samples import sample
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
    Step,
    ToolCalls,
    ToolResult,
)

SLOW_PAUSE = 0.3
"""Seconds that ``slow`` waits before each word."""


def echo(messages: Sequence[Message], tools: Sequence[FunctionTool]) -> Generator[Step, None, None]:
    """Repeat the last user message, growing word by word; its white space is kept."""
    text = _last_user_text(messages)
    yield from map(Partial, _growing(text))
    yield Final(text)


def slow(messages: Sequence[Message], tools: Sequence[FunctionTool]) -> Generator[Step, None, None]:
    """Repeat the last user message with ``SLOW_PAUSE`` seconds before each word."""
    text = _last_user_text(messages)
    for part in _growing(text):
        yield Pause(SLOW_PAUSE)
        yield Partial(part)
    yield Final(text)


def tool_caller(
    messages: Sequence[Message], tools: Sequence[FunctionTool]
) -> Generator[Step, tuple[ToolResult, ...], None]:
    """Call every function tool once, in one round, with arguments that fit its schema; answer with the results."""
    if not tools:
        yield Final("There is no function to call.")
        return
    results = yield ToolCalls(FunctionCall(tool.name, sample(tool.parameters) or {}) for tool in tools)
    text = "\n".join(f"{result.name}: {result.content}" for result in results)
    yield Partial(text)
    yield Final(text)


def failing(messages: Sequence[Message], tools: Sequence[FunctionTool]) -> Generator[Step, None, None]:
    """Start to answer, then fail with code 13 (INTERNAL)."""
    yield Partial("I was about to")
    yield Fail("the assistant is scripted to fail", code=13)


def structured(
    messages: Sequence[Message], tools: Sequence[FunctionTool], context: RunContext
) -> Generator[Step, None, None]:
    """Answer with JSON that fits the run's response format; ``{}`` where it names no schema."""
    yield Final(json.dumps(sample(context.json_schema or {}), ensure_ascii=False))


READY: Mapping[str, Script] = MappingProxyType(
    {"echo": echo, "slow": slow, "tool-caller": tool_caller, "failing": failing, "structured": structured}
)
"""The ready scripts by name."""


def _last_user_text(messages: Sequence[Message]) -> str:
    return next((message.text for message in reversed(messages) if message.role == "USER"), "")


def _growing(text: str) -> list[str]:
    """List the beginnings of ``text`` that end at a word's end, the whole text last."""
    ends = [i for i in range(1, len(text)) if text[i].isspace() and not text[i - 1].isspace()]
    return [text[:end] for end in ends] + ([text] if text else [])
