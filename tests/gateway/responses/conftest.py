"""What the tests of the Responses dialect share: a thin HTTP client, and a strict reader of its streams."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import Clock as Clock
from tests.support.patience import HANGING
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, ToolCalls

ROOT = "http://gateway.test/v1"


def weather(messages: Any, tools: Any) -> Any:
    """Two rounds: two calls, then one, each after some text."""
    yield "Let"
    yield "Let me see"
    first = yield ToolCalls([FunctionCall("weather", {"city": "Омск"}), FunctionCall("weather", {"city": "Тула"})])
    second = yield ToolCalls([FunctionCall("time")])
    yield "So"
    yield Final("So: " + ", ".join(result.content for result in (*first, *second)))


def decode(body: bytes) -> list[dict[str, Any]]:
    """Read a stream to which no quirk applies."""
    blocks = body.decode().split("\n\n")
    assert blocks.pop() == ""
    events = []
    for block in blocks:
        name, data = block.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    return events


def text_of(response: dict[str, Any]) -> str:
    return "".join(part["text"] for item in response["output"] if item["type"] == "message" for part in item["content"])


def calls_of(response: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in response["output"] if item["type"] == "function_call"]


def outputs(response: dict[str, Any], *texts: str) -> list[dict[str, Any]]:
    """What answers the calls of a response."""
    calls = calls_of(response)
    assert len(calls) == len(texts)
    return [
        {"type": "function_call_output", "call_id": call["call_id"], "output": text}
        for call, text in zip(calls, texts, strict=True)
    ]


class Responses:
    """The dialect's calls, as short as tests want them."""

    def __init__(self, gateway: LocalGateway, http: httpx.AsyncClient) -> None:
        self.gateway = gateway
        self.http = http

    async def post(self, **fields: Any) -> httpx.Response:
        return await self.http.post("/responses", json=fields)

    async def create(self, model: str, said: Any = "hello big world", **fields: Any) -> dict[str, Any]:
        return answer(await self.post(model=model, input=said, **fields))

    async def answer(self, before: dict[str, Any], *texts: str, **fields: Any) -> dict[str, Any]:
        return await self.create("any", outputs(before, *texts), previous_response_id=before["id"], **fields)

    async def get(self, key: str, **params: Any) -> dict[str, Any]:
        return answer(await self.http.get(f"/responses/{key}", params=params))

    async def stream(self, model: str, said: Any = "hello big world", **fields: Any) -> list[dict[str, Any]]:
        response = await self.post(model=model, input=said, stream=True, **fields)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/event-stream"
        return decode(response.content)

    async def replay(self, key: str, **params: Any) -> list[dict[str, Any]]:
        response = await self.http.get(f"/responses/{key}", params={"stream": "true", **params})
        assert response.status_code == 200, response.text
        return decode(response.content)


def answer(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    value: dict[str, Any] = response.json()
    return value


def refused(response: httpx.Response, status: int = 400) -> dict[str, Any]:
    assert response.status_code == status, response.text
    error: dict[str, Any] = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return error


@pytest.fixture
async def api(gateway: LocalGateway) -> AsyncIterator[Responses]:
    gateway.add_script("weather", weather)
    gateway.add_script("cut", lambda messages, tools: Final("half", status="TRUNCATED"))
    gateway.add_script("filtered", lambda messages, tools: Final("", status="FILTERED_CONTENT"))
    gateway.add_script("nameless", lambda messages, tools: Fail("no code", code=0))
    async with httpx.AsyncClient(transport=gateway.transport(), base_url=ROOT, timeout=HANGING) as http:
        yield Responses(gateway, http)
