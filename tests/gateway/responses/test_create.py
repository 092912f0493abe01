"""Making responses and looking at them, in process, on both event loops."""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import Any

import anyio
import pytest

from tests.gateway.responses.conftest import Clock, Responses, answer, calls_of, refused, text_of
from yc_runs.testing import Final, Message, Partial, RunContext

pytestmark = pytest.mark.anyio


async def test_a_response_has_the_answer_and_what_was_asked(api: Responses) -> None:
    response = await api.create(
        "gpt://folder/echo/latest", temperature=0.5, max_output_tokens=9, instructions="be brief"
    )
    (message,) = response.pop("output")
    assert message == {
        "id": message["id"],
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "hello big world", "annotations": []}],
    }
    assert str(uuid.UUID(response.pop("id")))
    assert response.pop("created_at") > 1.7e9
    assert response == {
        "object": "response",
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": "be brief",
        "model": "gpt://folder/echo/latest",
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "conversation": None,
        "prompt": None,
        "text": {"format": {"type": "text"}},
        "tools": [],
        "tool_choice": "auto",
        "temperature": 0.5,
        "top_p": None,
        "max_output_tokens": 9,
        "reasoning": None,
        "usage": {
            "input_tokens": 3,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 6,
        },
        "store": True,
        "metadata": {},
        "valid": True,
    }


@pytest.mark.parametrize("fields", [{}, {"background": True}])
async def test_a_response_is_found_again(api: Responses, fields: Any) -> None:
    created = await api.create("echo", **fields)
    assert created["status"] == ("queued" if fields else "completed")
    found = await api.get(created["id"])
    assert (found["id"], found["status"], text_of(found)) == (created["id"], "completed", "hello big world")


