"""Each quirk, beside the service as documented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.responses.conftest import Responses, answer, calls_of, decode, outputs, refused, text_of
from yc_runs.testing import LocalGateway

pytestmark = pytest.mark.anyio
STREAM = {"model": "echo", "input": "a b", "stream": True}


async def test_an_unknown_quirk_is_refused() -> None:
    with pytest.raises(ValueError, match="'nosuch'"):
        LocalGateway(quirks=["nosuch"])  # type: ignore[list-item]
    gateway = LocalGateway(quirks=["milliseconds"])
    with pytest.raises(ValueError, match="null-usage"):
        gateway.quirks = {"nosuch"}  # type: ignore[assignment]
    assert gateway.quirks == {"milliseconds"}


async def test_milliseconds(api: Responses) -> None:
    key = (await api.create("echo"))["id"]
    seconds = (await api.get(key))["created_at"]
    api.gateway.quirks = {"milliseconds"}
    assert (await api.get(key))["created_at"] // 1000 == seconds
    assert answer(await api.http.post("/conversations", json={}))["created_at"] > 1e12


@pytest.mark.parametrize(("quirk", "total"), [("null-usage", None), ("zero-usage", 0)])
async def test_usage(api: Responses, quirk: Any, total: int | None) -> None:
    api.gateway.quirks = {quirk}
    usage = (await api.create("echo"))["usage"]
    assert (usage and usage["total_tokens"]) == total


async def test_output_text(api: Responses) -> None:
    api.gateway.quirks = {"output-text"}
    assert (await api.create("weather"))["output_text"] == "Let me see"


async def test_a_call_id_is_the_name(api: Responses) -> None:
    api.gateway.quirks = {"call-id-is-name"}
    first = await api.create("weather")
    assert [call["call_id"] for call in calls_of(first)] == ["weather", "weather"]
    second = await api.answer(first, "snow", "rain")
    assert text_of(await api.answer(second, "noon")) == "So: snow, rain, noon"


async def test_no_call_ids_match(api: Responses) -> None:
    api.gateway.quirks = {"no-call-ids-match"}
    first = await api.create("weather")
    given = outputs(first, "snow", "rain")
    body = {"model": "any", "previous_response_id": first["id"]}
    assert "do not match" in refused(await api.post(**body, input=given))["message"]
    second = answer(await api.post(**body, input=[*calls_of(first), *given]))
    assert calls_of(second)[0]["name"] == "time"


async def test_data_before_event(api: Responses) -> None:
    api.gateway.quirks = {"data-before-event"}
    *blocks, rest = (await api.post(**STREAM)).text.split("\n\n")
    assert rest == ""
    for block in blocks:
        data, event = block.split("\n")
        assert event == "event:" + json.loads(data.removeprefix("data:"))["type"]


async def test_comments_and_a_done_marker(api: Responses) -> None:
    plain = (await api.post(**STREAM)).text
    api.gateway.quirks = {"comments", "done-marker"}
    blocks = (await api.post(**STREAM)).text.split("\n\n")
    assert blocks[-2:] == ["data: [DONE]", ""]
    assert blocks[:-2:2] == [": keep-alive"] * plain.count("\n\n")
    assert len(decode("\n\n".join([*blocks[1:-2:2], ""]).encode())) == plain.count("\n\n")


async def test_no_background_stream(api: Responses) -> None:
    api.gateway.quirks = {"no-background-stream"}
    assert refused(await api.post(**STREAM, background=True))["param"] == "stream"
    assert (await api.post(**STREAM)).status_code == 200


async def test_ways_not_to_take_up_a_stream(api: Responses) -> None:
    events = await api.stream("echo", background=True)
    key = events[0]["response"]["id"]
    api.gateway.quirks = {"no-resume"}
    refused(await api.http.get(f"/responses/{key}?stream=true"))
    api.gateway.quirks = {"ignores-starting-after"}
    assert await api.replay(key, starting_after=3) == events
    api.gateway.quirks = {"ignores-stream"}
    assert await api.get(key, stream="true") == events[-1]["response"]


async def test_flat_errors(api: Responses) -> None:
    api.gateway.quirks = {"flat-errors"}
    api.gateway.faults.answer(503)
    for status in (503, 400):
        response = await api.post(model="echo")
        assert (response.status_code, response.json().keys()) == (status, {"message", "type", "param", "code"})


async def test_the_first_dialect_knows_no_quirks(api: Responses) -> None:
    api.gateway.quirks = {"flat-errors", "done-marker"}
    response = await api.http.get("http://gateway.test/assistants/v1/runs/nosuch")
    assert response.json() == {"code": 5, "message": "Run with id nosuch not found", "details": []}
