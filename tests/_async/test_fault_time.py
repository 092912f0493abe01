"""Time limits against gateways that are slow on purpose."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from tests.support.answers import LEFT_UNREAD, RUN_ID, completed, done_event, partial_event, run_json
from tests.support.clients import FOLDER_ID, SECRET, connection_of
from tests.support.clocks import AsyncFakeClock
from tests.support.patience import HANGING, LIMITS, trials
from tests.support.raw_server import LAST_CHUNK, Act, RawRequest, RawServer, chunk, drip, endless, head, stall, whole
from yc_runs import AsyncClient, AsyncRun, RequestTimeoutError, RetryPolicy, RunsError, ServerError
from yc_runs.wire import Request

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]

DRIP = 0.02
"""Seconds between two bytes, far less than any limit here; a drip as a whole takes longer than ``HANGING``."""

SLOW: dict[str, list[Act]] = {
    "dripped head": [drip(b"HTTP/1.1 200 OK\r\nx-more: " + b"1" * 20_000, DRIP)],
    "dripped headers without end": [b"HTTP/1.1 200 OK\r\n", drip(b"x-more: 1\r\n" * 2000, DRIP)],
    "dripped body": [head(length=20_000), drip(b" " * 20_000, DRIP)],
    "dripped chunks": [head(), *[step for _ in range(20_000) for step in (chunk(b" "), stall(DRIP))]],
    "silence": [stall()],
    "silence in the body": [head(length=10), b"{", stall()],
}

SLOW_ERROR: list[Act] = [head(503, length=20_000), drip(b" " * 20_000, DRIP)]

EVENTS = head(content_type="text/event-stream")

SLOW_STREAMS: dict[str, list[Act]] = {
    **SLOW,
    "dripped error": SLOW_ERROR,
    "heartbeats": [EVENTS, *[step for _ in range(20_000) for step in (chunk(b":\n\n"), stall(DRIP))]],
}


def settings(server: RawServer, **more: Any) -> dict[str, Any]:
    return {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url, **more}


async def late(call: Callable[[], Any], limit: float, kind: type[RunsError] = RequestTimeoutError) -> Any:
    """The error of a call that has so many seconds."""
    started = time.monotonic()
    with pytest.raises(kind) as caught:
        await call()
    assert limit * 0.9 <= time.monotonic() - started < limit + HANGING
    return caught.value


@pytest.mark.parametrize("slow", SLOW)
async def test_a_gateway_that_drips_cannot_hold_a_call_past_its_deadline(slow: str) -> None:
    for trial in trials():
        with trial as limit, RawServer(lambda request: SLOW[slow]) as server:
            async with AsyncClient(**settings(server)) as client:
                error = await late(partial(client.runs.get, RUN_ID, timeout=limit), limit)
            assert error.phase in ("read", "total")
            assert "get run" in str(error)


async def test_a_refusal_that_drips_is_that_refusal_at_the_deadline() -> None:
    for trial in trials():
        with trial as limit, RawServer(lambda request: SLOW_ERROR) as server:
            async with AsyncClient(**settings(server)) as client:
                error = await late(partial(client.runs.get, RUN_ID, timeout=limit), limit, ServerError)
            assert (error.status, error.message) == (503, "")
            assert len(server.seen) == 1


@pytest.mark.parametrize("slow", SLOW_STREAMS)
async def test_a_gateway_that_drips_cannot_hold_a_listen_past_its_deadline(slow: str) -> None:
    def answer(request: RawRequest) -> list[Act]:
        return SLOW_STREAMS[slow] if request.path.endswith("/listen") else [whole(run_json())]

    async def listen(run: AsyncRun, limit: float) -> None:
        async for _ in run.listen(timeout=limit, idle_timeout=2 * HANGING):
            pass

    for trial in trials():
        with trial as limit, RawServer(answer) as server:
            async with AsyncClient(**settings(server)) as client:
                run = await client.runs.get(RUN_ID)
                assert (await late(partial(listen, run, limit), limit)).phase == "total"
            assert server.wait_until_closed() == 0


@pytest.mark.parametrize("sip", [0.005, 60], ids=["sips", "does not drink"])
async def test_a_gateway_that_reads_slowly_cannot_hold_a_write_past_its_deadline(sip: float) -> None:
    text = "x" * 16_000_000
    for trial in trials():
        with trial as limit, RawServer(lambda request: [], sip=sip) as server:
            async with AsyncClient(**settings(server)) as client:
                error = await late(partial(client.messages.create, text, thread_id="t", timeout=limit), limit)
            assert (error.phase, error.maybe_applied) == ("write", True)


async def test_connecting_has_a_limit_of_its_own_and_is_named() -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = full.getsockname()
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address)
        client = AsyncClient(
            folder_id=FOLDER_ID,
            auth=SECRET,
            base_url=f"http://127.0.0.1:{address[1]}",
            connect_timeout=LIMITS[0],
            retry=RetryPolicy(attempts=1),
        )
        async with client:
            error = await late(partial(client.runs.create, "a", "t"), LIMITS[0])
    assert (error.phase, error.maybe_applied) == ("connect", False)
    assert f"within the time of {LIMITS[0]:g} s" in str(error)
    assert "Nothing was carried out" in str(error)


async def test_an_attempt_has_a_limit_of_its_own_after_which_a_read_is_tried_again() -> None:
    def first_is_slow(request: RawRequest) -> list[Act]:
        return [stall()] if request.number == 0 else [whole(completed())]

    for trial in trials():
        with trial as limit, RawServer(first_is_slow) as server:
            policy = RetryPolicy(attempt_timeout=limit, backoff=0)
            async with AsyncClient(**settings(server, retry=policy)) as client:
                assert (await client.runs.get(RUN_ID, timeout=4 * HANGING)).id == RUN_ID
            assert len(server.seen) == 2


async def test_the_error_names_the_reading() -> None:
    for trial in trials():
        with trial as limit, RawServer(lambda request: [stall()]) as server:
            async with AsyncClient(**settings(server)) as client:
                error = await late(partial(client.runs.get, RUN_ID, timeout=limit), limit)
            assert error.phase == "read"
            assert f"within the time of {limit:g} s (phase: read)" in str(error)
            assert str(error).endswith(f"; client request id {error.client_request_id})")


async def test_the_error_names_the_limit_of_the_attempt_where_that_was_shorter() -> None:
    for trial in trials():
        with trial as limit, RawServer(lambda request: [stall()]) as server:
            policy = RetryPolicy(attempts=1, attempt_timeout=limit)
            async with AsyncClient(**settings(server, retry=policy)) as client:
                error = await late(partial(client.runs.get, RUN_ID, timeout=4 * HANGING), limit)
            assert f"within the time of {limit:g} s" in str(error)


async def test_the_error_names_the_limit_of_a_silence_where_that_was_shorter() -> None:
    async def read(client: AsyncClient, limit: float) -> None:
        async for _ in client.messages.list(thread_id="t", timeout=4 * HANGING, idle_timeout=limit):
            pass

    for trial in trials():
        with trial as limit, RawServer(lambda request: [EVENTS, stall()]) as server:
            async with AsyncClient(**settings(server, retry=RetryPolicy(attempts=1))) as client:
                error = await late(partial(read, client, limit), limit)
            assert f"within the time of {limit:g} s (phase: read)" in str(error)


async def test_silence_is_counted_in_bytes_so_heartbeats_keep_a_stream() -> None:
    opening = [EVENTS, chunk(b"data: %s\n\n" % _json(partial_event(0, "a")))]
    ending = [chunk(b"data: %s\n\n" % _json(done_event(1))), LAST_CHUNK]

    def answer(request: RawRequest) -> list[Act]:
        if not request.path.endswith("/listen"):
            return [whole(run_json())]
        beats: list[Act] = [step for _ in range(8) for step in (chunk(b": beat\n\n"), stall(limit / 6))]
        return [*opening, *beats, *ending]

    for trial in trials():
        with trial as limit, RawServer(answer) as server:
            async with AsyncClient(**settings(server)) as client:
                run = await client.runs.get(RUN_ID)
                assert [event.index async for event in run.listen(idle_timeout=limit)] == [0, 1]
            assert server.count("GET", "/assistants/v1/runs/listen") == 1


async def test_a_stream_that_goes_on_after_its_last_event_is_left() -> None:
    def answer(request: RawRequest) -> list[Act]:
        if not request.path.endswith("/listen"):
            return [whole(run_json())]
        return [EVENTS, chunk(b"data: %s\n\n" % _json(done_event(0))), endless(chunk(b":" * 999))]

    with RawServer(answer) as server:
        async with AsyncClient(**settings(server)) as client:
            run = await client.runs.get(RUN_ID)
            started = time.monotonic()
            assert [event.index async for event in run.listen()] == [0]
            assert time.monotonic() - started < HANGING
        assert server.wait_until_closed() == 0


async def test_connections_are_kept_alive_by_tcp() -> None:
    with RawServer(lambda request: [whole(run_json())]) as server:
        async with AsyncClient(**settings(server)) as client:
            await client.runs.get(RUN_ID)
            (lease,) = client._pool._leases
            raw = connection_of(lease)._connection._network_stream.get_extra_info("socket")
            assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30


async def test_a_call_that_has_no_time_is_not_carried_out() -> None:
    with RawServer(lambda request: [whole(run_json())]) as server:
        async with AsyncClient(**settings(server, clock=AsyncFakeClock())) as client:
            with pytest.raises(RequestTimeoutError):
                await client.runs.create("a", "t", timeout=0)
        assert server.writes() == []


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


async def test_an_answer_that_is_held_is_not_bound_to_the_time_of_the_call_that_began_it() -> None:
    # httpx keeps the limit that a body was begun with, whoever reads on.
    client = AsyncClient(folder_id=FOLDER_ID, auth=SECRET, dialect="responses")
    call = Request("POST", "/v1/responses", "/v1/responses", "create a run")
    outgoing = client._transport.outgoing(call, {}, "id", 5.0, 60.0)
    assert outgoing.extensions["timeout"]["read"] == 60.0
