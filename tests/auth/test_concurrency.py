"""Many at once: one renewal at a time, across tasks, threads and event loops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import anyio
import httpx
import pytest
import trio
import trio.testing

from tests.auth.double import GATEWAY, OAUTH, Cloud, get
from tests.support.patience import HANGING, async_until, until
from yc_runs.auth import OAuthToken, async_send_signed, send_signed
from yc_runs.auth._flight import Flight
from yc_runs.errors import CredentialsError

MANY = 20


class GatedTransport(httpx.AsyncBaseTransport):
    """Holds exchanges back until ``gate`` is set."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.entered = anyio.Event()
        self.gate = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) != GATEWAY:
            self.entered.set()
            await self.gate.wait()
        return self.cloud(request)


def waiting(auth: OAuthToken) -> int:
    renewal = auth._cache._renewal
    return 0 if renewal is None else len(renewal._wakers)


async def send_in(scope: anyio.CancelScope, client: httpx.AsyncClient, auth: OAuthToken) -> None:
    with scope:
        await async_send_signed(client, get(), auth)


@pytest.mark.anyio
async def test_many_tasks_make_one_exchange() -> None:
    cloud = Cloud()
    transport = GatedTransport(cloud)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    async with httpx.AsyncClient(transport=transport) as client, anyio.create_task_group() as group:
        for _ in range(MANY):
            group.start_soon(async_send_signed, client, get(), auth)
        await async_until(lambda: waiting(auth) == MANY - 1)
        transport.gate.set()
    assert cloud.signed == ["Bearer t1.1"] * MANY
    assert len(cloud.exchanges) == 1


@pytest.mark.anyio
async def test_many_tasks_with_a_rejected_token_make_one_exchange() -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    async with cloud.async_client() as client:
        await async_send_signed(client, get(), auth)
        cloud.rejected = {"t1.1"}
        async with anyio.create_task_group() as group:
            for _ in range(MANY):
                group.start_soon(async_send_signed, client, get(), auth)
    assert len(cloud.exchanges) == 2
    assert cloud.signed.count("Bearer t1.2") == MANY


@pytest.mark.anyio
async def test_a_due_token_is_used_by_others_while_one_renews_it() -> None:
    cloud = Cloud(life=1000)
    transport = GatedTransport(cloud)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    async with httpx.AsyncClient(transport=transport) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(async_send_signed, client, get(), auth)
            transport.gate.set()
        cloud.clock.now += 800
        transport.entered, transport.gate = anyio.Event(), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(async_send_signed, client, get(), auth)
            await transport.entered.wait()
            await async_send_signed(client, get(), auth)
            assert cloud.signed == ["Bearer t1.1"] * 2
            transport.gate.set()
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.1", "Bearer t1.2"]


@pytest.mark.anyio
async def test_a_cancelled_renewal_is_taken_over_by_a_task_that_waited() -> None:
    cloud = Cloud()
    transport = GatedTransport(cloud)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    scope = anyio.CancelScope()
    async with httpx.AsyncClient(transport=transport) as client, anyio.create_task_group() as group:
        group.start_soon(send_in, scope, client, auth)
        await transport.entered.wait()
        group.start_soon(async_send_signed, client, get(), auth)
        await async_until(lambda: waiting(auth) == 1)
        transport.gate = anyio.Event()
        transport.gate.set()
        scope.cancel()
    assert cloud.signed == ["Bearer t1.1"]


@pytest.mark.anyio
async def test_a_task_that_is_cancelled_while_it_waits_leaves_nothing_behind() -> None:
    cloud = Cloud()
    transport = GatedTransport(cloud)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    scope = anyio.CancelScope()
    async with httpx.AsyncClient(transport=transport) as client, anyio.create_task_group() as group:
        group.start_soon(async_send_signed, client, get(), auth)
        await transport.entered.wait()
        group.start_soon(send_in, scope, client, auth)
        await async_until(lambda: waiting(auth) == 1)
        scope.cancel()
        await async_until(lambda: waiting(auth) == 0)
        transport.gate.set()
    assert cloud.signed == ["Bearer t1.1"]


@pytest.mark.anyio
async def test_plain_httpx_cancelled_leaves_nobody_waiting() -> None:
    cloud = Cloud()
    transport = GatedTransport(cloud)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    async with httpx.AsyncClient(transport=transport) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(partial(client.send, get(), auth=auth))
            await transport.entered.wait()
            group.cancel_scope.cancel()
        transport.gate.set()
        assert (await client.send(get(), auth=auth)).status_code == 200
    assert cloud.signed == ["Bearer t1.1"]


