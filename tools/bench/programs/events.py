"""CPU seconds an event of a stream, typed, and with httpx-sse and ``json.loads``, in turn. Prints pairs as JSON."""

import asyncio
import json
import sys
import time

import httpx
from httpx_sse import aconnect_sse

from yc_runs import AsyncClient

URL, PAIRS, RUN = sys.argv[1], int(sys.argv[2]), sys.argv[3]
PATH = "/assistants/v1/runs/listen"
HEADERS = {"authorization": "Api-Key a-key"}


async def ours(client):
    run = await client.runs.get(RUN)
    began, count = (time.process_time(), time.perf_counter()), 0
    async for event in run.listen(timeout=None):
        assert event.text
        count += 1
    return spent(began, count)


async def bare(client):
    began, count = (time.process_time(), time.perf_counter()), 0
    async with aconnect_sse(client, "GET", PATH, params={"runId": RUN}) as source:
        async for event in source.aiter_sse():
            value = json.loads(event.data)
            message = value.get("partialMessage") or value["completedMessage"]["content"]
            assert message["content"][0]["text"]["content"]
            count += 1
    return spent(began, count)


def spent(began, count):
    return (time.process_time() - began[0]) / count, (time.perf_counter() - began[1]) / count


async def main():
    async with (
        AsyncClient(folder_id="f", auth="a-key", base_url=URL) as client,
        httpx.AsyncClient(base_url=URL, headers=HEADERS, timeout=60) as bare_client,
    ):
        return [(await ours(client), await bare(bare_client)) for _ in range(PAIRS + 1)][1:]


print(json.dumps(asyncio.run(main())))
