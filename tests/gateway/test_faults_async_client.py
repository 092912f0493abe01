"""The asynchronous client against a gateway that misbehaves, in process and under either event loop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.answers import LEFT_UNREAD
from tests.support.clients import async_gateway_client
from tests.support.patience import trials
from yc_runs import AsyncClient, AsyncClock, RunStatus
from yc_runs.errors import (
    ConnectionLostError,
    DecodeError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    StreamInterruptedError,
)
from yc_runs.testing import Framing, FunctionCall, LocalGateway, ToolCalls

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]
CUTS: list[dict[str, int]] = [{}, {"after_events": 1}, {"after_events": 2}, {"after_bytes": 40}, {"after_bytes": 150}]
WANTED = [(0, "one"), (1, "one two"), (2, "one two")]


async def count_of_runs(client: AsyncClient) -> int:
    return len([run async for run in client.runs.list()])


async def heard(run: Any, **options: Any) -> list[tuple[int, str | None]]:
    return [(event.index, event.text) async for event in run.listen(**options)]


@pytest.mark.parametrize("framing", ["sse", "result-lines", "lines", "array"])
@pytest.mark.parametrize("how", ["clean", "reset", "truncated", "late_error", "html"])
async def test_each_event_comes_once_however_the_stream_is_cut(
    gateway: LocalGateway, framing: Framing, how: Any
) -> None:
    gateway.framing = framing
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two"), stream=True)
        for cut in CUTS:
            gateway.faults.cut_stream(**cut, how=how)
            assert await heard(run) == WANTED, cut
    assert len(gateway.faults.happened) == len(CUTS)


@pytest.mark.parametrize("cut", [{}, {"after_events": 1}, {"after_bytes": 150}], ids=str)
async def test_each_event_comes_once_though_the_stream_falls_silent(gateway: LocalGateway, cut: dict[str, int]) -> None:
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two"), stream=True)
        for trial in trials():
            with trial as limit:
                gateway.faults.clear()
                gateway.faults.cut_stream(**cut, how="stall")
                assert await heard(run, idle_timeout=limit) == WANTED
                assert gateway.faults.pending == ()


@pytest.mark.parametrize("how", ["clean", "reset", "truncated", "late_error", "html"])
async def test_a_stream_that_is_cut_after_every_event_comes_to_its_end(gateway: LocalGateway, how: Any) -> None:
    gateway.faults.cut_stream(after_events=1, how=how, times=None)
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread(" ".join("abcdefgh")), stream=True)
        assert [index for index, _ in await heard(run)] == list(range(9))


async def test_a_listen_that_is_hopeless_says_where_to_go_on(gateway: LocalGateway) -> None:
    gateway.faults.cut_stream(after_events=2, how="reset")
    gateway.faults.cut_stream(how="reset", times=None)
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two"), stream=True)
        with pytest.raises(StreamInterruptedError) as caught:
            await heard(run)
        assert caught.value.next_event_idx == 2
        gateway.faults.clear()
        assert await heard(run, events_start_idx=2) == WANTED[2:]


async def test_a_stream_that_nobody_can_open_gives_way_to_polling(gateway: LocalGateway) -> None:
    gateway.faults.answer(502, body="<html>no</html>", path="*/listen", times=None)
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one"))
        assert (await run.wait(via="listen")).text == "one"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_wait_outlives_refusals(gateway: LocalGateway, status: int) -> None:
    gateway.polls = 2
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one"))
        gateway.faults.answer(status, method="GET", body="<html>no</html>", retry_after=0.5, times=3)
        assert (await run.wait()).text == "one"
    assert len(gateway.faults.happened) == 3


@pytest.mark.parametrize("how", ["reset", "closed"])
async def test_a_wait_outlives_lost_answers(gateway: LocalGateway, how: Any) -> None:
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one"))
        gateway.faults.drop("answer", how=how, method="GET", times=3)
        assert (await run.wait()).text == "one"


@pytest.mark.parametrize(("before", "left"), [("request", 0), ("answer", 1)])
@pytest.mark.parametrize("how", ["reset", "closed"])
async def test_a_create_that_broke_is_not_sent_again(gateway: LocalGateway, before: Any, left: int, how: Any) -> None:
    gateway.faults.drop(before, how=how, method="POST")
    async with async_gateway_client(gateway) as client:
        with pytest.raises(ConnectionLostError) as caught:
            await client.runs.create("echo", gateway.add_thread("one"))
        assert caught.value.maybe_applied
        assert await count_of_runs(client) == left


async def test_a_create_that_was_surely_not_carried_out_is_sent_again(gateway: LocalGateway) -> None:
    gateway.faults.drop("connect")
    gateway.faults.answer(429, retry_after=1)
    async with async_gateway_client(gateway) as client:
        await client.runs.create("echo", gateway.add_thread("one"))
        assert await count_of_runs(client) == 1
    assert [request.method for request in gateway.requests] == ["POST"] * 3 + ["GET"]


async def test_a_refusal_for_too_long_is_given_up(gateway: LocalGateway) -> None:
    gateway.faults.answer(429, retry_after=3600)
    async with async_gateway_client(gateway) as client:
        with pytest.raises(RateLimitError) as caught:
            await client.runs.create("echo", gateway.add_thread("one"))
    assert caught.value.retry_after == 3600
    assert not caught.value.maybe_applied


@pytest.mark.parametrize(("carried_out", "left"), [(False, 0), (True, 1)])
async def test_a_create_that_a_proxy_answered_may_have_been_carried_out(
    gateway: LocalGateway, carried_out: bool, left: int
) -> None:
    gateway.faults.answer(504, carried_out=carried_out, method="POST")
    async with async_gateway_client(gateway) as client:
        with pytest.raises(ServerError) as caught:
            await client.runs.create("echo", gateway.add_thread("one"))
        assert caught.value.maybe_applied
        assert await count_of_runs(client) == left


@pytest.mark.parametrize(("before", "left"), [("request", 0), ("answer", 1)])
async def test_a_create_whose_time_is_over_may_have_been_carried_out(
    gateway: LocalGateway, before: Any, left: int
) -> None:
    async with async_gateway_client(gateway) as client:
        for trial in trials():
            with trial as limit:
                gateway.faults.clear()
                gateway.faults.stall(before=before, method="POST")
                were = await count_of_runs(client)
                with pytest.raises(RequestTimeoutError) as caught:
                    await client.runs.create("echo", gateway.add_thread("one"), timeout=limit)
                assert caught.value.maybe_applied
                assert await count_of_runs(client) == were + left


@pytest.mark.parametrize(("before", "rounds"), [("request", 2), ("answer", 1)])
async def test_results_whose_submit_broke_are_submitted_once(gateway: LocalGateway, before: Any, rounds: int) -> None:
    given: list[str] = []

    def asking(messages: object, tools: object) -> Any:
        (result,) = yield ToolCalls([FunctionCall("f")])
        given.append(result.content)
        return "thanks"

    gateway.faults.drop(before, path="*/runs/submit")
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create(gateway.add_assistant(asking), gateway.add_thread("one"))
        assert (await run.wait()).status is RunStatus.TOOL_CALLS
        with pytest.raises(ConnectionLostError) as caught:
            await run.submit_tool_results({"name": "f", "content": "42"})
        assert caught.value.maybe_applied
        await run.submit_tool_results({"name": "f", "content": "42"})
        assert (await run.wait()).text == "thanks"
    assert given == ["42"]
    assert [request.path for request in gateway.requests].count("/assistants/v1/runs/submit") == rounds


async def test_an_answer_that_drips_cannot_hold_a_call(gateway: LocalGateway) -> None:
    async with async_gateway_client(gateway, clock=AsyncClock()) as client:
        run = await client.runs.create("echo", gateway.add_thread("one"))
        gateway.faults.drip(0.005, method="GET")
        with pytest.raises(RequestTimeoutError):
            await client.runs.get(run.id, timeout=0.1)
        gateway.faults.drip(0.0)
        assert (await client.runs.get(run.id)).id == run.id


async def test_a_stream_that_drips_is_heard(gateway: LocalGateway) -> None:
    gateway.faults.drip(0.0)
    gateway.faults.drip(0.0, path="*/listen")
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two"), stream=True)
        assert await heard(run) == WANTED


@pytest.mark.parametrize("body", [b"{broken", b"\xff\xfe", "<html>a page</html>", [1, 2], b""])
async def test_an_answer_that_is_none_is_a_decode_error(gateway: LocalGateway, body: Any) -> None:
    gateway.faults.answer(200, body=body, carried_out=True)
    async with async_gateway_client(gateway) as client:
        with pytest.raises(DecodeError) as caught:
            await client.runs.create("echo", gateway.add_thread("one"))
        assert caught.value.maybe_applied
        assert await count_of_runs(client) == 1


async def test_a_redirect_is_not_followed(gateway: LocalGateway) -> None:
    gateway.faults.answer(307, headers={"location": "http://elsewhere.test/"}, body="")
    async with async_gateway_client(gateway) as client:
        with pytest.raises(Exception, match="307"):
            await client.runs.get("some-run")
    assert len(gateway.requests) == 1
