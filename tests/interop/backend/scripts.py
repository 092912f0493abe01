"""What the assistants do: a model's name says which script plays, and a script says which events come after which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from yandex.cloud.ai.assistants.v1.common_pb2 import ToolResultList
from yandex.cloud.ai.assistants.v1.runs.run_service_pb2 import StreamEvent
from yandex.cloud.ai.assistants.v1.threads.message_pb2 import Message, MessageContent
from yandex.cloud.ai.common.common_pb2 import ExpirationConfig

SLOW_PAUSE = 0.1


@dataclass(frozen=True)
class Step:
    """An event, without its place in the stream, and the seconds that pass before it."""

    event: StreamEvent
    pause: float = 0.0


def content(text: str) -> MessageContent:
    """A message of one text part."""
    result = MessageContent()
    result.content.add().text.content = text
    return result


def steps(name: str, text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    """What comes after this many rounds of results; ``text`` is the last message of the user."""
    return _SCRIPTS.get(name, _echo)(text, rounds)


def _partial(text: str) -> StreamEvent:
    return StreamEvent(event_type=StreamEvent.PARTIAL_MESSAGE, partial_message=content(text))


def _done(text: str, status: Any = Message.COMPLETED, **fields: Any) -> StreamEvent:
    message = Message(content=content(text), status=status, **fields)
    return StreamEvent(event_type=StreamEvent.DONE, completed_message=message)


def _growing(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[: count + 1]) for count in range(len(words))]


def _echo(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    return [*(Step(_partial(part)) for part in _growing(text)), Step(_done(text))]


def _slow(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    return [*(Step(_partial(part), SLOW_PAUSE) for part in _growing(text)), Step(_done(text))]


def _failing(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    event = StreamEvent(event_type=StreamEvent.ERROR)
    event.error.code, event.error.message = 13, "the assistant is scripted to fail"
    return [Step(_partial("I was about to")), Step(event)]


def _nameless(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    event = StreamEvent(event_type=StreamEvent.ERROR)
    event.error.message = "no code is named"
    return [Step(event)]


def _rounds(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    if len(rounds) == 0:
        return [Step(_partial("Let me see")), Step(_calls(("weather", {"city": "Омск", "days": [1, 2.5, None]})))]
    if len(rounds) == 1:
        return [Step(_calls(("time", {}), ("weather", {"city": "Тула", "deep": {"ok": True}})))]
    answers = [result.function_result.content for results in rounds for result in results.tool_results]
    return [Step(_partial("So")), Step(_done("; ".join(answers)))]


def _calls(*calls: tuple[str, dict[str, Any]]) -> StreamEvent:
    event = StreamEvent(event_type=StreamEvent.TOOL_CALLS)
    for name, arguments in calls:
        call = event.tool_call_list.tool_calls.add().function_call
        call.name = name
        call.arguments.update(arguments)
    return event


def _cut(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    return [Step(_done(text, Message.TRUNCATED))]


def _cited(text: str, rounds: Sequence[ToolResultList]) -> list[Step]:
    event = _done(text)
    chunk = event.completed_message.citations.add().sources.add().chunk
    chunk.source_file.id, chunk.source_file.mime_type = "file-1", "text/plain"
    chunk.search_index.id = "index-1"
    strategy = chunk.search_index.text_search_index.chunking_strategy.static_strategy
    strategy.max_chunk_size_tokens, strategy.chunk_overlap_tokens = 100, 10
    for stored in (chunk.source_file, chunk.search_index):
        # The SDK reads none that has no time to live, and no index without its kind.
        stored.expiration_config.expiration_policy, stored.expiration_config.ttl_days = ExpirationConfig.STATIC, 1
    chunk.content.content.add().text.content = "what the file says"
    return [Step(event)]


_SCRIPTS: dict[str, Callable[[str, Sequence[ToolResultList]], list[Step]]] = {
    "echo": _echo,
    "slow": _slow,
    "failing": _failing,
    "nameless": _nameless,
    "rounds": _rounds,
    "cut": _cut,
    "cited": _cited,
}
