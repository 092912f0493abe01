"""Threads, messages and assistants over HTTP, in process, on both event loops."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.conftest import Api
from yc_runs.testing import Message
from yc_runs.testing._framing import FRAMINGS, Framing
from yc_runs.testing._times import DAY, parse_timestamp

pytestmark = pytest.mark.anyio


def content(text: str) -> dict[str, Any]:
    return {"content": [{"text": {"content": text}}]}


def days_to_live(record: dict[str, Any], since: str) -> float:
    return (parse_timestamp(record["expiresAt"]) - parse_timestamp(record[since])) / DAY


async def make(api: Api, kind: str, **fields: Any) -> dict[str, Any]:
    required = {"modelUri": "gpt://f/echo/latest"} if kind == "assistants" else {}
    response = await api.http.post(f"/{kind}", json={"folderId": "f", **required, **fields})
    assert response.status_code == 200, response.text
    return response.json()


async def change(api: Api, kind: str, key: str, **fields: Any) -> dict[str, Any]:
    response = await api.http.patch(f"/{kind}/{key}", json=fields)
    assert response.status_code == 200, response.text
    return response.json()


KINDS = pytest.mark.parametrize("kind", ["threads", "assistants"])


@KINDS
async def test_an_object_is_made_found_and_deleted(api: Api, kind: str) -> None:
    made = await make(api, kind, name="n", description="d", labels={"k": "v"}, tools=[{"genSearch": {}}])
    assert {key: made[key] for key in ("folderId", "name", "description", "labels", "tools")} == {
        "folderId": "f",
        "name": "n",
        "description": "d",
        "labels": {"k": "v"},
        "tools": [{"genSearch": {}}],
    }
    assert made["createdBy"] == made["updatedBy"]
    path = f"/{kind}/{made['id']}"
    assert (await api.http.get(path)).json() == made
    assert (await api.http.delete(path)).json() == {}
    for gone in (await api.http.get(path), await api.http.delete(path), await api.http.patch(path, json={})):
        assert (gone.status_code, gone.json()["code"]) == (404, 5)


@KINDS
async def test_objects_live_a_week_since_their_last_use_unless_said_otherwise(api: Api, kind: str) -> None:
    made = await make(api, kind)
    assert made["expirationConfig"] == {"expirationPolicy": "SINCE_LAST_ACTIVE", "ttlDays": "7"}
    assert days_to_live(made, "createdAt") == 7
    made = await make(api, kind, expirationConfig={"expirationPolicy": "STATIC", "ttlDays": 2})
    made = await change(api, kind, made["id"], updateMask="name", name="x")
    assert days_to_live(made, "createdAt") == 2


@KINDS
async def test_an_update_changes_only_what_its_mask_names(api: Api, kind: str) -> None:
    made = await make(api, kind, name="n", description="d", labels={"k": "v"})
    after = await change(api, kind, made["id"], updateMask="name,labels", name="m", description="ignored")
    assert (after["name"], after["description"], "labels" in after) == ("m", "d", False)
    assert after["createdAt"] == made["createdAt"]
    assert after["updatedAt"] > made["updatedAt"]
    after = await change(api, kind, made["id"], updateMask="expirationConfig.ttlDays", expirationConfig={"ttlDays": 3})
    assert after["expirationConfig"] == {"expirationPolicy": "SINCE_LAST_ACTIVE", "ttlDays": "3"}
    assert days_to_live(after, "updatedAt") == 3


@KINDS
@pytest.mark.parametrize("mask", ["id", "nosuch", "createdAt", "folderId"])
async def test_a_mask_may_name_only_what_can_be_updated(api: Api, kind: str, mask: str) -> None:
    made = await make(api, kind)
    response = await api.http.patch(f"/{kind}/{made['id']}", json={"updateMask": mask})
    assert (response.status_code, response.json()["code"]) == (400, 3)


@KINDS
async def test_objects_are_listed_by_folder_in_pages(api: Api, kind: str) -> None:
    ids = [(await make(api, kind))["id"] for _ in range(3)]
    seen: list[str] = []
    query = {"folderId": "f", "pageSize": "2"}
    while True:
        page = (await api.http.get(f"/{kind}", params=query)).json()
        seen.extend(entry["id"] for entry in page[kind])
        if not page.get("nextPageToken"):
            break
        query["pageToken"] = page["nextPageToken"]
    assert seen == ids[::-1]


@KINDS
@pytest.mark.parametrize(
    "query",
    [{}, {"folderId": "f", "pageSize": "-1"}, {"folderId": "f", "pageToken": "x"}, {"folderId": "f", "page": "1"}],
)
async def test_a_wrong_list_is_refused(api: Api, kind: str, query: dict[str, str]) -> None:
    response = await api.http.get(f"/{kind}", params=query)
    assert (response.status_code, response.json()["code"]) == (400, 3)


@KINDS
async def test_a_negative_time_to_live_is_refused(api: Api, kind: str) -> None:
    made = await make(api, kind)
    body = {"updateMask": "expirationConfig.ttlDays", "expirationConfig": {"ttlDays": -1}}
    assert (await api.http.patch(f"/{kind}/{made['id']}", json=body)).status_code == 400


async def test_an_assistant_gets_the_options_it_was_not_given(api: Api) -> None:
    made = await make(api, "assistants", promptTruncationOptions={"maxPromptTokens": 5})
    assert made["promptTruncationOptions"] == {"maxPromptTokens": "5", "autoStrategy": {}}
    assert made["completionOptions"] == {}
    update = {"lastMessagesStrategy": {"numMessages": "3"}}
    mask = "promptTruncationOptions.lastMessagesStrategy"
    after = await change(api, "assistants", made["id"], updateMask=mask, promptTruncationOptions=update)
    assert after["promptTruncationOptions"] == {"maxPromptTokens": "5", **update}
    after = await change(api, "assistants", made["id"], updateMask="promptTruncationOptions")
    assert after["promptTruncationOptions"] == {"autoStrategy": {}}


async def test_an_assistant_needs_a_model(api: Api) -> None:
    response = await api.http.post("/assistants", json={"folderId": "f"})
    assert response.json()["message"] == "model_uri is required"


async def test_each_update_makes_a_version_with_its_mask(api: Api) -> None:
    made = await make(api, "assistants", name="one")
    changed = await change(api, "assistants", made["id"], updateMask="name,completionOptions.maxTokens", name="two")
    query = {"assistantId": made["id"]}
    versions = (await api.http.get("/assistants:listVersions", params=query)).json()["versions"]
    assert [version["assistant"] for version in versions] == [changed, made]
    assert versions[0]["updateMask"] == "name,completionOptions.maxTokens"
    assert versions[0]["id"] != versions[1]["id"]
    page = (await api.http.get("/assistants:listVersions", params={**query, "pageSize": "1"})).json()
    assert len(page["versions"]) == 1
    assert page["nextPageToken"]


async def test_an_update_of_the_model_changes_the_script(api: Api) -> None:
    made = await make(api, "assistants")
    thread = api.gateway.add_thread("?")
    assert await api.status(await api.run(made["id"], thread)) == "COMPLETED"
    await change(api, "assistants", made["id"], updateMask="modelUri", modelUri="gpt://f/failing/latest")
    assert await api.status(await api.run(made["id"], thread)) == "FAILED"


async def test_a_model_without_a_script_echoes_until_it_gets_one(api: Api) -> None:
    made = await make(api, "assistants", modelUri="gpt://f/some-model/latest")
    thread = api.gateway.add_thread("hi")
    assert await api.status(await api.run(made["id"], thread)) == "COMPLETED"
    api.gateway.add_script("some_model", lambda messages, tools: "scripted")
    await api.look(await api.run(made["id"], thread))
    assert [message.text for message in api.gateway.messages(thread)] == ["hi", "hi", "scripted"]


async def test_a_thread_starts_with_its_messages(api: Api) -> None:
    messages = [{"content": content("q")}, {"author": {"role": "ASSISTANT", "id": "me"}, "content": content("a")}]
    made = await make(api, "threads", messages=messages)
    stored = await api.messages(made["id"])
    assert [message["author"] for message in stored] == [
        {"id": "me", "role": "ASSISTANT"},
        {"id": made["defaultMessageAuthorId"], "role": "USER"},
    ]
    assert api.gateway.messages(made["id"]) == [Message("USER", "q"), Message("ASSISTANT", "a")]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_messages_are_a_stream_newest_first_in_every_framing(api: Api, framing: Framing) -> None:
    api.gateway.framing = framing
    thread = api.gateway.add_thread("one")
    body = {"threadId": thread, "labels": {"myKey": "v"}, "content": content("two")}
    written = (await api.http.post("/messages", json=body)).json()
    stored = await api.messages(thread)
    assert stored[0] == written
    assert [message["content"] for message in stored] == [content("two"), content("one")]
    found = await api.http.get(f"/messages/{written['id']}", params={"threadId": thread})
    assert found.json() == written
    assert (written["labels"], written["status"]) == ({"myKey": "v"}, "COMPLETED")


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_an_empty_thread_has_no_messages_in_every_framing(api: Api, framing: Framing) -> None:
    api.gateway.framing = framing
    assert await api.messages(api.gateway.add_thread()) == []


async def test_a_thread_lives_on_with_each_message(api: Api) -> None:
    made = await make(api, "threads")
    await api.http.post("/messages", json={"threadId": made["id"], "content": content("x")})
    later = (await api.http.get(f"/threads/{made['id']}")).json()
    assert later["expiresAt"] > made["expiresAt"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"content": {}},
        {"content": {"content": [{}]}},
        {"content": content("x"), "author": {"role": "user"}},
        {"content": "x"},
    ],
)
async def test_a_wrong_message_is_refused(api: Api, fields: dict[str, Any]) -> None:
    response = await api.http.post("/messages", json={"threadId": api.gateway.add_thread(), **fields})
    assert (response.status_code, response.json()["code"]) == (400, 3)


async def test_a_message_is_found_only_in_its_thread(api: Api) -> None:
    one, two = api.gateway.add_thread("x"), api.gateway.add_thread()
    key = (await api.messages(one))[0]["id"]
    for query, status in (({"threadId": two}, 404), ({"threadId": "nosuch"}, 404), ({}, 400)):
        assert (await api.http.get(f"/messages/{key}", params=query)).status_code == status