async def test_a_foreground_response_is_answered_when_it_has_ended(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    found: list[Any] = []

    async def create() -> None:
        found.append(await api.create("echo"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(create)
        await anyio.wait_all_tasks_blocked()
        assert found == []
        clock.now += 4
        api.gateway.wake()
    assert text_of(found[0]) == "hello big world"


async def test_a_foreground_response_that_nobody_waits_for_is_cancelled(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    conversation = answer(await api.http.post("/conversations", json={}))["id"]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(partial(api.create, "echo", conversation=conversation))
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    clock.now += 10
    assert api.gateway.messages(conversation) == []


async def test_a_background_response_goes_from_queued_to_completed(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    key = (await api.create("echo", background=True))["id"]
    statuses = []
    for _ in range(6):
        response = await api.get(key)
        statuses.append(response["status"])
        assert response["output"] == [] or statuses[-1] == "completed"
        clock.now += 1
    assert statuses == ["queued", "in_progress", "in_progress", "in_progress", "completed", "completed"]


async def test_polls_are_counted_for_background_responses_alone(api: Responses) -> None:
    api.gateway.polls = 2
    background, foreground = await api.create("echo", background=True), await api.create("echo")
    assert [(await api.get(background["id"]))["status"] for _ in range(3)] == ["queued", "in_progress", "completed"]
    assert (await api.get(foreground["id"]))["status"] == "completed"


@pytest.mark.parametrize(
    ("script", "status", "reason"),
    [
        ("cut", "incomplete", "max_output_tokens"),
        ("filtered", "incomplete", "content_filter"),
        ("echo", "completed", None),
    ],
)
async def test_an_answer_that_was_cut_is_incomplete(api: Responses, script: str, status: str, reason: Any) -> None:
    response = await api.create(script)
    assert (response["status"], response["output"][0]["status"]) == (status, status)
    assert response["incomplete_details"] == (reason and {"reason": reason})


@pytest.mark.parametrize(("script", "code"), [("failing", "server_error"), ("nameless", None)])
async def test_a_failure_is_a_response_too(api: Responses, script: str, code: Any) -> None:
    response = await api.create(script)
    assert (response["status"], response["output"], response["usage"]) == ("failed", [], None)
    assert (response["error"]["code"], len(response["error"]["message"]) > 4) == (code, True)


async def test_citations_are_annotations(api: Responses) -> None:
    chunk = {"source_file": {"id": "f1", "name": "a.txt"}}
    final = Final("as it says", citations=[{"sources": [{"chunk": chunk}, {"chunk": {"sourceFile": {"id": "f2"}}}]}])
    api.gateway.add_script("cited", lambda messages, tools: final)
    (part,) = (await api.create("cited"))["output"][0]["content"]
    assert part["annotations"] == [
        {"type": "file_citation", "file_id": "f1", "filename": "a.txt", "index": 10},
        {"type": "file_citation", "file_id": "f2", "filename": "", "index": 10},
    ]


async def test_a_script_sees_messages_tools_and_options(api: Responses) -> None:
    seen: list[Any] = []

    def spy(messages: Any, tools: Any, context: Any) -> str:
        seen.extend([messages, tools, context])
        return "seen"

    api.gateway.add_script("spy", spy)
    schema = {"type": "object"}
    await api.create(
        "spy",
        [
            {"role": "user", "content": "q"},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "a", "annotations": []}],
            },
            {"role": "user", "content": [{"type": "input_text", "text": "q2"}, {"type": "input_text", "text": "more"}]},
        ],
        instructions="be brief",
        tools=[
            {"type": "function", "name": "f", "description": "d", "parameters": schema, "strict": True},
            {"type": "file_search", "vector_store_ids": ["v"]},
        ],
        temperature=0,
        max_output_tokens=7,
        text={"format": {"type": "json_schema", "name": "n", "schema": schema}},
    )
    messages, tools, context = seen
    assert messages == (Message("USER", "q"), Message("ASSISTANT", "a"), Message("USER", "q2\nmore"))
    assert [(tool.name, tool.description, tool.parameters) for tool in tools] == [("f", "d", schema)]
    assert context == RunContext(
        assistant_id="",
        thread_id="",
        model_uri="gpt://local-folder/spy/latest",
        instruction="be brief",
        temperature=0,
        max_tokens=7,
        json_schema=schema,
    )


async def test_the_project_header_is_the_folder_and_is_kept(api: Responses) -> None:
    seen: list[RunContext] = []
    api.gateway.add_script("spy", lambda messages, tools, context: seen.append(context) or "seen")
    await api.http.post("/responses", json={"model": "spy", "input": "x"}, headers={"OpenAI-Project": "mine"})
    assert seen[0].model_uri == "gpt://mine/spy/latest"
    assert api.gateway.requests[-1].headers["openai-project"] == "mine"


async def test_a_prompt_gives_what_the_request_leaves_out(api: Responses) -> None:
    agent = api.gateway.add_assistant(
        "tool-caller",
        instruction="be kind",
        tools=[{"function": {"name": "f", "parameters": {"type": "object"}}}, {"genSearch": {}}],
        completion_options={"temperature": 0.5, "max_tokens": 9},
        response_format={"json_schema": {"schema": {"type": "object"}}},
    )
    own = answer(await api.post(prompt={"id": agent}, input="x"))
    assert own["model"] == "gpt://local-folder/tool-caller/latest"
    assert (own["prompt"]["id"], own["instructions"], own["temperature"], own["max_output_tokens"]) == (
        agent,
        "be kind",
        0.5,
        9,
    )
    assert own["text"]["format"] == {"type": "json_schema", "name": "answer", "schema": {"type": "object"}}
    assert [(tool["type"], tool["name"]) for tool in own["tools"]] == [("function", "f")]
    assert [call["name"] for call in calls_of(own)] == ["f"]
    other = answer(
        await api.post(prompt={"id": agent}, model="echo", input="x", tools=[], instructions="", temperature=0)
    )
    assert (other["model"], other["instructions"], other["tools"], other["temperature"]) == ("echo", "", [], 0)
    assert text_of(other) == "x"
    assert "no-such-agent" in refused(await api.post(prompt={"id": "no-such-agent"}, input="x"), 404)["message"]


async def test_structured_answers_fit_the_schema(api: Responses) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    response = await api.create("structured", text={"format": {"type": "json_schema", "name": "n", "schema": schema}})
    assert json.loads(text_of(response)) == {"n": 1}


async def test_tool_choice_none_hides_the_tools(api: Responses) -> None:
    tools = [{"type": "function", "name": "f"}]
    assert calls_of(await api.create("tool-caller", tools=tools))
    assert not calls_of(await api.create("tool-caller", tools=tools, tool_choice="none"))


async def test_what_is_not_stored_is_not_found(api: Responses) -> None:
    response = await api.create("echo", store=False)
    assert response["store"] is False
    assert refused(await api.http.get(f"/responses/{response['id']}"), 404)["type"] == "not_found_error"
    refused(await api.post(model="echo", input="x", previous_response_id=response["id"]), 404)


async def test_a_deleted_response_is_gone(api: Responses) -> None:
    key = (await api.create("echo"))["id"]
    deleted = answer(await api.http.delete(f"/responses/{key}"))
    assert deleted == {"id": key, "object": "response", "deleted": True}
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items")):
        refused(await api.http.request(method, f"/responses/{key}{path}"), 404)


async def test_cancelling_ends_a_background_response(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    key = (await api.create("echo", background=True))["id"]
    clock.now += 2
    cancelled = answer(await api.http.post(f"/responses/{key}/cancel"))
    assert (cancelled["status"], cancelled["output"]) == ("cancelled", [])
    clock.now += 10
    assert await api.get(key) == cancelled
    assert answer(await api.http.post(f"/responses/{key}/cancel")) == cancelled


async def test_cancelling_leaves_what_has_ended_and_refuses_the_foreground(api: Responses) -> None:
    done, foreground = await api.create("echo", background=True), await api.create("echo")
    assert answer(await api.http.post(f"/responses/{done['id']}/cancel"))["status"] == "completed"
    assert "synchronous" in refused(await api.http.post(f"/responses/{foreground['id']}/cancel"))["message"]


async def test_input_items_are_listed_in_pages(api: Responses) -> None:
    key = (await api.create("echo", [{"role": "user", "content": str(i)} for i in range(5)]))["id"]

    async def page(**params: Any) -> tuple[list[str], bool, str | None, str | None]:
        found = answer(await api.http.get(f"/responses/{key}/input_items", params=params))
        assert found["object"] == "list"
        texts = [item["content"][0]["text"] for item in found["data"]]
        return texts, found["has_more"], found["first_id"], found["last_id"]

    texts, more, first, last = await page(limit=2)
    assert (texts, more) == (["4", "3"], True)
    assert first != last
    assert (await page(limit=3, after=last))[:2] == (["2", "1", "0"], False)
    assert (await page(order="asc"))[0] == ["0", "1", "2", "3", "4"]
    assert await page(order="asc", after=first) == ([], False, None, None)
    for params in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"order": "up"}, {"after": "nosuch"}):
        refused(await api.http.get(f"/responses/{key}/input_items", params=params))


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": "x"}, "model"),
        ({"model": "echo"}, "input"),
        ({"model": "echo", "input": ""}, "input"),
        ({"model": "echo", "input": []}, "input"),
        ({"model": "echo", "input": " \n"}, "input[0].content[0].text"),
        ({"model": "echo", "input": [{"role": "user", "content": ""}]}, "input[0].content[0].text"),
        ({"model": "echo", "input": [{"role": "user", "content": []}]}, "input[0].content"),
        ({"model": "echo", "input": [{"role": "boss", "content": "x"}]}, "input[0].role"),
        ({"model": "echo", "input": [{"type": "image"}]}, "input[0]"),
        ({"model": "echo", "input": 5}, "input"),
        ({"model": " ", "input": "x"}, "model"),
        ({"model": "echo", "input": "x", "temperature": "hot"}, "temperature"),
        ({"model": "echo", "input": "x", "max_output_tokens": 0}, "max_output_tokens"),
        ({"model": "echo", "input": "x", "tools": [{"type": "function", "name": "a b"}]}, "tools[0].name"),
        ({"model": "echo", "input": "x", "tools": [{"type": "function", "name": "f" * 65}]}, "tools[0].name"),
        ({"model": "echo", "input": "x", "tools": [{"type": "computer"}]}, "tools[0]"),
        ({"model": "echo", "input": "x", "text": {"format": {"type": "json_schema", "schema": {}}}}, "text.format"),
        (
            {"model": "echo", "input": "x", "text": {"format": {"type": "json_schema", "name": "имя", "schema": {}}}},
            "text.format.name",
        ),
        ({"model": "echo", "input": "x", "metadata": {}}, "metadata"),
        ({"model": "echo", "input": "x", "truncation": "auto"}, "truncation"),
        ({"model": "echo", "input": "x", "include": []}, "include"),
        ({"model": "echo", "input": "x", "service_tier": "auto"}, "service_tier"),
        ({"model": "echo", "input": "x", "prompt_cache_key": "k"}, "prompt_cache_key"),
        ({"model": "echo", "input": "x", "safety_identifier": "s"}, "safety_identifier"),
        ({"model": "echo", "input": "x", "no_such": 1}, "no_such"),
        ({"model": "echo", "input": "x", "background": True, "store": False}, "store"),
        ({"model": "echo", "input": "x", "conversation": "c", "previous_response_id": "r"}, "previous_response_id"),
    ],
)
async def test_what_makes_no_sense_is_refused(api: Responses, fields: Any, param: str) -> None:
    error = refused(await api.post(**fields))
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


