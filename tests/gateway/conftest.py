"""What the gateway's tests share: a clock that stands still, and a thin HTTP client that decodes every framing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.support.patience import HANGING
from yc_runs.testing import LocalGateway, server

BASE = "http://gateway.test/assistants/v1"


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def decode_stream(framing: str, body: bytes) -> list[Any]:
    """Read a whole stream body in any of the four framings."""
    if framing == "array":
        return json.loads(body)
    if framing == "sse":
        blocks = body.decode().split("\n\n")
        assert blocks.pop() == ""
        return [json.loads(block.removeprefix("data: ")) for block in blocks]
    values = [json.loads(line) for line in body.split(b"\n") if line]
    return [value.get("result", value) for value in values] if framing == "result-lines" else values


class Api:
    """The gateway's calls, as short as tests want them."""

    def __init__(self, gateway: LocalGateway, http: httpx.AsyncClient) -> None:
        self.gateway = gateway
        self.http = http

    async def run(self, assistant: str, thread: str, **fields: Any) -> str:
        response = await self.http.post("/runs", json={"assistantId": assistant, "threadId": thread, **fields})
        assert response.status_code == 200, response.text
        return response.json()["id"]

    async def look(self, run_id: str) -> dict[str, Any]:
        return (await self.http.get(f"/runs/{run_id}")).json()

    async def status(self, run_id: str) -> str:
        return (await self.look(run_id))["state"]["status"]

    async def events(self, run_id: str, start: int | None = None) -> list[dict[str, Any]]:
        params = {"runId": run_id} | ({} if start is None else {"eventsStartIdx": str(start)})
        response = await self.http.get("/runs/listen", params=params)
        assert response.status_code == 200, response.text
        return decode_stream(self.gateway.framing, response.content)

    async def submit(self, run_id: str, *results: tuple[str, str]) -> httpx.Response:
        entries = [{"functionResult": {"name": name, "content": content}} for name, content in results]
        body = {"runId": run_id, "toolResultList": {"toolResults": entries}}
        return await self.http.patch("/runs/submit", json=body)

    async def messages(self, thread: str) -> list[dict[str, Any]]:
        response = await self.http.get("/messages", params={"threadId": thread})
        assert response.status_code == 200, response.text
        return decode_stream(self.gateway.framing, response.content)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def ample_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ends waits for its connections, so that what holds one up is found out, and no busy machine is."""
    monkeypatch.setattr(server, "GRACE", 2 * HANGING)


@pytest.fixture
def gateway(clock: Clock) -> LocalGateway:
    return LocalGateway(clock=clock)


@pytest.fixture
async def api(gateway: LocalGateway) -> AsyncIterator[Api]:
    async with httpx.AsyncClient(transport=gateway.transport(), base_url=BASE, timeout=HANGING) as http:
        yield Api(gateway, http)


@pytest.fixture
def text_of() -> Callable[[dict[str, Any]], str]:
    """Read the text of a MessageContent holder: a message, or a partial_message."""

    def read(holder: dict[str, Any]) -> str:
        content = holder["content"]
        parts = content["content"] if isinstance(content, dict) else content
        return "".join(part["text"].get("content", "") for part in parts)

    return read
