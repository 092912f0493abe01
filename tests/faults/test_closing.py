"""Closing a client whose closing is cancelled, whose event loop is gone, or whose process is another."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trio
import trustme

from tests.support.answers import RUN_ID, run_json
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.patience import HANGING, async_until
from tests.support.raw_server import RawServer, whole
from yc_runs import AsyncClient
from yc_runs._async.pool import AsyncPool

CA = trustme.CA()
AT_ONCE = 3


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    with RawServer(lambda request: [whole(run_json())], tls=context if request.param else None) as server:
        yield server


@pytest.fixture
def client(server: RawServer, tmp_path: Path) -> AsyncClient:
    CA.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    verify = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    return AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=server.url, verify=verify, timeout=HANGING)


async def call(client: AsyncClient) -> None:
    """Make some calls at once, each of which has a connection of its own."""
    leases = [await client._pool.acquire() for _ in range(AT_ONCE)]
    for lease in leases:
        await client._pool.release(lease, cancelled=False)
    await asyncio.gather(*(client.runs.get(RUN_ID) for _ in range(AT_ONCE)))


async def cancel_closing(client: AsyncClient, rounds: int) -> None:
    """Cancel the closing after so many rounds of the loop."""
    closing = asyncio.ensure_future(client.aclose())
    for _ in range(rounds):
        await asyncio.sleep(0)
    is_under_way = not closing.done()
    closing.cancel()
    await asyncio.wait([closing])
    assert closing.cancelled() is is_under_way


@pytest.mark.parametrize("rounds", range(1, 8))
def test_a_closing_that_is_cancelled_goes_on_to_its_end(server: RawServer, client: AsyncClient, rounds: int) -> None:
    async def main() -> None:
        await call(client)
        await cancel_closing(client, rounds)
        await async_until(lambda: server.open == 0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("rounds", range(1, 8))
def test_a_closing_that_is_cancelled_as_the_loop_ends_leaves_no_socket(
    server: RawServer, client: AsyncClient, rounds: int
) -> None:
    async def main() -> None:
        await call(client)
        await cancel_closing(client, rounds)

    asyncio.run(main())
    assert server.wait_until_closed() == 0


def test_a_closing_that_is_cancelled_goes_on_to_its_end_on_trio(server: RawServer, client: AsyncClient) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(AT_ONCE):
                nursery.start_soon(client.runs.get, RUN_ID)
        with trio.CancelScope() as scope:
            scope.cancel()
            await client.aclose()
            await trio.lowlevel.checkpoint()
        assert scope.cancelled_caught
        await async_until(lambda: server.open == 0)

    trio.run(main)


def test_closing_waits_for_nothing_that_another_loop_is_still_closing() -> None:
    pool = AsyncPool(httpx.AsyncClient, is_ours=True, now=lambda: 0.0)

    async def leave() -> None:
        await pool.release(await pool.acquire(), cancelled=True)

    other = asyncio.new_event_loop()
    try:
        other.run_until_complete(leave())
        assert len(pool._closing) == 1
        asyncio.run(pool.aclose())
        other.run_until_complete(pool.aclose())
        assert pool._closing == set()
    finally:
        other.run_until_complete(other.shutdown_asyncgens())
        other.close()
