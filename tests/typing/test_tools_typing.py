"""What type checkers know of tools and structured answers; at run time these are plain checks of values."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING

from pydantic import BaseModel
from typing_extensions import assert_type

from yc_runs import AsyncClient, AsyncRun, Client, FunctionTool, Run, RunData, RunResult, RunStreamEvent
from yc_runs.tools import function_tool, tool


class City(BaseModel):
    name: str


@dataclasses.dataclass
class Place:
    name: str


def plain(city: str, *, days: int = 1) -> float:
    """Tell the warmth."""
    return len(city) * days / 1


@tool(name="warmth", description="Tell it.")
async def renamed(city: str) -> float:
    return float(len(city))


@tool
def decorated(city: str, days: int = 1) -> float:
    return len(city) * days / 1


def test_a_decorated_function_keeps_its_signature() -> None:
    assert_type(decorated("Omsk", days=2), float)
    assert decorated("Omsk", days=2) == 8.0


def test_a_definition_is_a_function_tool() -> None:
    for definition in (function_tool(plain), function_tool(City), function_tool({}, name="f"), renamed.definition):
        assert_type(definition, FunctionTool)
        assert isinstance(definition, FunctionTool)


def test_parse_gives_what_it_is_asked_for() -> None:
    message = {"content": {"content": [{"text": {"content": '{"name": "Omsk"}'}}]}}
    state = {"status": "COMPLETED", "completedMessage": message}
    result = RunResult(run=RunData.model_validate({"id": "r", "state": state}))
    assert_type(result.parse(City), City)
    assert_type(result.parse(Place), Place)
    assert_type(result.parse(dict[str, str]), dict[str, str])
    assert result.parse(City).name == result.parse(Place).name


if TYPE_CHECKING:

    async def asynchronous(client: AsyncClient, run: AsyncRun) -> None:
        created = await client.runs.create("a", "t", tools=[plain, renamed, decorated], custom_response_format=City)
        await client.runs.create("a", "t", tools=plain, custom_response_format={"json_schema": {"type": "object"}})
        assert_type(created, AsyncRun)
        assert_type(await run.run_tools([plain, renamed], on_error="raise", via="wait"), RunResult)
        assert_type(await run.run_tools({"a": plain, "b": renamed}), RunResult)
        loop = run.run_tools_stream(plain)
        async for event in loop:
            assert_type(event, RunStreamEvent)
            assert_type((event.delta, event.is_rewrite), tuple[str, bool])
        assert_type(loop.result, RunResult)
        assert_type(run.text_stream(), AsyncGenerator[str, None])
        assert_type(client.tools.function(City), FunctionTool)

    def synchronous(client: Client, run: Run) -> None:
        client.runs.create("a", "t", tools=[plain, renamed], custom_response_format=Place)
        assert_type(run.run_tools([plain, renamed]), RunResult)
        for event in run.run_tools_stream([plain]):
            assert_type(event, RunStreamEvent)
        assert_type(run.text_stream(), Generator[str, None, None])
        run.run_tools([plain], via="poll")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
