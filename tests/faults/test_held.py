"""Answers of live calls that nobody reads: they are closed, whoever comes next."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.clients import FOLDER_ID, SECRET
from tests.support.raw_server import Act, RawRequest, RawServer, chunk, head, stall, whole
from tests.support.responses import message_item, response_json, sse, story
from yc_runs import AsyncClient, Client

MANY = 30


def half_told(request: RawRequest) -> list[Act]:
    """Streams that go silent; every run has ended."""
    if request.method == "POST":
        return [head(content_type="text/event-stream"), chunk(sse(*story("a", "b")[:3])), stall()]
    return [whole(response_json("completed", message_item("ab")))]


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(half_told) as server:
        yield server


def settings(server: RawServer) -> dict[str, Any]:
    return {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url, "dialect": "responses"}


def test_calls_at_the_same_time_close_what_nobody_reads(server: RawServer) -> None:
    async def use() -> None:
        async with AsyncClient(**settings(server)) as client:
            runs = [await client.runs.create("a", "c", stream=True, additional_messages="Hi") for _ in range(MANY)]
            runs.clear()
            gc.collect()
            found = await asyncio.gather(*(client.runs.get("r") for _ in range(MANY)))
            assert len(found) == MANY
            assert not client._pool.abandoned

    asyncio.run(use())
    assert server.wait_until_closed() == 0


def test_threads_close_what_nobody_reads(server: RawServer) -> None:
    with Client(**settings(server)) as client, ThreadPoolExecutor(8) as threads:
        for _ in range(4):
            runs = [client.runs.create("a", "c", stream=True, additional_messages="Hi") for _ in range(MANY)]
            runs.clear()
            gc.collect()
            assert len([*threads.map(client.runs.get, ["r"] * MANY)]) == MANY
        assert not client._pool.abandoned
    assert server.wait_until_closed() == 0
