"""CPU seconds a warm ``runs.get``, and a bare httpx call with ``json.loads``, in turn. Prints pairs as JSON."""

import asyncio
import json
import sys
import time

import httpx

from yc_runs import AsyncClient, Client

URL, PAIRS, CALLS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
KEY = {"authorization": "Api-Key a-key"}
PATH = "/assistants/v1/runs/done"


def spent(began):
    return (time.process_time() - began[0]) / CALLS, (time.perf_counter() - began[1]) / CALLS


def now():
    return time.process_time(), time.perf_counter()


def by_sync():
    with Client(folder_id="f", auth="a-key", base_url=URL) as client, httpx.Client(base_url=URL, headers=KEY) as bare:
        for _ in range(PAIRS + 1):
            began = now()
            for _ in range(CALLS):
                client.runs.get("done")
            ours, began = spent(began), now()
            for _ in range(CALLS):
                json.loads(bare.get(PATH).raise_for_status().content)
            yield ours, spent(began)


async def by_async(transport=None):
    pairs = []
    faster = httpx.AsyncClient(transport=transport) if transport else None
    async with (
        AsyncClient(folder_id="f", auth="a-key", base_url=URL, http_client=faster) as client,
        httpx.AsyncClient(base_url=URL, headers=KEY) as bare,
    ):
        for _ in range(PAIRS + 1):
            began = now()
            for _ in range(CALLS):
                await client.runs.get("done")
            ours, began = spent(began), now()
            for _ in range(CALLS):
                json.loads((await bare.get(PATH)).raise_for_status().content)
            pairs.append((ours, spent(began)))
    return pairs


async def by_aiohttp():
    from httpx_aiohttp import AiohttpTransport

    transport = AiohttpTransport()
    async with transport:
        return await by_async(transport)


# The first pair warms up.
found = {"sync": list(by_sync()), "async": asyncio.run(by_async()), "over httpx-aiohttp": asyncio.run(by_aiohttp())}
print(json.dumps({kind: pairs[1:] for kind, pairs in found.items()}))
