"""The tool loop, against a gateway in this process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

# async-only
import anyio

# end async-only
import httpx
import pytest

from tests.support.answers import RUN_ID, calling, completed, ok, run_json
from tests.support.clients import Script, async_gateway_client, make_async_client
from tests.support.clocks import AsyncFakeClock
from tests.support.patience import HANGING
from yc_runs import (
    AsyncRun,
    PollTimeoutError,
    RequestTimeoutError,
    RunsError,
    RunStatus,
    StreamEvent,
    ToolError,
    TooManyRoundsError,
)
from yc_runs.testing import Answer, Drop, Fail, Fault, Final, FunctionCall, LocalGateway, ToolCalls

pytestmark = pytest.mark.anyio

VIAS = pytest.mark.parametrize("via", ["listen", "wait"])


def rounds(*calls: ToolCalls) -> Callable[..., Any]:
    """An assistant that makes these calls, a round each, and answers with all results."""

    def script(messages: Any, tools: Any) -> Any:
        contents = []
        for call in calls:
            yield "Let me see"
            contents += [result.content for result in (yield call)]
        yield Final("; ".join(contents))

    return script


def one(name: str = "double", **arguments: Any) -> ToolCalls:
    return ToolCalls([FunctionCall(name, arguments)])


async def double(n: int) -> int:
    """Double a number."""
    return 2 * n


def plain(n: int) -> str:
    return f"{n}, plainly"


async def failing(n: int) -> None:
    raise OSError(f"no {n} today")


async def start(client: Any, gateway: LocalGateway, *calls: ToolCalls, **fields: Any) -> Any:
    assistant = gateway.add_assistant(rounds(*calls))
    return await client.runs.create(assistant, gateway.add_thread("hello"), **{"stream": True, **fields})


def submits(gateway: LocalGateway) -> int:
    return sum(request.path.endswith("/submit") for request in gateway.requests)


@VIAS
@pytest.mark.parametrize("stale", [0, 2])
@pytest.mark.parametrize("polls", [0, 2])
async def test_rounds_are_answered_once_each_until_the_run_ends(via: Any, stale: int, polls: int) -> None:
    gateway = LocalGateway(stale_polls=stale, polls=polls)
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1), one(n="2"), one("plain", n=3))
        result = await run.run_tools([double, plain], via=via)
    assert result.text == "2; 4; 3, plainly"
    assert submits(gateway) == 3


@VIAS
async def test_the_same_calls_again_are_a_new_round(via: Any) -> None:
    gateway = LocalGateway(stale_polls=1)
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1), one(n=1), one(n=1))
        result = await run.run_tools([double], via=via)
    assert (result.text, submits(gateway)) == ("2; 2; 2", 3)


@VIAS
async def test_what_was_answered_before_the_loop_is_not_answered_again(via: Any) -> None:
    seen: list[int] = []

    def double(n: int) -> int:
        seen.append(n)
        return 2 * n

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1), one(n=1), one(n=2))
        await run.wait()
        await run.submit_tool_results({"name": "double", "content": "by hand"})
        result = await run.run_tools([double], via=via)
        assert result.text == "by hand; 2; 4"
        assert (await run.run_tools([double], via=via)).text == result.text
    assert seen == [1, 2]


@VIAS
async def test_a_run_without_calls_and_a_failed_run_are_results_too(via: Any) -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("hi"))
        assert (await run.run_tools([], via=via)).text == "hi"
        run = await client.runs.create(gateway.add_assistant(lambda m, t: Fail("no luck")), gateway.add_thread("hi"))
        assert (await run.run_tools([], via=via)).error == "no luck"


async def test_the_same_functions_define_the_tools_and_carry_out_the_calls() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("tool-caller", gateway.add_thread("hi"), tools=[double, plain])
        result = await run.run_tools([double, plain])
    assert result.text is not None
    assert result.text.startswith("double: ")
    assert "plainly" in result.text


async def test_functions_without_hints_are_checked_by_the_schema_of_the_run() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
        definition = client.tools.function(schema, name="f")
        run = await start(client, gateway, one("f", n=1), one("f", n="x"), tools=definition)
        result = await run.run_tools({"f": lambda n: [n]})
    assert result.text is not None
    assert result.text.startswith('[1]; {"error":"wrong arguments: n: ')


async def test_calls_of_a_round_run_at_the_same_time_and_are_answered_in_order() -> None:
    meeting = threading.Barrier(3, timeout=HANGING)

    def meet(n: int) -> int:
        meeting.wait()
        return n

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, ToolCalls(FunctionCall("meet", {"n": n}) for n in range(3)))
        assert (await run.run_tools([meet])).text == "0; 1; 2"


@pytest.mark.parametrize("concurrency", [1, 2])
async def test_no_more_calls_run_at_once_than_allowed(concurrency: int) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def count(n: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.002)
        with lock:
            running -= 1
        return n

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, ToolCalls(FunctionCall("count", {"n": n}) for n in range(5)))
        assert (await run.run_tools([count], concurrency=concurrency)).text == "0; 1; 2; 3; 4"
    assert most <= concurrency


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (one("failing", n=1), "raised", "OSError: no 1 today"),
        (one("double", n="x"), "arguments", "n: Input should be a valid integer"),
        (one("nobody"), "unknown", "there is no tool 'nobody'"),
        (one("odd"), "result", "cannot be JSON"),
    ],
)
@VIAS
async def test_a_call_that_fails_is_reported_or_raised_and_logged(
    call: ToolCalls, kind: str, words: str, via: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = LocalGateway()
    tools = {"failing": failing, "double": double, "odd": lambda: object()}
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, call)
        with pytest.raises(ToolError, match="tool") as caught:
            await run.run_tools(tools, on_error="raise", via=via)
        assert (caught.value.kind, caught.value.tool, caught.value.run_id) == (kind, call.calls[0].name, run.id)
        assert words in caught.value.problem
        assert "No result of this round was submitted: the run still waits. Call run_tools again" in str(caught.value)
        assert submits(gateway) == 0
        assert await run.get_status() is RunStatus.TOOL_CALLS
        result = await run.run_tools(tools, via=via)
    assert words in (result.text or "")
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [words in record.getMessage() for record in warnings] == [True, True]


@pytest.mark.parametrize("is_raised", [True, False])
async def test_what_is_no_utf_8_in_a_tool_is_reported_and_the_loop_goes_on(
    is_raised: bool, caplog: pytest.LogCaptureFixture
) -> None:
    # pytest's workers cannot report a log line that is no UTF-8.
    caplog.set_level(logging.CRITICAL, "yc_runs")

    def odd(n: int) -> str:
        if is_raised:
            raise FileNotFoundError("a\udc80")
        return "a\udc80"

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one("odd", n=1))
        result = await run.run_tools([odd])
    assert (result.text or "").count("error") == 1


async def test_the_cause_of_a_tool_error_is_what_the_tool_raised() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one("failing", n=1))
        with pytest.raises(ToolError) as caught:
            await run.run_tools([failing], on_error="raise")
    assert isinstance(caught.value.cause, OSError)
    assert caught.value.arguments == {"n": 1}
    assert caught.value.client_request_id is None


@pytest.mark.parametrize("fault", [Answer(403, path="*/submit"), Drop(path="*/submit", times=2)], ids=repr)
async def test_a_submit_that_fails_while_the_loop_listens_has_its_own_id(fault: Fault) -> None:
    gateway = LocalGateway()
    gateway.faults.add(fault)
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1))
        with pytest.raises(RunsError) as caught:
            await run.run_tools([double])
    sent = [request for request in gateway.requests if request.method == "PATCH"]
    assert caught.value.client_request_id == sent[-1].headers["x-client-request-id"]


async def test_a_failure_spares_the_other_calls_of_its_round_when_reported() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        calls = ToolCalls([FunctionCall("failing", {"n": 1}), FunctionCall("double", {"n": 2})])
        run = await start(client, gateway, calls)
        result = await run.run_tools([failing, double])
    assert result.text == '{"error":"it raised OSError: no 1 today"}; 4'


async def test_a_call_that_cannot_be_made_ends_the_round_before_others_are() -> None:
    seen: list[int] = []
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, ToolCalls([FunctionCall("see", {"n": 1}), FunctionCall("nobody", {})]))
        with pytest.raises(ToolError, match="nobody"):
            await run.run_tools({"see": lambda n: seen.append(n)}, on_error="raise")
    assert seen == []


@pytest.mark.parametrize("on_error", ["report", "raise"])
async def test_a_sync_tool_that_takes_too_long_is_left_to_itself(on_error: Any) -> None:
    end = threading.Event()

    def slow() -> None:
        end.wait(HANGING)

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one("slow"))
        try:
            if on_error == "raise":
                with pytest.raises(ToolError, match=r"did not end within 0\.01 s") as caught:
                    await run.run_tools([slow], tool_timeout=0.01, on_error=on_error)
                assert caught.value.kind == "timeout"
            else:
                result = await run.run_tools([slow], tool_timeout=0.01, on_error=on_error)
                assert result.text == '{"error":"it did not end within 0.01 s"}'
        finally:
            end.set()


# async-only
async def test_an_async_tool_that_takes_too_long_is_broken_off() -> None:
    broken_off = anyio.Event()

    async def slow() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            broken_off.set()

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one("slow"))
        result = await run.run_tools([slow], tool_timeout=0.01)
    assert result.text == '{"error":"it did not end within 0.01 s"}'
    assert broken_off.is_set()


async def test_a_sync_tool_does_not_hold_up_the_event_loop() -> None:
    go = threading.Event()

    async def release() -> None:
        go.set()

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, ToolCalls([FunctionCall("hold"), FunctionCall("release")]))
        assert (await run.run_tools({"hold": lambda: go.wait(HANGING), "release": release})).text == "true; null"


# end async-only


async def test_too_many_rounds_are_a_typed_error_before_any_further_tool() -> None:
    seen: list[int] = []
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, *[one("see", n=n) for n in range(4)])
        with pytest.raises(TooManyRoundsError) as caught:
            await run.run_tools({"see": lambda n: seen.append(n)}, max_rounds=2)
        assert (caught.value.run_id, caught.value.rounds, seen) == (run.id, 2, [0, 1])
        assert (await run.run_tools({"see": lambda n: seen.append(n)}, max_rounds=2)).is_succeeded
    assert seen == [0, 1, 2, 3]


async def test_the_loop_yields_its_events_and_keeps_its_result() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1))
        loop = run.run_tools_stream([double])
        with pytest.raises(ValueError, match="no result before"):
            assert loop.result
        kinds = [event.status async for event in loop]
    assert kinds == [StreamEvent.PARTIAL_MESSAGE, StreamEvent.TOOL_CALLS, StreamEvent.DONE]
    assert (loop.result.text, loop.rounds) == ("2", 1)


@VIAS
async def test_a_loop_may_have_no_bound_on_its_time(via: Any) -> None:
    gateway = LocalGateway(polls=1)
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1))
        assert (await run.run_tools([double], via=via, timeout=None)).text == "2"


async def test_wrong_tools_are_refused_before_anything_is_sent() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, one(n=1))
        gateway.requests.clear()
        with pytest.raises(TypeError, match="tools"):
            await run.run_tools([5])
        with pytest.raises(ValueError, match="max_rounds"):
            await run.run_tools([double], max_rounds=0)
    assert not gateway.requests


async def waiting_run(script: Script, **settings: Any) -> AsyncRun:
    return await make_async_client(script, **settings).runs.get(RUN_ID)


async def test_a_submit_that_may_have_arrived_is_not_sent_again_once_the_run_has_gone_on() -> None:
    lost = httpx.ReadTimeout("lost")
    script = Script(ok(calling("f")), ok(calling("f")), lost, ok(run_json("IN_PROGRESS")), ok(completed()))
    run = await waiting_run(script)
    seen: list[int] = []
    result = await run.run_tools({"f": lambda: seen.append(1)}, via="wait")
    assert result.text == "It is done."
    assert (seen, sum("submit" in request for request in script.seen)) == ([1], 1)
    assert script.is_done


async def test_a_submit_that_has_not_arrived_is_sent_again_without_running_the_tools_again() -> None:
    lost, still = httpx.ReadTimeout("lost"), [ok(calling("f")) for _ in range(3)]
    script = Script(ok(calling("f")), ok(calling("f")), lost, *still, ok(), ok(completed()))
    run = await waiting_run(script)
    seen: list[int] = []
    assert (await run.run_tools({"f": lambda: seen.append(1)}, via="wait")).text == "It is done."
    assert (seen, sum("submit" in request for request in script.seen)) == ([1], 2)


async def test_a_submit_lost_twice_is_an_error_that_says_so() -> None:
    still = [ok(calling("f")) for _ in range(3)]
    script = Script(
        ok(calling("f")), ok(calling("f")), httpx.ReadTimeout("lost"), *still, httpx.ReadTimeout("lost again")
    )
    with pytest.raises(RequestTimeoutError) as caught:
        await (await waiting_run(script)).run_tools({"f": lambda: 1}, via="wait")
    assert caught.value.maybe_applied


async def test_a_loop_whose_time_is_over_submits_nothing() -> None:
    script, clock = Script(ok(calling("f")), ok(calling("f"))), AsyncFakeClock()
    run = await waiting_run(script, clock=clock)
    with pytest.raises(PollTimeoutError, match="were not submitted") as caught:
        await run.run_tools({"f": lambda: clock.advance(400)}, via="wait")
    assert caught.value.status is RunStatus.TOOL_CALLS
    assert script.is_done


async def test_each_request_of_the_loop_may_take_the_time_of_the_client() -> None:
    script = Script(ok(run_json()), ok(calling("f")), ok({}), ok(completed()))
    run = await make_async_client(script, timeout=7).runs.get(RUN_ID)
    await run.run_tools({"f": lambda: "1"}, via="wait")
    assert [request.extensions["timeout"]["read"] for request in script.requests] == [7, 7, 7, 7]
