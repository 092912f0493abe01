"""The service is killed and started again while the client is at work: it sees every event once, and none is lost."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from tests.interop.driving import connected
from tests.interop.stacks import Envoy
from tests.interop.styles import ENVOY_STYLES, Style
from tests.interop.test_runs import CALLS, DONE, PARTIAL, answers, start
from tests.support.patience import HANGING
from yc_runs import ServerError

pytestmark = pytest.mark.anyio


@pytest.fixture(
    params=[style for style in ENVOY_STYLES if style.spelling == "snake" and not style.print_defaults], ids=str
)
def style(request: pytest.FixtureRequest) -> Style:
    found: Style = request.param
    return found


async def test_text_that_grows_while_the_service_is_killed(envoy: Envoy, style: Style, driver: str) -> None:
    async with connected(envoy.urls[style], driver) as gateway:
        run = await start(gateway, "slow", "a b c d", stream=True)
        seen: list[tuple[Any, ...]] = []
        async for event in run.listen():
            seen.append((event.index, event.status, event.text))
            if len(seen) == 2:
                envoy.service.kill()
                envoy.service.start()
    words = ["a", "a b", "a b c", "a b c d"]
    assert seen == [*((index, PARTIAL, text) for index, text in enumerate(words)), (4, DONE, "a b c d")]


async def test_calls_that_are_open_when_the_service_is_killed(envoy: Envoy, style: Style, driver: str) -> None:
    async with connected(envoy.urls[style], driver) as gateway:
        run = await start(gateway, "rounds", stream=True)
        seen: list[tuple[Any, ...]] = []
        async for event in run.listen():
            seen.append((event.index, event.status))
            if event.tool_calls:
                envoy.service.kill()
                envoy.service.start()
                # Until Envoy has noticed, a write is refused, or was perhaps carried out: then it is safe to repeat.
                await _insistently(run.submit_tool_results, answers(event))
    assert seen == list(enumerate([PARTIAL, CALLS, CALLS, PARTIAL, DONE]))


async def _insistently(call: Any, *arguments: Any) -> None:
    for _ in range(20):
        with suppress(ServerError):
            return await call(*arguments)
    raise AssertionError("the service did not come back")


async def test_waiting_outlives_the_service(envoy: Envoy, driver: str) -> None:
    async with connected(envoy.urls[ENVOY_STYLES[0]], driver) as gateway:
        run = await start(gateway, "slow", "a b c")
        envoy.service.kill()
        envoy.service.start()
        assert (await run.wait(poll_interval=0.1)).text == "a b c"


async def test_without_a_service_a_look_is_given_up_in_time(envoy: Envoy, driver: str) -> None:
    async with connected(envoy.urls[ENVOY_STYLES[0]], driver) as gateway:
        run = await start(gateway, "echo")
        envoy.service.kill()
        try:
            with pytest.raises(ServerError) as caught:
                await run.get_status(timeout=HANGING)
            assert caught.value.status == 503
            with pytest.raises(ServerError) as refused:
                assert [event async for event in run.listen(timeout=HANGING)]
            assert refused.value.status == 503
        finally:
            envoy.service.start()
        assert (await run.wait()).text == "one two three"
