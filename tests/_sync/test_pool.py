# Generated from tests/_async/test_pool.py by tools/generate_sync.py; do not edit.
"""Which httpx client a call gets, and when one is closed."""

from __future__ import annotations

import httpx

from yc_runs._sync.lease import Lease
from yc_runs._sync.network import IDLE_EXPIRY
from yc_runs._sync.pool import Pool


class Time:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def pool_of(time: Time) -> Pool:
    return Pool(httpx.Client, is_ours=True, now=time)


def test_each_call_at_a_time_has_a_client_of_its_own_and_the_next_gets_one_of_them() -> None:
    pool = pool_of(Time())
    one, other = pool.acquire(), pool.acquire()
    assert one is not other
    pool.release(one, cancelled=False)
    pool.release(other, cancelled=False)
    assert [pool.acquire(), pool.acquire()] == [other, one]
    pool.close()


def test_the_client_of_a_cancelled_call_serves_no_other() -> None:
    pool = pool_of(Time())
    lease = pool.acquire()
    pool.release(lease, cancelled=True)
    assert pool.acquire() is not lease
    pool.close()
    assert lease.client.is_closed


def test_a_client_that_nobody_needs_any_more_is_closed_and_one_in_use_is_not() -> None:
    time = Time()
    pool = pool_of(time)
    busy, used, idle = [pool.acquire() for _ in range(3)]
    pool.release(idle, cancelled=False)
    pool.release(used, cancelled=False)
    for _ in range(4):
        time.now += IDLE_EXPIRY * 0.6
        assert pool.acquire() is used
        pool.release(used, cancelled=False)
    assert pool._leases == [busy, used]
    pool.close()
    assert idle.client.is_closed


def test_a_client_of_the_user_serves_all_calls_and_is_left_open() -> None:
    client = httpx.Client()
    pool = Pool(lambda: client, is_ours=False, now=Time())
    one, other = pool.acquire(), pool.acquire()
    assert one is other
    pool.release(one, cancelled=True)
    assert pool.acquire() is one
    pool.close()
    assert not client.is_closed
    client.close()


def test_a_client_may_be_given_back_while_another_is_being_made() -> None:
    # As by the garbage collector, which may end a call that was left at any time.
    given_back: list[Lease] = []

    def make() -> httpx.Client:
        for lease in given_back:
            pool.release(lease, cancelled=False)
        return httpx.Client()

    pool = Pool(make, is_ours=True, now=Time())
    given_back.append(pool.acquire())
    other = pool.acquire()
    assert pool.acquire() is given_back[0] is not other
    pool.close()
