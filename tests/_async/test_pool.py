"""Which httpx client a call gets, and when one is closed."""

from __future__ import annotations

import httpx
import pytest

from yc_runs._async.lease import AsyncLease
from yc_runs._async.network import IDLE_EXPIRY
from yc_runs._async.pool import AsyncPool

pytestmark = pytest.mark.anyio


class Time:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def pool_of(time: Time) -> AsyncPool:
    return AsyncPool(httpx.AsyncClient, is_ours=True, now=time)


async def test_each_call_at_a_time_has_a_client_of_its_own_and_the_next_gets_one_of_them() -> None:
    pool = pool_of(Time())
    one, other = await pool.acquire(), await pool.acquire()
    assert one is not other
    await pool.release(one, cancelled=False)
    await pool.release(other, cancelled=False)
    assert [await pool.acquire(), await pool.acquire()] == [other, one]
    await pool.aclose()


async def test_the_client_of_a_cancelled_call_serves_no_other() -> None:
    pool = pool_of(Time())
    lease = await pool.acquire()
    await pool.release(lease, cancelled=True)
    assert await pool.acquire() is not lease
    await pool.aclose()
    assert lease.client.is_closed


async def test_a_client_that_nobody_needs_any_more_is_closed_and_one_in_use_is_not() -> None:
    time = Time()
    pool = pool_of(time)
    busy, used, idle = [await pool.acquire() for _ in range(3)]
    await pool.release(idle, cancelled=False)
    await pool.release(used, cancelled=False)
    for _ in range(4):
        time.now += IDLE_EXPIRY * 0.6
        assert await pool.acquire() is used
        await pool.release(used, cancelled=False)
    assert pool._leases == [busy, used]
    await pool.aclose()
    assert idle.client.is_closed


async def test_a_client_of_the_user_serves_all_calls_and_is_left_open() -> None:
    client = httpx.AsyncClient()
    pool = AsyncPool(lambda: client, is_ours=False, now=Time())
    one, other = await pool.acquire(), await pool.acquire()
    assert one is other
    await pool.release(one, cancelled=True)
    assert await pool.acquire() is one
    await pool.aclose()
    assert not client.is_closed
    await client.aclose()


async def test_a_client_may_be_given_back_while_another_is_being_made() -> None:
    # As by the garbage collector, which may end a call that was left at any time.
    given_back: list[AsyncLease] = []

    def make() -> httpx.AsyncClient:
        for lease in given_back:
            # async-only
            with pytest.raises(StopIteration):
                pool.release(lease, cancelled=False).send(None)
            # end async-only
            # sync: pool.release(lease, cancelled=False)
        return httpx.AsyncClient()

    pool = AsyncPool(make, is_ours=True, now=Time())
    given_back.append(await pool.acquire())
    other = await pool.acquire()
    assert await pool.acquire() is given_back[0] is not other
    await pool.aclose()
