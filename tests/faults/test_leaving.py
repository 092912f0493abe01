"""Loops that are left by a bare ``break``, as the last thing that a program does."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import partial_event, run_json
from tests.support.child import in_children
from tests.support.raw_server import Act, RawRequest, RawServer, chunk, head, hold, whole

LOOPS = {
    "listen": "run.listen()",
    "the run itself": "run",
    "text_stream": "run.text_stream()",
    "run_tools_stream": "run.run_tools_stream({'f': lambda: 1})",
    "messages": "client.messages.list('t')",
}
WAYS = {
    "client closed": "async with client: await leave()",
    "client left open": "await leave()",
    "loop kept": "global kept; kept = await leave()",
    "amid other tasks": "await asyncio.gather(*(leave() for _ in range(5)))",
}


def unfinished(request: RawRequest) -> list[Act]:
    import json

    if request.path.endswith("/listen"):
        events = (json.dumps(partial_event(index, "a" * (index + 1))).encode() for index in range(2))
        opening = [head(content_type="text/event-stream"), *(chunk(b"data: %s\n\n" % event) for event in events)]
    elif request.path.endswith("/messages"):
        opening = [head(), chunk(b'{"id": "m1"}'), chunk(b'{"id": "m2"}')]
    else:
        return [whole(run_json())]
    return [*opening, hold(threading.Event())]


IMPORTS = "import asyncio, anyio._backends._asyncio, httpx; from yc_runs import *"
PROGRAM = """
def main():
    client = AsyncClient(folder_id="f", auth="key-of-tests", base_url={url!r})

    async def leave():
        run = await client.runs.get("r")
        source = {loop}
        async for item in source:
            break
        return source

    async def use():
        {way}

    asyncio.run(use())

for _ in range(4):
    main()
"""
# Which generators the event loop closes first depends on where they are in memory, so each is tried some times.


@pytest.mark.parametrize("loop", LOOPS)
def test_a_bare_break_as_the_last_act_leaves_nothing_to_complain_of(loop: str, tmp_path: Path) -> None:
    with RawServer(unfinished) as server:
        programs = {way: PROGRAM.format(url=server.url, loop=LOOPS[loop], way=code) for way, code in WAYS.items()}
        outcomes = in_children(programs, tmp_path, warm=IMPORTS)
        assert outcomes == dict.fromkeys(programs, ("", "", 0))
        assert server.count("GET", "/assistants/v1/runs/r") == 4 * (3 + 5)
        assert server.wait_until_closed() == 0


def test_a_closing_goes_on_though_its_task_is_cancelled_before_its_first_step() -> None:
    import asyncio

    from yc_runs._closings import Closings

    done: list[Any] = []

    async def close() -> None:
        done.append(1)

    async def main() -> None:
        closings = Closings()
        closings.start(close).cancel()
        await closings.wait()

    asyncio.run(main())
    assert done == [1]
