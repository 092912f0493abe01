"""Many listens at once: CPU and wall seconds, and bytes of memory for each."""

import asyncio
import json
import resource
import sys
import time

import httpx
from httpx_sse import aconnect_sse

from yc_runs import AsyncClient

URL, WAY, COUNT, RUN = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
PATH = "/assistants/v1/runs/listen"


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


async def listen_ours(client, run):
    count = 0
    async for event in run.listen(timeout=None):
        assert event.text
        count += 1
    return count


async def listen_bare(client, run):
    count = 0
    async with aconnect_sse(client, "GET", PATH, params={"runId": RUN}) as source:
        async for event in source.aiter_sse():
            json.loads(event.data)
            count += 1
    return count


async def main():
    if WAY == "ours":
        client = AsyncClient(folder_id="f", auth="a-key", base_url=URL)
        run, listen = await client.runs.get("grow-3-10-0"), listen_ours
        await listen(client, run)
        run = await client.runs.get(RUN)
    else:
        limits = httpx.Limits(max_connections=None)
        client = httpx.AsyncClient(base_url=URL, limits=limits, timeout=60)
        run, listen = None, listen_bare
        await client.get("/assistants/v1/runs/done")
    before, began = resident(), (time.process_time(), time.perf_counter())
    tasks = [asyncio.create_task(listen(client, run)) for _ in range(COUNT)]
    most = before
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0.1)
        most = max(most, resident())
    counts = await asyncio.gather(*tasks)
    cpu, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    events = sum(counts)
    print(json.dumps({"cpu": cpu, "wall": wall, "events": events, "memory": (most - before) / COUNT}))


asyncio.run(main())
