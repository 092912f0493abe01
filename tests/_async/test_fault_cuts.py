"""A run's stream, cut after every byte, in every framing and every way: each event comes once, in order, to the end."""

from __future__ import annotations

from typing import Any

import pytest

# async-only
from sniffio import current_async_library

# end async-only
from tests.support.answers import LEFT_UNREAD, RUN_ID
from tests.support.clients import FOLDER_ID, SECRET, make_async_client
from tests.support.clocks import AsyncFakeClock
from tests.support.cut_stream import MODES, AsyncWire, CutGateway
from tests.support.patience import trials
from tests.support.raw_server import RawServer
from yc_runs import AsyncClient, AsyncRun
from yc_runs.testing import Framing
from yc_runs.testing._framing import FRAMINGS
from yc_runs.wire.assistants import AssistantsDialect

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]

WANTED = [(0, "PARTIAL_MESSAGE", "è"), (1, "PARTIAL_MESSAGE", 'è\u2028 \\"}'), (2, "DONE", None)]
ALIKE = {"truncated": 3, "stall": 3, "page next": 7, "502 next": 7, "lost next": 7}
"""Ways whose cuts differ from another's only by the error that is raised: every third or seventh byte is enough."""


def stride(mode: str, replays: bool) -> int:
    # async-only
    if current_async_library() == "trio":
        return 37
    # end async-only
    return 11 if replays else ALIKE.get(mode, 1)


def a_run(client: AsyncClient) -> AsyncRun:
    data = AssistantsDialect().get_run(RUN_ID).decode(b'{"id": "%s"}' % RUN_ID.encode())
    return AsyncRun(data, client._transport, AssistantsDialect().run(data))


async def heard(run: AsyncRun, **settings: Any) -> list[tuple[int, str, str | None]]:
    return [(event.index, event.event_type.name, event.text) async for event in run.listen(**settings)]


@pytest.mark.parametrize("replays", [False, True], ids=["from the index", "all again"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("framing", FRAMINGS)
async def test_each_event_comes_once_wherever_the_stream_is_cut(framing: Framing, mode: str, replays: bool) -> None:
    wire = AsyncWire()
    run = a_run(make_async_client(lambda request: None, http_client=wire, clock=AsyncFakeClock()))
    length = len(CutGateway(framing, mode, 0).whole_body)
    step = stride(mode, replays)
    tried = 0
    for at in range(0, length + 1, step):
        gateway = wire.gateway = CutGateway(framing, mode, at, replays=replays)
        assert await heard(run) == WANTED, f"cut after {at} bytes"
        assert gateway.starts == sorted(gateway.starts), f"cut after {at} bytes"
        tried += 1
    assert tried == length // step + 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("framing", FRAMINGS)
async def test_each_event_comes_once_over_sockets_that_break(framing: Framing, mode: str) -> None:
    length = len(CutGateway(framing, mode, 0).whole_body)
    with RawServer(lambda request: []) as server:
        settings = {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url}
        async with AsyncClient(**settings, clock=AsyncFakeClock()) as client:
            run = a_run(client)
            for at in range(0, length + 1, 53):
                for trial in trials():
                    with trial as limit:
                        server.handler = CutGateway(framing, mode, at).acts
                        idle = limit / 2 if mode == "stall" else None
                        assert await heard(run, idle_timeout=idle) == WANTED, f"cut after {at} bytes"
        assert server.wait_until_closed() == 0