def test_many_threads_make_one_exchange() -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    cloud.on_exchange = lambda: until(lambda: waiting(auth) == MANY - 1)
    with cloud.client() as client, ThreadPoolExecutor(MANY) as threads:
        list(threads.map(lambda _: send_signed(client, get(), auth), range(MANY)))
    assert cloud.signed == ["Bearer t1.1"] * MANY
    assert len(cloud.exchanges) == 1


def test_many_threads_share_one_failure() -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    cloud.replies = [httpx.Response(503)]
    cloud.on_exchange = lambda: until(lambda: waiting(auth) == MANY - 1)

    def failure(_: int) -> BaseException | None:
        with pytest.raises(CredentialsError) as caught:
            send_signed(client, get(), auth)
        return caught.value

    with cloud.client() as client, ThreadPoolExecutor(MANY) as threads:
        failures = list(threads.map(failure, range(MANY)))
    assert len({id(error) for error in failures}) == MANY
    assert len(cloud.exchanges) == 1


def test_threads_asyncio_and_trio_share_one_renewal() -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    cloud.on_exchange = lambda: until(lambda: waiting(auth) == 3)

    async def sign() -> None:
        async with cloud.async_client() as client:
            await async_send_signed(client, get(), auth)

    def sign_sync() -> None:
        with cloud.client() as client:
            send_signed(client, get(), auth)

    # The leader blocks its own loop in the mock, so each runs in a thread of its own.
    runs: list[Callable[[], object]] = [sign_sync, sign_sync, lambda: asyncio.run(sign()), lambda: trio.run(sign)]
    with ThreadPoolExecutor(len(runs)) as threads:
        for done in [threads.submit(run) for run in runs]:
            done.result(timeout=HANGING)
    assert cloud.signed == ["Bearer t1.1"] * 4
    assert len(cloud.exchanges) == 1


def test_one_object_serves_one_event_loop_after_another() -> None:
    cloud = Cloud(life=0)
    auth = OAuthToken(OAUTH, clock=cloud.clock)

    async def sign() -> None:
        async with cloud.async_client() as client, anyio.create_task_group() as group:
            group.start_soon(async_send_signed, client, get(), auth)
            group.start_soon(async_send_signed, client, get(), auth)

    asyncio.run(sign())
    trio.run(sign)
    asyncio.run(sign())
    assert len(cloud.signed) == 6


def leave_waiting(flight: Flight[str]) -> Callable[[], None]:
    """Leave a waiter whose event loop ends, and return what would have woken it."""
    return flight._wakers[-1]


def test_a_waiter_whose_asyncio_loop_is_gone_is_passed_over() -> None:
    flight: Flight[str] = Flight()
    wakers = []

    async def wait() -> None:
        task = asyncio.create_task(flight.async_wait(30.0))
        await asyncio.sleep(0)
        wakers.append(leave_waiting(flight))
        task.cancel()

    asyncio.run(wait())
    assert flight._wakers == []
    flight._wakers.extend(wakers)
    flight.land("over")
    assert flight.outcome == "over"


def test_a_waiter_whose_trio_run_is_gone_is_passed_over() -> None:
    flight: Flight[str] = Flight()
    wakers = []

    async def wait() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(flight.async_wait, 30.0)
            await trio.testing.wait_all_tasks_blocked()
            wakers.append(leave_waiting(flight))
            nursery.cancel_scope.cancel()

    trio.run(wait)
    assert flight._wakers == []
    flight._wakers.extend(wakers)
    flight.land("over")
    assert flight.outcome == "over"


@pytest.mark.anyio
async def test_waiting_ends_when_patience_does() -> None:
    flight: Flight[str] = Flight()
    await flight.async_wait(0.0)
    flight.wait(0.0)
    assert not flight.over
    assert flight._wakers == []


@pytest.mark.anyio
async def test_a_flight_that_is_over_is_not_waited_for_and_ends_only_once() -> None:
    flight: Flight[str] = Flight()
    flight.land("first")
    flight.land("second")
    await flight.async_wait(30.0)
    flight.wait(30.0)
    assert flight.outcome == "first"
