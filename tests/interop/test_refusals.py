"""What is refused: through the public API, and alike by both stacks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.interop.driving import Gateway, connected
from tests.interop.stacks import Envoy
from tests.interop.styles import ENVOY_STYLES, Style
from tests.interop.test_runs import start
from yc_runs import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    NotImplementedByGatewayError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    ServerError,
)


@pytest.mark.anyio
async def test_what_is_not_there(gateway: Gateway) -> None:
    client = gateway.client
    thread = await client.threads.create()
    calls: list[Any] = [
        lambda: client.runs.get("nosuch"),
        lambda: client.runs.get("no/such?x=1"),
        lambda: client.runs.get_last_by_thread("nosuch"),
        lambda: client.runs.get_last_by_thread(thread.id),
        lambda: client.runs.create("nosuch", thread.id),
        lambda: client.threads.get("nosuch"),
        lambda: client.messages.get(thread.id, "nosuch"),
        lambda: client.messages.create("hi", thread_id="nosuch"),
        lambda: client.assistants.get("nosuch"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError) as caught:
            await call()
        assert (caught.value.status, caught.value.code) == (404, 5)
        assert "not found" in str(caught.value) or "has no runs" in str(caught.value)
    with pytest.raises(NotFoundError):
        assert [message async for message in client.messages.list("nosuch")]


@pytest.mark.anyio
async def test_a_run_that_is_gone_cannot_be_listened_to(gateway: Gateway) -> None:
    run = await start(gateway, "echo")
    await run.wait()
    run._wire._id = "nosuch"
    with pytest.raises(NotFoundError):
        assert [event async for event in run.listen()]


@pytest.mark.anyio
async def test_results_that_nobody_waits_for(gateway: Gateway) -> None:
    run = await start(gateway, "echo")
    await run.wait()
    with pytest.raises(BadRequestError) as caught:
        await run.submit_tool_results({"name": "f", "content": "1"})
    assert (caught.value.status, caught.value.code) == (400, 9)


@pytest.mark.anyio
async def test_results_of_other_calls(gateway: Gateway) -> None:
    run = await start(gateway, "rounds")
    await run.wait()
    with pytest.raises(BadRequestError) as caught:
        await run.submit_tool_results({"name": "other", "content": "1"})
    assert caught.value.code == 3


@pytest.mark.anyio
async def test_a_page_that_is_too_large(gateway: Gateway) -> None:
    with pytest.raises(BadRequestError) as caught:
        assert [run async for run in gateway.client.runs.list(page_size=1001)]
    assert caught.value.code == 3


_KINDS = {
    3: BadRequestError,
    5: NotFoundError,
    6: ConflictError,
    7: PermissionDeniedError,
    8: RateLimitError,
    9: BadRequestError,
    10: ConflictError,
    11: BadRequestError,
    12: NotImplementedByGatewayError,
    13: ServerError,
    14: ServerError,
    15: ServerError,
    16: AuthenticationError,
    2: ServerError,
    4: ServerError,
    1: APIError,
}


@pytest.mark.anyio
@pytest.mark.parametrize("code", sorted(_KINDS))
async def test_every_code_of_the_service_is_the_error_it_stands_for(envoy: Envoy, driver: str, code: int) -> None:
    # A write is sent once, except where it was refused for the moment.
    twice = RetryPolicy(attempts=2, backoff=0.01)
    async with connected(envoy.urls[ENVOY_STYLES[0]], driver, retry=twice) as gateway:
        with pytest.raises(_KINDS[code]) as caught:
            await gateway.client.messages.create("hi", thread_id=f"fault-{code}")
    assert caught.value.code == code
    assert f"fault-{code}" in str(caught.value)


# Requests that are wrong. What the service refuses has a code; what Envoy refuses by itself has a plain text instead.
_WRONG: dict[str, tuple[str, str, bytes | None]] = {
    "no JSON": ("POST", "/runs", b"{"),
    "an array": ("POST", "/runs", b"[]"),
    "an unknown name": ("POST", "/runs", b'{"nosuch": 1}'),
    "a wrong type": ("POST", "/runs", b'{"assistantId": {"x": 1}}'),
    "a wrong number": ("POST", "/runs", b'{"customCompletionOptions": {"maxTokens": "many"}}'),
    "a wrong enum": ("POST", "/threads", b'{"folderId": "f", "expirationConfig": {"expirationPolicy": "NOSUCH"}}'),
    "both of a pair": ("POST", "/runs", b'{"customResponseFormat": {"jsonObject": true, "jsonSchema": {}}}'),
    "nothing": ("POST", "/runs", b"{}"),
    "no body": ("POST", "/threads", b""),
    "an unknown argument": ("GET", "/runs?folderId=f&nosuch=1", None),
    "a wrong argument": ("GET", "/runs?folderId=f&pageSize=many", None),
    "a wrong token": ("GET", "/runs?folderId=f&pageToken=wrong", None),
    "a negative size": ("GET", "/runs?folderId=f&pageSize=-1", None),
    "no such path": ("GET", "/nosuch", None),
    "no such verb": ("DELETE", "/runs/r", None),
    "a negative index": ("GET", "/runs/listen?runId=nosuch&eventsStartIdx=-1", None),
    "no such run to listen to": ("GET", "/runs/listen?runId=nosuch", None),
    "no such thread to read": ("GET", "/messages?threadId=nosuch", None),
    "a mask of what is not there": ("PATCH", "/threads/nosuch", b'{"updateMask": "name"}'),
}


@pytest.mark.parametrize("case", _WRONG)
def test_both_stacks_refuse_what_is_wrong_alike(envoy: Envoy, local_urls: dict[Style, str], case: str) -> None:
    style = ENVOY_STYLES[0]
    verb, path, body = _WRONG[case]
    (status, code), (local_status, local_code) = (
        _refusal(url, verb, path, body) for url in (envoy.urls[style], local_urls[style])
    )
    assert local_status == status
    assert code in (None, local_code)


def _refusal(url: str, verb: str, path: str, body: bytes | None) -> tuple[int, Any]:
    headers = {"content-type": "application/json"}
    answer = httpx.request(verb, f"{url}/assistants/v1{path}", content=body, headers=headers)
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    return answer.status_code, answer.json().get("code") if is_json else None
