"""Conversations: their items, and the responses that take part in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.responses.conftest import Clock, Responses, answer, calls_of, outputs, refused, text_of
from yc_runs.testing import Message

pytestmark = pytest.mark.anyio


async def conversation(api: Responses, *texts: str, **fields: Any) -> str:
    items = [{"role": "user", "content": text} for text in texts]
    created = answer(await api.http.post("/conversations", json={"items": items, **fields}))
    assert (created["object"], created["metadata"]) == ("conversation", fields.get("metadata", {}))
    assert created["id"].startswith("conv_")
    assert answer(await api.http.get(f"/conversations/{created['id']}")) == created
    return str(created["id"])


async def items(api: Responses, key: str, **params: Any) -> dict[str, Any]:
    return answer(await api.http.get(f"/conversations/{key}/items", params=params))


async def test_items_are_listed_newest_first_in_pages(api: Responses) -> None:
    key = await conversation(api, *map(str, range(25)), metadata={"k": "v"})

    def texts(page: dict[str, Any]) -> list[str]:
        return [item["content"][0]["text"] for item in page["data"]]

    first = await items(api, key)
    assert (texts(first), first["has_more"]) == ([str(i) for i in range(24, 4, -1)], True)
    rest = await items(api, key, after=first["last_id"])
    assert (texts(rest), rest["has_more"]) == (["4", "3", "2", "1", "0"], False)
    assert texts(await items(api, key, order="asc", limit=3)) == ["0", "1", "2"]


async def test_new_items_are_answered_and_kept(api: Responses) -> None:
    key = await conversation(api)
    body = {"items": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    added = answer(await api.http.post(f"/conversations/{key}/items", json=body))
    assert (added["object"], added["has_more"]) == ("list", False)
    assert [item["content"][0]["type"] for item in added["data"]] == ["input_text", "output_text"]
    assert (await items(api, key, order="asc"))["data"] == added["data"]
    assert api.gateway.messages(key) == [Message("USER", "a"), Message("ASSISTANT", "b")]


async def test_a_response_reads_its_conversation_and_writes_into_it(api: Responses) -> None:
    key = await conversation(api, "one")
    first = await api.create("echo", "two", conversation={"id": key})
    assert first["conversation"] == {"id": key}
    assert text_of(answer(await api.post(model="echo", conversation=key))) == "two"
    for nothing in ("", [], None):
        assert text_of(answer(await api.post(model="echo", conversation=key, input=nothing))) == "two"
    texts = [message.text for message in api.gateway.messages(key)]
    assert texts == ["one", "two", *["two"] * 5]
    assert first["output"][0] in (await items(api, key))["data"]


async def test_the_calls_of_a_conversation_are_answered_in_it(api: Responses) -> None:
    key = await conversation(api, "how is it")
    first = answer(await api.post(model="weather", conversation=key))
    assert "No tool output" in refused(await api.post(model="weather", conversation=key, input="and?"))["message"]
    second = await api.create("weather", outputs(first, "snow", "rain"), conversation=key)
    third = await api.create("weather", outputs(second, "noon"), conversation=key)
    assert text_of(third) == "So: snow, rain, noon"
    kinds = [item["type"] for item in (await items(api, key, order="asc"))["data"]]
    call, output = "function_call", "function_call_output"
    assert kinds == ["message", "message", call, call, output, output, call, output, "message"]
    assert not calls_of(await api.create("echo", "thanks", conversation=key))


async def test_a_response_that_failed_or_was_cancelled_leaves_its_conversation_alone(api: Responses) -> None:
    key = await conversation(api, "one")
    await api.create("failing", "two", conversation=key)
    api.gateway.pace = 1.0
    running = await api.create("echo", "three", conversation=key, background=True)
    answer(await api.http.post(f"/responses/{running['id']}/cancel"))
    assert [message.text for message in api.gateway.messages(key)] == ["one"]


async def test_a_background_response_joins_its_conversation_when_it_has_ended(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    key = await conversation(api)
    await api.create("echo", "one", conversation=key, background=True)
    clock.now += 1
    assert api.gateway.messages(key) == []
    clock.now += 1
    assert [message.text for message in api.gateway.messages(key)] == ["one", "one"]


async def test_what_is_documented_as_not_supported_is_not(api: Responses) -> None:
    key = await conversation(api, "one")
    item = (await items(api, key))["first_id"]
    for method, path in (("POST", ""), ("DELETE", ""), ("GET", f"/items/{item}"), ("DELETE", f"/items/{item}")):
        refused(await api.http.request(method, f"/conversations/{key}{path}"), 501)


async def test_a_conversation_that_does_not_exist_is_not_found(api: Responses) -> None:
    refused(await api.http.get("/conversations/conv_x"), 404)
    refused(await api.http.get("/conversations/conv_x/items"), 404)
    refused(await api.http.post("/conversations/conv_x/items", json={"items": [{"role": "user", "content": "x"}]}), 404)
    refused(await api.post(model="echo", conversation="conv_x"), 404)


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [{"role": "user", "content": " "}]}])
async def test_items_that_say_nothing_are_refused(api: Responses, body: Any) -> None:
    key = await conversation(api)
    refused(await api.http.post(f"/conversations/{key}/items", json=body))