async def test_null_is_the_same_as_nothing(api: Responses) -> None:
    nothing = dict.fromkeys(
        ["metadata", "truncation", "include", "service_tier", "instructions", "tools", "text", "stream"]
    )
    assert (await api.create("echo", **nothing))["status"] == "completed"


async def test_a_body_that_is_no_json_is_refused(api: Responses) -> None:
    assert refused(await api.http.post("/responses", content=b"{"))["param"] is None


async def test_sign_in_takes_the_key_and_any_bearer(api: Responses) -> None:
    api.gateway.api_key = "secret"
    body = {"model": "echo", "input": "x"}
    for header in ("Api-Key secret", "Bearer secret", "Bearer t1.token"):
        answer(await api.http.post("/responses", json=body, headers={"Authorization": header}))
    for header in ("Api-Key other", "Bearer ", ""):
        error = refused(await api.http.post("/responses", json=body, headers={"Authorization": header}), 401)
        assert error["type"] == "authentication_error"


async def test_calls_that_do_not_exist_answer_in_this_dialect(api: Responses) -> None:
    refused(await api.http.get("/responses"), 404)
    refused(await api.http.put("/responses/x"), 404)


async def test_a_half_written_text_does_not_show_before_the_end(api: Responses, clock: Clock) -> None:
    def never(messages: Any, tools: Any) -> Any:
        yield Partial("half")
        yield from ()

    api.gateway.add_script("never", never)
    api.gateway.pace = 1.0
    key = (await api.create("never", background=True))["id"]
    clock.now += 1
    assert (await api.get(key))["output"] == []
    clock.now += 1
    assert text_of(await api.get(key)) == "half"
