"""The stream of a response, cut after every byte, in every way, at gateways of every kind: nothing lost or repeated."""

from __future__ import annotations

import pytest

# async-only
from sniffio import current_async_library

# end async-only
from tests.support.answers import LEFT_UNREAD
from tests.support.clients import make_async_client
from tests.support.clocks import AsyncFakeClock
from tests.support.cut_response import EVENTS, KINDS, MODES, OPENING, CutResponse, is_whole
from tests.support.cut_stream import AsyncWire
from tests.support.responses import sse
from yc_runs import AsyncClient, ConnectionLostError

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]


def cuts(start: int, stop: int, kind: str, mode: str) -> range:
    """After how many bytes to cut: every one; where only the kind of the error differs, every seventh is enough.

    The asynchronous and the synchronous client take turns: one code is behind both.
    """
    step = 1 if (kind, mode) == ("goes on", "clean end") else 7
    # async-only
    if current_async_library() == "trio":
        return range(start, stop, 41)
    return range(start, stop, 2 * step)
    # end async-only
    # sync: return range(start + step, stop, 2 * step)


def a_client(wire: AsyncWire) -> AsyncClient:
    return make_async_client(lambda request: None, http_client=wire, clock=AsyncFakeClock(), dialect="responses")


async def heard(client: AsyncClient) -> list[tuple[int, str, str | None]]:
    run = await client.runs.create("agent", "conv", stream=True, additional_messages="Hi", timeout=None)
    return [(one.index, one.event_type.name, one.text) async for one in run.listen(timeout=None)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
async def test_each_event_comes_once_wherever_the_answer_is_cut(kind: str, mode: str) -> None:
    wire = AsyncWire()
    client = a_client(wire)
    for at in cuts(OPENING, len(sse(*EVENTS)) + 1, kind, mode):
        gateway = wire.gateway = CutResponse(kind, mode, at)
        found = await heard(client)
        assert is_whole(found, kind), f"cut after {at} bytes: {found}, {gateway.seen}"
        assert gateway.seen.count("/v1/responses") == 1


@pytest.mark.parametrize("mode", MODES)
async def test_an_answer_that_is_cut_before_the_run_is_known_is_never_sent_again(mode: str) -> None:
    wire = AsyncWire()
    client = a_client(wire)
    for at in cuts(0, OPENING - 2, "", mode):
        gateway = wire.gateway = CutResponse("goes on", mode, at)
        with pytest.raises(Exception, match="create a run") as caught:
            await heard(client)
        assert getattr(caught.value, "maybe_applied", None) is True, f"cut after {at} bytes: {caught.value!r}"
        assert gateway.seen == ["/v1/responses"]


async def test_an_answer_that_ends_before_the_run_is_known_says_what_to_do() -> None:
    wire = AsyncWire()
    wire.gateway = CutResponse("goes on", "clean end", 0)
    with pytest.raises(ConnectionLostError, match="answer ended before it told of the run") as caught:
        await heard(a_client(wire))
    assert caught.value.maybe_applied
    assert "look before sending it again" in str(caught.value)
