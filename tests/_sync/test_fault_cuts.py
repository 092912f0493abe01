# Generated from tests/_async/test_fault_cuts.py by tools/generate_sync.py; do not edit.
"""A run's stream, cut after every byte, in every framing and every way: each event comes once, in order, to the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.answers import LEFT_UNREAD, RUN_ID
from tests.support.clients import FOLDER_ID, SECRET, make_client
from tests.support.clocks import FakeClock
from tests.support.cut_stream import MODES, CutGateway, Wire
from tests.support.patience import trials
from tests.support.raw_server import RawServer
from yc_runs import Client, Run
from yc_runs.testing import Framing
from yc_runs.testing._framing import FRAMINGS
from yc_runs.wire.assistants import AssistantsDialect

pytestmark = [LEFT_UNREAD]

WANTED = [(0, "PARTIAL_MESSAGE", "è"), (1, "PARTIAL_MESSAGE", 'è\u2028 \\"}'), (2, "DONE", None)]
ALIKE = {"truncated": 3, "stall": 3, "page next": 7, "502 next": 7, "lost next": 7}
"""Ways whose cuts differ from another's only by the error that is raised: every third or seventh byte is enough."""


def stride(mode: str, replays: bool) -> int:
    return 11 if replays else ALIKE.get(mode, 1)


def a_run(client: Client) -> Run:
    data = AssistantsDialect().get_run(RUN_ID).decode(b'{"id": "%s"}' % RUN_ID.encode())
    return Run(data, client._transport, AssistantsDialect().run(data))


def heard(run: Run, **settings: Any) -> list[tuple[int, str, str | None]]:
    return [(event.index, event.event_type.name, event.text) for event in run.listen(**settings)]


@pytest.mark.parametrize("replays", [False, True], ids=["from the index", "all again"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_each_event_comes_once_wherever_the_stream_is_cut(framing: Framing, mode: str, replays: bool) -> None:
    wire = Wire()
    run = a_run(make_client(lambda request: None, http_client=wire, clock=FakeClock()))
    length = len(CutGateway(framing, mode, 0).whole_body)
    step = stride(mode, replays)
    tried = 0
    for at in range(0, length + 1, step):
        gateway = wire.gateway = CutGateway(framing, mode, at, replays=replays)
        assert heard(run) == WANTED, f"cut after {at} bytes"
        assert gateway.starts == sorted(gateway.starts), f"cut after {at} bytes"
        tried += 1
    assert tried == length // step + 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_each_event_comes_once_over_sockets_that_break(framing: Framing, mode: str) -> None:
    length = len(CutGateway(framing, mode, 0).whole_body)
    with RawServer(lambda request: []) as server:
        settings = {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url}
        with Client(**settings, clock=FakeClock()) as client:
            run = a_run(client)
            for at in range(0, length + 1, 53):
                for trial in trials():
                    with trial as limit:
                        server.handler = CutGateway(framing, mode, at).acts
                        idle = limit / 2 if mode == "stall" else None
                        assert heard(run, idle_timeout=idle) == WANTED, f"cut after {at} bytes"
        assert server.wait_until_closed() == 0
