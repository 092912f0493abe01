"""The switch that turns all sleeping off, as users' tests have it."""

from __future__ import annotations

import time

import pytest

from tests.support.answers import LEFT_UNREAD
from tests.support.clients import async_gateway_client, gateway_client
from yc_runs import AsyncClock, Clock, PollTimeoutError
from yc_runs.testing import LocalGateway, no_sleep

MINUTE = 60.0


def test_a_wait_of_minutes_takes_no_time(gateway: LocalGateway) -> None:
    gateway.polls = 30
    started = time.monotonic()
    with gateway_client(gateway, clock=Clock()) as client, no_sleep():
        run = client.runs.create("echo", gateway.add_thread("one"))
        gateway.faults.answer(429, retry_after=MINUTE / 2, times=2)
        assert run.wait(timeout=10 * MINUTE, poll_interval=5).text == "one"
    assert time.monotonic() - started < MINUTE / 2


@pytest.mark.anyio
@LEFT_UNREAD
async def test_time_that_is_passed_over_has_gone_by_all_the_same(gateway: LocalGateway) -> None:
    gateway.pace = 3600.0
    started = time.monotonic()
    async with async_gateway_client(gateway, clock=AsyncClock()) as client:
        run = await client.runs.create("echo", gateway.add_thread("one"))
        with no_sleep(), pytest.raises(PollTimeoutError):
            await run.wait(poll_timeout=MINUTE, poll_interval=5)
    assert time.monotonic() - started < MINUTE / 2
