"""The main job against a ``LocalGateway`` in this process, in every way in which gateways frame and spell."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from typing import Any

# async-only
import anyio

# end async-only
import pytest

from tests.support.clients import FOLDER_ID, async_gateway_client
from yc_runs import (
    AuthenticationError,
    BadRequestError,
    FunctionTool,
    NotFoundError,
    RunStatus,
    StreamEvent,
    ToolCall,
)
from yc_runs.testing import (
    Fail,
    Final,
    Framing,
    FunctionCall,
    LocalGateway,
    Message,
    Partial,
    Pause,
    Spelling,
    ToolCalls,
)
from yc_runs.testing._framing import FRAMINGS

pytestmark = pytest.mark.anyio

SPELLINGS: list[Spelling] = ["camel", "snake"]
STYLES = list(itertools.product(FRAMINGS, SPELLINGS, [False, True]))
WEATHER = FunctionTool(
    name="weather",
    description="The weather of a city.",
    parameters={"type": "object", "properties": {"city_name": {"type": "string"}}},
)
ODD_TEXT = "Naïve \u2028 \x85 “quotes” \\ { [ ] } \U0001f642\r\nend"


def named(style: tuple[Framing, Spelling, bool]) -> str:
    return f"{style[0]}-{style[1]}{'-defaults' if style[2] else ''}"


@pytest.fixture(params=STYLES, ids=named)
def any_gateway(request: pytest.FixtureRequest) -> LocalGateway:
    """A gateway for each framing, with each spelling, with each way with defaults."""
    framing, spelling, print_defaults = request.param
    return LocalGateway(framing=framing, spelling=spelling, print_defaults=print_defaults)


@pytest.fixture(params=[STYLES[0], STYLES[5], STYLES[10], STYLES[15]], ids=named)
def gateway(request: pytest.FixtureRequest) -> LocalGateway:
    """A gateway for each framing, and for each spelling with each way with defaults."""
    framing, spelling, print_defaults = request.param
    return LocalGateway(framing=framing, spelling=spelling, print_defaults=print_defaults)


def two_rounds(messages: Sequence[Message], tools: Sequence[Any]) -> Generator[Any, Any, None]:
    """Ask the same call twice, then a third that differs, then answer with all results."""
    results = []
    for name in ("look", "look", "tell"):
        (result,) = yield ToolCalls([FunctionCall(name, {"n": 1})])
        results.append(result.content)
    yield Partial(results[0])
    yield Final(" ".join(results))


def functions(calls: Sequence[ToolCall] | None) -> list[tuple[str, dict[str, Any]]]:
    return [(call.function.name, call.function.arguments) for call in calls or () if call.function]


async def test_a_run_is_created_listened_to_and_waited_for(any_gateway: LocalGateway) -> None:
    gateway = any_gateway
    thread = gateway.add_thread("one two three")
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", thread, stream=True, labels={"a": "b"}, custom_temperature=0)
        assert (run.assistant_id, run.thread_id, run.labels, run.custom_temperature) == ("echo", thread, {"a": "b"}, 0)
        events = [event async for event in run]
        assert [(event.index, event.status, event.text) for event in events] == [
            (0, StreamEvent.PARTIAL_MESSAGE, "one"),
            (1, StreamEvent.PARTIAL_MESSAGE, "one two"),
            (2, StreamEvent.PARTIAL_MESSAGE, "one two three"),
            (3, StreamEvent.DONE, "one two three"),
        ]
        result = await run.wait()
        assert (result.status, result.text, result.parts) == (RunStatus.COMPLETED, "one two three", ("one two three",))
        assert result.message is not None
        assert (result.message.role, result.message.thread_id) == ("ASSISTANT", thread)
        assert result.message == events[-1].message
        assert result.usage is not None
        assert result.usage.total_tokens == result.usage.input_text_tokens + result.usage.completion_tokens > 0
        assert [message.text for message in gateway.messages(thread)] == ["one two three", "one two three"]


async def test_a_run_that_does_not_stream_gives_its_last_event_alone(gateway: LocalGateway) -> None:
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two"))
        assert [(event.index, event.status, event.text) async for event in run] == [(0, StreamEvent.DONE, "one two")]


async def test_text_survives_the_way_whatever_its_characters(gateway: LocalGateway) -> None:
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread(), additional_messages=ODD_TEXT, stream=True)
        events = [event async for event in run]
        assert events[-1].text == ODD_TEXT
        assert all(ODD_TEXT.startswith(event.text or "?") for event in events)
        assert (await run.wait()).text == ODD_TEXT


async def test_tool_calls_are_answered_while_listening(any_gateway: LocalGateway) -> None:
    gateway = any_gateway
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("tool-caller", gateway.add_thread("hi"), stream=True, tools=WEATHER)
        seen = []
        async for event in run:
            seen.append(event.status)
            if event.status is StreamEvent.TOOL_CALLS:
                assert functions(event.tool_calls) == [("weather", {"city_name": "text"})]
                await run.submit_tool_results({"name": "weather", "content": "sunny"})
        assert seen == [StreamEvent.TOOL_CALLS, StreamEvent.PARTIAL_MESSAGE, StreamEvent.DONE]
        assert (await run.wait()).text == "weather: sunny"


@pytest.mark.parametrize("via", ["poll", "listen"])
async def test_tool_calls_are_answered_in_rounds_and_none_is_returned_twice(gateway: LocalGateway, via: Any) -> None:
    assistant = gateway.add_assistant(two_rounds)
    gateway.polls = 1
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create(assistant, gateway.add_thread("hi"))
        asked = []
        while (result := await run.wait(via=via)).tool_calls:
            asked += functions(result.tool_calls)
            await run.submit_tool_results({"name": asked[-1][0], "content": f"r{len(asked)}"})
        assert asked == [("look", {"n": 1}), ("look", {"n": 1}), ("tell", {"n": 1})]
        assert result.text == "r1 r2 r3"


async def test_a_failed_run_tells_why(gateway: LocalGateway) -> None:
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("failing", gateway.add_thread("hi"), stream=True)
        events = [event async for event in run]
        assert [event.status for event in events] == [StreamEvent.PARTIAL_MESSAGE, StreamEvent.ERROR]
        assert events[-1].error == "the assistant is scripted to fail"
        result = await run.wait()
        assert (result.status, result.error, result.error_code) == (RunStatus.FAILED, events[-1].error, 13)
        with pytest.raises(ValueError, match="scripted to fail"):
            _ = result.text


async def test_create_and_get_give_equal_runs_also_after_the_end(gateway: LocalGateway) -> None:
    async with async_gateway_client(gateway) as client:
        created = await client.runs.create(
            "echo",
            gateway.add_thread("hi"),
            labels={"a": "b"},
            custom_temperature=0.5,
            custom_max_tokens=10,
            custom_max_prompt_tokens=5000,
            custom_prompt_truncation_strategy="auto",
            custom_response_format={"json_schema": {"type": "object", "a_b": {"cD": None}}},
            tools=[WEATHER],
        )
        early = await client.runs.get(created.id)
        await created.wait()
        late = await client.runs.get(created.id)
        assert created == early == late
        assert late.custom_response_format == {"json_schema": {"type": "object", "a_b": {"cD": None}}}
        assert late.tools == (WEATHER,)
        assert late == await client.runs.get_last_by_thread(created.thread_id)
        assert [run async for run in client.runs.list()] == [created]


@pytest.mark.parametrize("start", range(5))
async def test_a_listen_begins_where_it_is_told(start: int) -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("a b c"), stream=True)
        await run.wait()
        whole = [event async for event in run]
        assert [event async for event in run.listen(events_start_idx=min(start, 3))] == whole[min(start, 3) :]


@pytest.mark.parametrize("stale", [0, 1, 4])
async def test_wait_outlasts_a_gateway_that_shows_answered_calls_for_a_while(stale: int) -> None:
    gateway = LocalGateway(stale_polls=stale, polls=2)
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("tool-caller", gateway.add_thread("hi"), tools=WEATHER)
        assert (await run.wait()).tool_calls
        await run.submit_tool_results({"name": "weather", "content": "fog"})
        assert (await run.wait()).text == "weather: fog"


async def test_wait_polls_until_the_run_is_done() -> None:
    gateway = LocalGateway(polls=5)
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("hi"))
        result = await run.wait()
        assert result.is_succeeded
    assert [seen.method for seen in gateway.requests] == ["POST", *["GET"] * 6]


async def test_lists_go_over_pages_and_hold_this_folders_runs_only() -> None:
    gateway = LocalGateway()
    elsewhere = LocalGateway(folder_id="elsewhere")
    async with async_gateway_client(gateway) as client:
        thread = gateway.add_thread("hi")
        created = [(await client.runs.create("echo", thread)).id for _ in range(7)]
        for size in (None, 1, 3, 7, 100):
            found = [run.id async for run in client.runs.list(page_size=size)]
            assert sorted(found) == sorted(created)
        assert len(gateway.requests) == 7 + 1 + 7 + 3 + 1 + 1
    async with async_gateway_client(elsewhere, folder_id="elsewhere") as client:
        assert [run async for run in client.runs.list()] == []
    assert FOLDER_ID not in elsewhere.requests[0].query


async def test_what_does_not_exist_is_not_found() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        thread = gateway.add_thread("hi")
        with pytest.raises(NotFoundError, match="nope") as caught:
            await client.runs.get("nope")
        assert caught.value.request_id
        assert caught.value.code == 5
        with pytest.raises(NotFoundError, match="nope"):
            await client.runs.create("nope", thread)
        with pytest.raises(NotFoundError, match="nope"):
            await client.runs.create("echo", "nope")
        with pytest.raises(NotFoundError):
            await client.runs.get_last_by_thread(thread)
        with pytest.raises(NotFoundError):
            await client.runs.get("../assistants/echo")


async def test_a_submit_that_nobody_waits_for_is_refused_with_the_status() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("hi"))
        await run.wait()
        with pytest.raises(BadRequestError, match="COMPLETED") as caught:
            await run.submit_tool_results({"name": "f", "content": "1"})
        assert not caught.value.maybe_applied


async def test_results_of_other_calls_are_refused_and_the_right_ones_taken_afterwards() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("tool-caller", gateway.add_thread("hi"), tools=WEATHER)
        await run.wait()
        with pytest.raises(BadRequestError, match="weather"):
            await run.submit_tool_results({"name": "other", "content": "1"})
        assert (await run.wait()).tool_calls
        await run.submit_tool_results({"name": "weather", "content": "hail"})
        assert (await run.wait()).text == "weather: hail"


async def test_a_wrong_key_is_an_authentication_error() -> None:
    gateway = LocalGateway(api_key="right")
    async with async_gateway_client(gateway, auth="wrong") as client:
        with pytest.raises(AuthenticationError) as caught:
            await client.runs.get("r")
        assert "wrong" not in str(caught.value)
    async with async_gateway_client(gateway, auth="right") as client:
        with pytest.raises(NotFoundError):
            await client.runs.get("r")


@pytest.mark.parametrize("status", ["TRUNCATED", "FILTERED_CONTENT"])
async def test_a_message_that_is_not_whole_says_so(status: Any) -> None:
    gateway = LocalGateway()
    assistant = gateway.add_assistant(lambda messages, tools: Final("half", status=status))
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create(assistant, gateway.add_thread("hi"))
        result = await run.wait()
        assert (result.is_truncated, result.is_filtered) == (status == "TRUNCATED", status != "TRUNCATED")


async def test_a_prompt_that_does_not_fit_fails_the_run() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("many words " * 50), custom_max_prompt_tokens=1)
        result = await run.wait()
        assert result.is_failed
        assert "1 tokens" in (result.error or "")
        assert result.error_code == 0


async def test_a_failure_in_the_second_round_is_told() -> None:
    def script(messages: Sequence[Message], tools: Sequence[Any]) -> Generator[Any, Any, None]:
        yield ToolCalls([FunctionCall("f")])
        yield Fail("the result was no good", code=3)

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create(gateway.add_assistant(script), gateway.add_thread("hi"))
        assert functions((await run.wait()).tool_calls) == [("f", {})]
        await run.submit_tool_results({"name": "f", "content": ""})
        result = await run.wait()
        assert (result.error, result.error_code) == ("the result was no good", 3)


async def test_a_run_found_by_its_id_can_be_gone_on_with() -> None:
    gateway = LocalGateway(stale_polls=2, polls=1)
    async with async_gateway_client(gateway) as client:
        created = await client.runs.create("tool-caller", gateway.add_thread("hi"), tools=[WEATHER])
        await created.wait()
        found = await client.runs.get_last_by_thread(created.thread_id)
        await found.submit_tool_results([{"name": "weather", "content": "dry"}])
        assert (await found.wait()).text == "weather: dry"


@pytest.mark.parametrize("stale", [0, 1, 3])
async def test_calls_answered_from_the_stream_are_never_returned_by_wait_either(stale: int) -> None:
    gateway = LocalGateway(stale_polls=stale)
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create(gateway.add_assistant(two_rounds), gateway.add_thread("hi"), stream=True)
        answers = iter(["r1", "r2", "r3"])
        async for event in run:
            for name, _ in functions(event.tool_calls):
                await run.submit_tool_results({"name": name, "content": next(answers)})
        assert (await run.wait()).text == "r1 r2 r3"


# async-only
async def test_a_cancelled_anext_ends_a_listen_and_another_goes_on_after_the_last_event() -> None:
    def halting(messages: Any, tools: Any) -> Any:
        yield from ("one", Pause(5), "one two", Final("one two"))

    times = [0.0]
    gateway = LocalGateway(scripts={"halting": halting}, clock=lambda: times[0])
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("halting", gateway.add_thread("hi"), stream=True)
        events = run.listen()
        first = await anext(events)
        with anyio.move_on_after(0):
            await anext(events)
        assert [event async for event in events] == []

        times[0] = 10.0
        gateway.wake()
        rest = [event.text async for event in run.listen(events_start_idx=first.index + 1)]
        assert (first.text, rest) == ("one", ["one two", "one two"])


# end async-only
