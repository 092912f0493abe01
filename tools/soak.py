"""Run after run on one client, against a gateway on a socket, and what that costs in memory.

    python -m tools.soak [--runs 10000]

The gateway has a process of its own, so that what it keeps is not counted. Prints the resident memory at each tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

from yc_runs import AsyncClient
from yc_runs.testing import LocalGateway

TOGETHER = 10
THREADS = 20


def main() -> int:
    """Run the command line; return 1 where memory grew by more than a tenth after the first tenth of the runs."""
    parser = argparse.ArgumentParser(description="Make many runs on one client and watch its memory.")
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    gateway = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    gateway.start()
    url, threads = ours.recv()
    try:
        sizes = asyncio.run(soak(url, threads, options.runs))
    finally:
        gateway.terminate()
    growth = sizes[-1] / sizes[0] - 1
    print(f"after {options.runs:,} runs: {sizes[-1]:.1f} MiB, {growth:+.1%} since the first tenth")
    return int(growth > 0.1)


def serve(pipe: Connection) -> None:
    """Serve until the process is ended."""
    gateway = LocalGateway()
    with gateway.serve() as url:
        pipe.send((url, [gateway.add_thread("a b c") for _ in range(THREADS)]))
        time.sleep(86_400)


async def soak(url: str, threads: list[str], runs: int) -> list[float]:
    """Make the runs, some at a time; return the memory in MiB after each tenth."""
    sizes = []
    async with AsyncClient(folder_id="local-folder", auth="key-of-the-soak", base_url=url) as client:

        async def one(number: int) -> None:
            run = await client.runs.create("echo", threads[number % len(threads)], stream=True)
            if number % 2:
                assert [event async for event in run.listen()][-1].text == "a b c"
            else:
                assert (await run.wait()).text == "a b c"

        for tenth in range(10):
            started = time.monotonic()
            for first in range(runs * tenth // 10, runs * (tenth + 1) // 10, TOGETHER):
                await asyncio.gather(*(one(first + number) for number in range(TOGETHER)))
            sizes.append(resident())
            took = time.monotonic() - started
            print(f"{runs * (tenth + 1) // 10:>7,} runs  {sizes[-1]:7.1f} MiB  {took:6.1f} s", flush=True)
    return sizes


def resident() -> float:
    """Return the memory of this process in MiB, as Linux shows it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
