"""What a test gives its gateway in the wrong kind is refused at once, by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock

import pytest

from yc_runs.testing import FunctionCall, GatewayError, LocalGateway, Message, ToolCalls


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        *(({"print_defaults": "yes"}, TypeError), ({"latency": "1"}, TypeError), ({"latency": -1}, ValueError)),
        *(({"pace": None}, TypeError), ({"polls": 1.5}, TypeError), ({"polls": True}, TypeError)),
        *(({"stale_polls": -1}, ValueError), ({"api_key": 5}, TypeError), ({"folder_id": None}, TypeError)),
        *(({"quirks": "no-resume"}, TypeError), ({"quirks": 5}, TypeError), ({"quirks": ["x"]}, ValueError)),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_by_its_name_then_and_later(
    settings: dict[str, Any], kind: type[Exception]
) -> None:
    ((name, wrong),) = settings.items()
    with pytest.raises(kind, match=name):
        LocalGateway(**settings)
    gateway = LocalGateway()
    before = getattr(gateway, name)
    with pytest.raises(kind, match=name):
        setattr(gateway, name, wrong)
    assert getattr(gateway, name) == before


@pytest.mark.parametrize("settings", [{"scripts": 5}, {"scripts": [print]}, {"scripts": {"x": 5}}, {"clock": 5}])
def test_a_gateway_is_made_of_functions(settings: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"scripts?: expected|clock: expected"):
        LocalGateway(**settings)


async def an_async_script(messages: Any, tools: Any) -> str:
    return "never"


async def an_async_generator(messages: Any, tools: Any) -> Any:
    yield "never"


class AsyncScript:
    async def __call__(self, messages: Any, tools: Any) -> str:
        return "never"


@pytest.mark.parametrize(
    "wrong", [5, None, b"x", [], LocalGateway, an_async_script, an_async_generator, AsyncScript(), AsyncMock()]
)
def test_what_is_no_script_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError, match="script: expected"):
        LocalGateway().add_assistant(wrong)
    with pytest.raises(TypeError, match="script: expected"):
        LocalGateway().add_script("mine", wrong)


@pytest.mark.parametrize("wrong", [5, None, ["a"], {"role": "USER", "text": "x"}, Message("USER", 5)])  # type: ignore[arg-type]
def test_what_is_no_message_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="message: expected a str or a Message"):
        LocalGateway().add_thread(wrong)


def test_a_thread_is_added_with_the_fields_that_threads_have() -> None:
    gateway = LocalGateway()
    with pytest.raises(GatewayError, match="speed"):
        gateway.add_thread("x", speed=1)
    with pytest.raises(GatewayError, match="labels"):
        gateway.add_thread("x", labels=5)
    with pytest.raises(TypeError, match="thread_id: expected a str"):
        gateway.messages(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: FunctionCall("f", "{}"), "FunctionCall: expected a name and a dict"),  # type: ignore[arg-type]
        (lambda: FunctionCall(5), "FunctionCall: expected a name and a dict"),  # type: ignore[arg-type]
        (lambda: ToolCalls(FunctionCall("f")), r"several FunctionCall, as in \["),  # type: ignore[arg-type]
        (lambda: LocalGateway().serve(port="80").__enter__(), "port: expected an int"),  # type: ignore[arg-type]
        (lambda: LocalGateway().serve(host=5).__enter__(), "host: expected a str"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_kind_is_refused_by_its_name(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        make()
