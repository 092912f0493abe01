"""The Runs calls over HTTP, in process, on both event loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from tests.gateway.conftest import Api, Clock
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, Message, Pause, RunContext, ToolCalls
from yc_runs.testing._framing import FRAMINGS, Framing

pytestmark = pytest.mark.anyio
TextOf = Callable[[dict[str, Any]], str]


def weather(messages: Any, tools: Any) -> Any:
    yield "Let me see"
    results = yield ToolCalls([FunctionCall("weather", {"cityName": "Omsk"}), FunctionCall("time")])
    yield "It is"
    yield Final(" and ".join(result.content for result in results))


async def test_a_new_run_is_pending_and_carries_what_was_asked(api: Api) -> None:
    thread = api.gateway.add_thread("hi")
    body = {
        "assistantId": "echo",
        "threadId": thread,
        "labels": {"myKey": "v"},
        "customCompletionOptions": {"temperature": 0, "maxTokens": "100"},
        "customPromptTruncationOptions": {"maxPromptTokens": 50, "autoStrategy": {}},
        "customResponseFormat": {"jsonObject": True},
        "tools": [{"function": {"name": "f", "parameters": {"type": "object"}}}],
    }
    run = (await api.http.post("/runs", json={**body, "stream": True})).json()
    assert run["state"] == {"status": "PENDING"}
    expected = {
        **body,
        "customCompletionOptions": {"temperature": 0.0, "maxTokens": "100"},
        "customPromptTruncationOptions": {"maxPromptTokens": "50", "autoStrategy": {}},
    }
    assert {key: run[key] for key in body} == expected
    assert "usage" not in run
    assert len(run["createdAt"]) == len("2026-01-01T00:00:00.000000000Z")
    later = await api.look(run["id"])
    assert {**later, "state": None, "usage": None} == {**run, "state": None, "usage": None}


async def test_the_answer_is_in_the_run_the_stream_and_the_thread(api: Api) -> None:
    thread = api.gateway.add_thread("hello big world")
    run_id = await api.run("echo", thread)
    state = (await api.look(run_id))["state"]
    message = state["completedMessage"]
    assert state["status"] == "COMPLETED"
    assert message["author"] == {"id": "echo", "role": "ASSISTANT"}
    assert (message["threadId"], message["status"]) == (thread, "COMPLETED")
    assert await api.events(run_id) == [{"eventType": "DONE", "streamCursor": {}, "completedMessage": message}]
    assert (await api.messages(thread))[0] == message


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_partials_are_cumulative_and_numbered_in_every_framing(
    api: Api, framing: Framing, text_of: TextOf
) -> None:
    api.gateway.framing = framing
    run_id = await api.run("echo", api.gateway.add_thread("a b c"), stream=True)
    events = await api.events(run_id)
    assert [event["eventType"] for event in events] == ["PARTIAL_MESSAGE"] * 3 + ["DONE"]
    assert [text_of(event["partialMessage"]) for event in events[:-1]] == ["a", "a b", "a b c"]
    assert [event["streamCursor"].get("currentEventIdx", "0") for event in events] == ["0", "1", "2", "3"]


async def test_events_are_replayed_from_any_index_after_the_end(api: Api) -> None:
    run_id = await api.run("echo", api.gateway.add_thread("a b c"), stream=True)
    everything = await api.events(run_id)
    for start in range(len(everything) + 2):
        assert await api.events(run_id, start) == everything[start:]


async def test_tool_calls_hold_the_stream_open_until_the_submit(api: Api, text_of: TextOf) -> None:
    run_id = await api.run(api.gateway.add_assistant(weather), api.gateway.add_thread("?"), stream=True)
    kinds: list[str] = []
    api.gateway.framing = "lines"
    async with api.http.stream("GET", "/runs/listen", params={"runId": run_id}) as response:
        async for line in response.aiter_lines():
            event = httpx.Response(200, text=line).json()
            kinds.append(event["eventType"])
            if kinds[-1] == "TOOL_CALLS":
                calls = event["toolCallList"]["toolCalls"]
                assert calls[0] == {"functionCall": {"name": "weather", "arguments": {"cityName": "Omsk"}}}
                assert await api.status(run_id) == "TOOL_CALLS"
                assert (await api.submit(run_id, ("time", "noon"), ("weather", "sunny"))).json() == {}
    assert kinds == ["PARTIAL_MESSAGE", "TOOL_CALLS", "PARTIAL_MESSAGE", "DONE"]
    assert text_of(event["completedMessage"]) == "sunny and noon"
    assert event["streamCursor"] == {"currentEventIdx": "3", "numUserEventsReceived": "1"}


async def test_a_waiting_listener_is_woken_by_the_submit_of_another_task(api: Api) -> None:
    run_id = await api.run(api.gateway.add_assistant(weather), api.gateway.add_thread("?"))
    kinds: list[str] = []

    async def listen() -> None:
        kinds.extend(event["eventType"] for event in await api.events(run_id))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listen)
        await anyio.wait_all_tasks_blocked()
        assert kinds == []
        await api.submit(run_id, ("weather", "sunny"), ("time", "noon"))
    assert kinds == ["TOOL_CALLS", "DONE"]


async def test_a_state_with_tool_calls_has_the_calls_and_the_usage_so_far(api: Api) -> None:
    run_id = await api.run(api.gateway.add_assistant(weather), api.gateway.add_thread("what weather"))
    before = await api.look(run_id)
    assert len(before["state"]["toolCallList"]["toolCalls"]) == 2
    await api.submit(run_id, ("weather", "sunny"), ("time", "noon"))
    after = await api.look(run_id)
    assert before["usage"]["promptTokens"] == "2"
    assert int(after["usage"]["totalTokens"]) > int(before["usage"]["totalTokens"]) > 0


@pytest.mark.parametrize(
    ("results", "status", "code"),
    [
        ([("weather", "x")], 400, 3),
        ([("weather", "x"), ("nosuch", "y")], 400, 3),
        ([], 400, 3),
    ],
)
async def test_wrong_results_are_refused(api: Api, results: Any, status: int, code: int) -> None:
    run_id = await api.run(api.gateway.add_assistant(weather), api.gateway.add_thread("?"))
    response = await api.submit(run_id, *results)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert await api.status(run_id) == "TOOL_CALLS"


async def test_a_second_submit_is_refused(api: Api) -> None:
    run_id = await api.run("tool-caller", api.gateway.add_thread("?"), tools=[{"function": {"name": "f"}}])
    assert (await api.submit(run_id, ("f", "x"))).status_code == 200
    again = await api.submit(run_id, ("f", "x"))
    assert (again.status_code, again.json()["code"]) == (400, 9)
    assert (await api.submit("run-nosuch", ("f", "x"))).status_code == 404


async def test_a_failing_run_has_its_error_in_state_and_stream(api: Api) -> None:
    run_id = await api.run("failing", api.gateway.add_thread("?"), stream=True)
    state = (await api.look(run_id))["state"]
    assert state == {"status": "FAILED", "error": {"code": "13", "message": "the assistant is scripted to fail"}}
    events = await api.events(run_id)
    assert [event["eventType"] for event in events] == ["PARTIAL_MESSAGE", "ERROR"]
    assert events[-1]["error"] == state["error"]


async def test_a_failure_without_a_code_has_none_on_the_wire(api: Api) -> None:
    assistant = api.gateway.add_assistant(lambda messages, tools: Fail("no", code=0))
    state = (await api.look(await api.run(assistant, api.gateway.add_thread("?"))))["state"]
    assert state["error"] == {"message": "no"}


async def test_a_script_that_raises_fails_its_run_only(api: Api) -> None:
    def broken(messages: Any, tools: Any) -> Any:
        raise ZeroDivisionError("oops")

    thread = api.gateway.add_thread("?")
    run_id = await api.run(api.gateway.add_assistant(broken), thread)
    assert "ZeroDivisionError: oops" in (await api.look(run_id))["state"]["error"]["message"]
    assert await api.status(await api.run("echo", thread)) == "COMPLETED"


async def test_a_truncated_message_completes_its_run(api: Api) -> None:
    chunk = {"source_file": {"id": "f1", "name": "n"}, "content": {"content": [{"text": {"content": "quote"}}]}}
    final = Final("half", status="TRUNCATED", citations=[{"sources": [{"chunk": chunk}]}])
    run_id = await api.run(api.gateway.add_assistant(lambda messages, tools: final), api.gateway.add_thread("?"))
    state = (await api.look(run_id))["state"]
    assert (state["status"], state["completedMessage"]["status"]) == ("COMPLETED", "TRUNCATED")
    source = state["completedMessage"]["citations"][0]["sources"][0]["chunk"]
    assert source["sourceFile"] == {"id": "f1", "name": "n"}


async def test_additional_messages_join_the_thread_before_the_run(api: Api, text_of: TextOf) -> None:
    thread = api.gateway.add_thread("first")
    extra = [{"content": {"content": [{"text": {"content": "second"}}]}}]
    run_id = await api.run("echo", thread, additionalMessages=extra)
    assert text_of((await api.look(run_id))["state"]["completedMessage"]) == "second"
    assert [message.text for message in api.gateway.messages(thread)] == ["first", "second", "second"]


async def test_a_wrong_additional_message_leaves_the_thread_alone(api: Api) -> None:
    thread = api.gateway.add_thread("first")
    extra = [{"content": {"content": [{"text": {"content": "second"}}]}}, {"content": {}}]
    body = {"assistantId": "echo", "threadId": thread, "additionalMessages": extra}
    assert (await api.http.post("/runs", json=body)).status_code == 400
    assert [message.text for message in api.gateway.messages(thread)] == ["first"]


async def test_a_script_sees_the_thread_the_tools_and_the_options(api: Api) -> None:
    seen: list[Any] = []

    def spy(messages: Any, tools: Any, context: Any) -> str:
        seen.extend([messages, tools, context])
        return "seen"

    tool = {"function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}
    assistant = api.gateway.add_assistant(
        spy,
        instruction="be brief",
        tools=[tool, {"searchIndex": {"searchIndexIds": ["i"]}}],
        completion_options={"temperature": 0.5, "max_tokens": 9},
    )
    thread = api.gateway.add_thread("q", Message("ASSISTANT", "a"), "q2")
    run_id = await api.run(
        assistant,
        thread,
        stream=True,
        labels={"k": "v"},
        customCompletionOptions={"temperature": 0},
        customResponseFormat={"jsonSchema": {"schema": {"type": "object"}}},
    )
    await api.look(run_id)
    messages, tools, context = seen
    assert messages == (Message("USER", "q"), Message("ASSISTANT", "a"), Message("USER", "q2"))
    assert [(t.name, t.description, t.parameters) for t in tools] == [("f", "d", {"type": "object"})]
    assert context == RunContext(
        assistant_id=assistant,
        thread_id=thread,
        model_uri="gpt://local-folder/spy/latest",
        instruction="be brief",
        stream=True,
        temperature=0.0,
        max_tokens=9,
        json_schema={"type": "object"},
        labels={"k": "v"},
    )


async def test_tools_of_the_run_come_before_those_of_the_assistant(api: Api) -> None:
    assistant = api.gateway.add_assistant("tool-caller", tools=[{"function": {"name": "old"}}])
    run_id = await api.run(assistant, api.gateway.add_thread("?"), tools=[{"function": {"name": "new"}}])
    calls = (await api.look(run_id))["state"]["toolCallList"]["toolCalls"]
    assert [call["functionCall"]["name"] for call in calls] == ["new"]


async def test_a_prompt_that_does_not_fit_fails_the_run(api: Api) -> None:
    options = {"maxPromptTokens": "1", "autoStrategy": {}}
    run_id = await api.run("echo", api.gateway.add_thread("too long"), customPromptTruncationOptions=options)
    state = (await api.look(run_id))["state"]
    assert state["status"] == "FAILED"
    assert list(state["error"]) == ["message"]


async def test_polls_show_a_run_at_work_before_its_result(api: Api) -> None:
    api.gateway.polls = 2
    run_id = await api.run("tool-caller", api.gateway.add_thread("?"), tools=[{"function": {"name": "f"}}])
    assert [await api.status(run_id) for _ in range(4)] == ["PENDING", "IN_PROGRESS", "TOOL_CALLS", "TOOL_CALLS"]
    await api.submit(run_id, ("f", "x"))
    assert [await api.status(run_id) for _ in range(3)] == ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]


async def test_stale_polls_show_calls_that_were_answered(api: Api) -> None:
    api.gateway.stale_polls, api.gateway.polls = 1, 1
    run_id = await api.run("tool-caller", api.gateway.add_thread("?"), tools=[{"function": {"name": "f"}}])
    await api.status(run_id)
    await api.submit(run_id, ("f", "x"))
    stale = (await api.look(run_id))["state"]
    assert stale["toolCallList"]["toolCalls"][0]["functionCall"]["name"] == "f"
    assert [await api.status(run_id) for _ in range(2)] == ["IN_PROGRESS", "COMPLETED"]


async def test_a_run_goes_on_with_the_clock_though_nobody_listens(api: Api, clock: Clock) -> None:
    api.gateway.pace = 1.0
    thread = api.gateway.add_thread("?")
    run_id = await api.run(api.gateway.add_assistant(lambda messages, tools: ["a", Pause(10), Final("b")]), thread)
    assert await api.status(run_id) == "PENDING"
    clock.now += 1
    assert await api.status(run_id) == "IN_PROGRESS"
    clock.now += 12
    assert [message.text for message in api.gateway.messages(thread)] == ["?", "b"]
    assert await api.status(run_id) == "COMPLETED"


async def test_a_listener_gets_each_event_at_its_time(api: Api, clock: Clock) -> None:
    api.gateway.pace, api.gateway.framing = 3600.0, "lines"
    run_id = await api.run("echo", api.gateway.add_thread("a b"), stream=True)
    async with api.http.stream("GET", "/runs/listen", params={"runId": run_id}) as response:
        lines = response.aiter_lines()
        for expected in ("PARTIAL_MESSAGE", "PARTIAL_MESSAGE", "DONE"):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_move, clock, api.gateway)
                assert expected in await anext(lines)
        assert [line async for line in lines] == []


async def _move(clock: Clock, gateway: LocalGateway) -> None:
    await anyio.wait_all_tasks_blocked()
    clock.now += 3600
    gateway.wake()


async def test_runs_are_listed_by_folder_newest_first_in_pages(api: Api) -> None:
    thread = api.gateway.add_thread("?")
    ids = [await api.run("echo", thread) for _ in range(3)]
    folder = api.gateway.folder_id
    first = (await api.http.get("/runs", params={"folderId": folder, "pageSize": "2"})).json()
    assert [run["id"] for run in first["runs"]] == ids[:0:-1]
    query = {"folderId": folder, "pageToken": first["nextPageToken"]}
    assert (await api.http.get("/runs", params=query)).json() == {"runs": [await api.look(ids[0])]}
    assert (await api.http.get("/runs", params={"folderId": "another"})).json() == {}


async def test_the_last_run_of_a_thread_is_found(api: Api) -> None:
    thread = api.gateway.add_thread("?")
    none = await api.http.get("/runs:getByThread", params={"threadId": thread})
    assert (none.status_code, none.json()["code"]) == (404, 5)
    await api.run("echo", thread)
    run_id = await api.run("echo", thread)
    found = await api.http.get("/runs:getByThread", params={"threadId": thread})
    assert found.json() == await api.look(run_id)


async def test_a_run_outlives_its_thread(api: Api) -> None:
    thread = api.gateway.add_thread("?")
    run_id = await api.run("echo", thread)
    await api.http.delete(f"/threads/{thread}")
    assert await api.status(run_id) == "COMPLETED"


async def test_snake_case_and_printed_defaults_hold_from_the_next_request_on(api: Api) -> None:
    run_id = await api.run("failing", api.gateway.add_thread("?"), labels={"myKey": "v"})
    api.gateway.spelling, api.gateway.print_defaults = "snake", True
    run = await api.look(run_id)
    assert (run["assistant_id"], run["labels"], run["tools"], run["usage"]) == ("failing", {"myKey": "v"}, [], None)
    events = await api.events(run_id)
    assert events[0]["stream_cursor"] == {"current_event_idx": "0", "num_user_events_received": "0"}
    assert not {"partial_message", "completed_message", "tool_call_list"} & set(events[0])


async def test_latency_delays_each_answer(api: Api) -> None:
    api.gateway.latency = 3600.0
    with pytest.raises(httpx.ReadTimeout):
        await api.http.get("/runs/x", timeout=0.01)
