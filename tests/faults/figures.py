"""Counts what faults cost, and prints it:  python -m tests.faults.figures

Every cut of a stream, in every framing and way, at every byte and with every kind of replay; and every way in which
the answer to a submit can be lost.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import product

from tests._sync.test_fault_cuts import WANTED, a_run, heard
from tests._sync.test_fault_writing import LOSSES, RESULT, ToolGateway
from tests._sync.test_responses_cuts import a_client
from tests._sync.test_responses_cuts import heard as heard_response
from tests.support.clients import FOLDER_ID, SECRET, make_client
from tests.support.clocks import FakeClock
from tests.support.cut_response import EVENTS as RESPONSE
from tests.support.cut_response import KINDS, OPENING, CutResponse, is_whole
from tests.support.cut_response import MODES as RESPONSE_MODES
from tests.support.cut_stream import MODES, CutGateway, Wire
from tests.support.raw_server import RawServer
from tests.support.responses import sse
from yc_runs import Client, RunsError
from yc_runs.testing._framing import FRAMINGS


def cut_streams(figures: Counter[str]) -> None:
    """Every byte of every framing, in process."""
    wire = Wire()
    run = a_run(make_client(lambda request: None, http_client=wire, clock=FakeClock()))
    for framing, mode, replays in product(FRAMINGS, MODES, (False, True)):
        for at in range(len(CutGateway(framing, mode, 0).whole_body) + 1):
            wire.gateway = CutGateway(framing, mode, at, replays=replays)
            _compare(heard(run), figures)


def cut_sockets(figures: Counter[str]) -> None:
    """Every byte of one framing, for each way in which a connection itself can break."""
    with RawServer(lambda request: []) as server:
        with Client(folder_id=FOLDER_ID, auth=SECRET, base_url=server.url, clock=FakeClock()) as client:
            run = a_run(client)
            for mode in ("clean end", "reset", "truncated", "lost next"):
                for at in range(len(CutGateway("sse", mode, 0).whole_body) + 1):
                    server.handler = CutGateway("sse", mode, at).acts
                    _compare(heard(run), figures)
        figures["sockets left"] += server.wait_until_closed()


def cut_responses(figures: Counter[str]) -> None:
    """Every byte of the answers that runs of the second dialect are created with."""
    wire = Wire()
    for kind, mode in product(KINDS, RESPONSE_MODES):
        for at in range(OPENING, len(sse(*RESPONSE)) + 1):
            wire.gateway = CutResponse(kind, mode, at)
            found = heard_response(a_client(wire))
            figures["faults tried"] += 1
            figures["events due"] += len(found)
            figures["events lost"] += not is_whole(found, kind)
            figures["events repeated"] += len(found) - len(set(found))
            figures["out of order"] += found != sorted(found)
            figures["writes doubled"] += wire.gateway.seen.count("/v1/responses") != 1


def lost_writes(figures: Counter[str]) -> None:
    """Submits whose answer is lost, called again."""
    for loss, arrives, lag in product(LOSSES, (True, False), (0, 1, 2)):
        gateway = ToolGateway(arrives, LOSSES[loss], lag)
        with RawServer(gateway) as server:
            with Client(folder_id=FOLDER_ID, auth=SECRET, base_url=server.url, clock=FakeClock()) as client:
                run = client.runs.get("r")
                try:
                    run.submit_tool_results(RESULT)
                except RunsError:
                    run.submit_tool_results(RESULT)
            figures["faults tried"] += 1
            figures["writes lost"] += gateway.applied < 1
            figures["writes doubled"] += gateway.applied > 1
            figures["sockets left"] += server.wait_until_closed()


def _compare(found: list[tuple[int, str, str | None]], figures: Counter[str]) -> None:
    figures["faults tried"] += 1
    figures["events due"] += len(WANTED)
    figures["events lost"] += sum(event not in found for event in WANTED)
    figures["events repeated"] += len(found) - len(set(found))
    figures["out of order"] += found != sorted(found)


def main() -> None:
    """Print the figures."""
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    figures = Counter[str]()
    for part in (cut_streams, cut_sockets, cut_responses, lost_writes):
        part(figures)
    figures["descriptors left"] = len(os.listdir("/proc/self/fd")) - descriptors  # noqa: PTH208
    names = ["faults tried", "events due", "events lost", "events repeated", "out of order"]
    for name in [*names, "writes lost", "writes doubled", "sockets left", "descriptors left"]:
        print(f"{name:20}{figures[name]:>9,}")


if __name__ == "__main__":
    main()
