"""Writes over connections that break: nothing is done twice, and the caller knows what may have been done."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import pytest

from tests.support.answers import ASSISTANT_ID, THREAD_ID, calling, completed, run_json
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.clocks import AsyncFakeClock
from tests.support.patience import trials
from tests.support.raw_server import FIN, RST, Act, RawRequest, RawServer, head, stall, whole
from yc_runs import (
    AsyncClient,
    ConnectionFailedError,
    ConnectionLostError,
    RequestTimeoutError,
    RunsError,
    ServerError,
)

pytestmark = pytest.mark.anyio

RUNS = "/assistants/v1/runs"
SUBMIT = "/assistants/v1/runs/submit"
RESULT = {"name": "f", "content": "1"}

LOSSES: dict[str, list[Act]] = {
    "reset": [RST],
    "closed": [FIN],
    "head cut": [b"HTTP/1.1 200 O", FIN],
    "body cut": [head(length=100) + b'{"id": ', FIN],
    "500": [whole({"code": 13, "message": "no"}, 500)],
    "502": [whole(b"<html>", 502)],
    "503": [whole(b"", 503)],
    "504": [whole(b"late", 504)],
}
"""Answers that tell nothing of whether the request was carried out."""


def settings(server: RawServer) -> dict[str, Any]:
    return {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url, "clock": AsyncFakeClock()}


async def do_create(client: AsyncClient) -> None:
    await client.runs.create(ASSISTANT_ID, THREAD_ID)


async def do_thread(client: AsyncClient) -> None:
    await client.threads.create()


async def do_message(client: AsyncClient) -> None:
    await client.messages.create("hello", thread_id=THREAD_ID)


async def do_delete(client: AsyncClient) -> None:
    await (await client.threads.get(THREAD_ID)).delete()


WRITES = [do_create, do_thread, do_message, do_delete]


def thread_or(request: RawRequest, acts: list[Act]) -> list[Act]:
    return [whole({"id": THREAD_ID, "folderId": FOLDER_ID})] if request.method == "GET" else acts


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("loss", LOSSES)
async def test_a_write_whose_answer_is_lost_is_sent_once_and_is_in_doubt(loss: str, write: Any) -> None:
    with RawServer(lambda request: thread_or(request, LOSSES[loss])) as server:
        async with AsyncClient(**settings(server)) as client:
            with pytest.raises((ConnectionLostError, ServerError), match="look before sending it again") as caught:
                await write(client)
        assert caught.value.maybe_applied
        assert len(server.writes()) == 1


async def test_a_write_that_gets_no_answer_in_time_is_in_doubt() -> None:
    for trial in trials():
        with trial as limit, RawServer(lambda request: [stall()]) as server:
            async with AsyncClient(**settings(server)) as client:
                with pytest.raises(RequestTimeoutError, match="look before sending it again") as caught:
                    await client.runs.create(ASSISTANT_ID, THREAD_ID, timeout=limit)
            assert (caught.value.phase, caught.value.maybe_applied) == ("read", True)
            assert len(server.writes()) == 1


async def test_a_write_that_never_connects_surely_did_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=f"http://127.0.0.1:{port}", clock=AsyncFakeClock())
    async with client:
        with pytest.raises(ConnectionFailedError, match="Nothing was carried out") as caught:
            await do_create(client)
    assert not caught.value.maybe_applied


@pytest.mark.parametrize("write", WRITES)
async def test_a_write_that_was_refused_for_now_is_sent_again(write: Any) -> None:
    def refuse_twice(request: RawRequest) -> list[Act]:
        late = request.method != "GET" and request.number < 2
        return [whole({"code": 8}, 429)] if late else [whole({"id": "x", "threadId": THREAD_ID})]

    with RawServer(refuse_twice) as server:
        async with AsyncClient(**settings(server)) as client:
            await write(client)
        assert len(server.writes()) == 3


@pytest.mark.parametrize("status", [202, 204, 408, 499])
async def test_other_answers_that_do_not_rule_a_write_out_leave_it_in_doubt(status: int) -> None:
    with RawServer(lambda request: [whole(b"", status)]) as server:
        async with AsyncClient(**settings(server)) as client:
            with pytest.raises(RunsError) as caught:
                await do_create(client)
        assert caught.value.maybe_applied
        assert len(server.writes()) == 1


async def test_an_idle_connection_that_the_gateway_closes_is_not_written_to() -> None:
    with RawServer(lambda request: [whole(run_json()), FIN]) as server:
        async with AsyncClient(**settings(server)) as client:
            for _ in range(5):
                assert server.wait_until_closed() == 0
                await do_create(client)
        assert len(server.writes()) == 5


class ToolGateway:
    """A run that waits for results. ``arrives``: the first submit is carried out although its answer is ``loss``.

    ``lag``: how many GETs after that still show the calls; ``fails``: the looks that are refused, by number.
    """

    def __init__(self, arrives: bool, loss: list[Act], lag: int = 0, fails: Iterable[int] = ()) -> None:
        self.arrives = arrives
        self.loss = loss
        self.lag = lag
        self.fails = set(fails)
        self.submits = 0
        self.applied = 0
        self.looks = 0

    def __call__(self, request: RawRequest) -> list[Act]:
        if request.method == "GET":
            return self.look()
        self.submits += 1
        assert request.path == SUBMIT
        if self.submits == 1:
            self.applied += self.arrives
            return self.loss
        self.applied += 1
        return [whole({})]

    def look(self) -> list[Act]:
        self.looks += 1
        if self.looks in self.fails:
            return [whole(b"", 503)]
        if not self.applied:
            return [whole(calling("f"))]
        self.lag -= 1
        return [whole(calling("f") if self.lag >= 0 else completed())]


@pytest.mark.parametrize("lag", [0, 1, 2])
@pytest.mark.parametrize("arrives", [True, False], ids=["arrives", "is lost"])
@pytest.mark.parametrize("loss", LOSSES)
async def test_a_submit_that_was_cut_off_is_called_again_and_done_once(loss: str, arrives: bool, lag: int) -> None:
    gateway = ToolGateway(arrives, LOSSES[loss], lag)
    with RawServer(gateway) as server:
        async with AsyncClient(**settings(server)) as client:
            run = await client.runs.get("r")
            with pytest.raises(RunsError) as caught:
                await run.submit_tool_results(RESULT)
            assert caught.value.maybe_applied
            await run.submit_tool_results(RESULT)
            result = await run.wait()
    assert gateway.applied == 1
    assert gateway.submits == (1 if arrives else 2)
    assert result.is_finished
    assert result.tool_calls is None


@pytest.mark.parametrize("arrives", [True, False], ids=["arrives", "is lost"])
async def test_a_submit_of_calls_that_could_not_be_looked_at_is_done_once_too(arrives: bool) -> None:
    gateway = ToolGateway(arrives, [RST], lag=1, fails=[2, 3, 4, 5])
    with RawServer(gateway) as server:
        async with AsyncClient(**settings(server)) as client:
            run = await client.runs.get("r")
            run._turns.heard(_calls_event())
            with pytest.raises(ConnectionLostError):
                await run.submit_tool_results(RESULT)
            await run.submit_tool_results(RESULT)
    assert gateway.applied == 1


async def test_a_submit_in_doubt_stays_so_while_the_run_cannot_be_looked_at() -> None:
    gateway = ToolGateway(True, [RST], fails=range(2, 10))
    with RawServer(gateway) as server:
        async with AsyncClient(**settings(server)) as client:
            run = await client.runs.get("r")
            with pytest.raises(ConnectionLostError):
                await run.submit_tool_results(RESULT)
            for _ in range(2):
                with pytest.raises(ServerError):
                    await run.submit_tool_results(RESULT)
            await run.submit_tool_results(RESULT)
    assert (gateway.applied, gateway.submits) == (1, 1)


def _calls_event() -> Any:
    from tests.support.answers import calls_event
    from yc_runs import RunStreamEvent

    return RunStreamEvent.model_validate(calls_event(0, "f"))
