"""What goes out: method, target, body and headers of each call, and nothing more."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.answers import ASSISTANT_ID, RUN_ID, THREAD_ID, calling, completed, ok, run_json
from tests.support.clients import SECRET, Script, make_async_client
from yc_runs import (
    AsyncRun,
    AutoPromptTruncationStrategy,
    FunctionResult,
    FunctionTool,
    GenSearchTool,
    LastMessagesPromptTruncationStrategy,
    NoAuth,
    SearchIndexTool,
    ToolResult,
    __version__,
)

pytestmark = pytest.mark.anyio

ODD_IDS = ["../x", "a/b?c", "run#1", "a b", "a%2Fb", "пробег", "a&runId=b", "..%2f", "a;b", "a:b"]


async def created(**arguments: Any) -> Script:
    """The script of a gateway that was asked to create a run with these arguments."""
    script = Script(ok(run_json()))
    await make_async_client(script).runs.create(ASSISTANT_ID, THREAD_ID, **arguments)
    return script


async def a_run(script: Script) -> AsyncRun:
    """A run that was had from the first answer of the script."""
    return await make_async_client(script).runs.get(RUN_ID)


async def test_create_posts_the_two_ids_and_nothing_that_was_not_given() -> None:
    script = await created()
    assert script.seen == ["POST /assistants/v1/runs"]
    assert script.body == {"assistantId": ASSISTANT_ID, "threadId": THREAD_ID}
    assert script.request.headers["content-type"] == "application/json"


async def test_create_takes_anything_with_an_id() -> None:
    script = Script(ok(run_json()))
    await make_async_client(script).runs.create(SimpleNamespace(id="a1"), SimpleNamespace(id="t1"))
    assert script.body == {"assistantId": "a1", "threadId": "t1"}


@pytest.mark.parametrize(
    ("arguments", "members"),
    [
        ({"stream": True}, {"stream": True}),
        ({"stream": False}, {}),
        ({"labels": {"a": "b"}}, {"labels": {"a": "b"}}),
        ({"labels": {}}, {}),
        ({"custom_temperature": 0}, {"customCompletionOptions": {"temperature": 0.0}}),
        ({"custom_temperature": 0.25}, {"customCompletionOptions": {"temperature": 0.25}}),
        ({"custom_max_tokens": 50}, {"customCompletionOptions": {"maxTokens": "50"}}),
        (
            {"custom_temperature": 1, "custom_max_tokens": 2**40},
            {"customCompletionOptions": {"temperature": 1.0, "maxTokens": str(2**40)}},
        ),
        ({"custom_max_prompt_tokens": 9}, {"customPromptTruncationOptions": {"maxPromptTokens": "9"}}),
        (
            {"custom_prompt_truncation_strategy": "auto"},
            {"customPromptTruncationOptions": {"autoStrategy": {}}},
        ),
        (
            {"custom_prompt_truncation_strategy": AutoPromptTruncationStrategy(), "custom_max_prompt_tokens": 9},
            {"customPromptTruncationOptions": {"autoStrategy": {}, "maxPromptTokens": "9"}},
        ),
        (
            {"custom_prompt_truncation_strategy": LastMessagesPromptTruncationStrategy(num_messages=3)},
            {"customPromptTruncationOptions": {"lastMessagesStrategy": {"numMessages": "3"}}},
        ),
        ({"custom_response_format": "json"}, {"customResponseFormat": {"jsonObject": True}}),
        (
            {"custom_response_format": {"json_schema": {"type": "object", "default": None}}},
            {"customResponseFormat": {"jsonSchema": {"schema": {"type": "object", "default": None}}}},
        ),
        ({"additional_messages": []}, {}),
        (
            {"additional_messages": "hi"},
            {"additionalMessages": [{"content": {"content": [{"text": {"content": "hi"}}]}}]},
        ),
        ({"tools": []}, {}),
        (
            {"tools": FunctionTool(name="f", description="d", parameters={"type": "object", "enum": [None]})},
            {
                "tools": [
                    {"function": {"name": "f", "description": "d", "parameters": {"type": "object", "enum": [None]}}}
                ]
            },
        ),
        (
            {"tools": [SearchIndexTool(search_index_ids=("i1",), max_num_results=4)]},
            {"tools": [{"searchIndex": {"searchIndexIds": ["i1"], "maxNumResults": "4"}}]},
        ),
        ({"tools": [GenSearchTool(description="web")]}, {"tools": [{"genSearch": {"description": "web"}}]}),
    ],
)
async def test_each_argument_of_create_becomes_its_member(arguments: dict[str, Any], members: dict[str, Any]) -> None:
    script = await created(**arguments)
    assert script.body == {"assistantId": ASSISTANT_ID, "threadId": THREAD_ID, **members}


async def test_additional_messages_may_be_texts_dicts_and_messages_mixed() -> None:
    message = SimpleNamespace(role="ASSISTANT", text="three")
    script = await created(additional_messages=["one", {"role": "user", "text": "two"}, message])
    sent = script.body["additionalMessages"]
    assert [entry["content"]["content"][0]["text"]["content"] for entry in sent] == ["one", "two", "three"]
    assert [entry.get("author", {}).get("role") for entry in sent] == [None, "USER", "ASSISTANT"]


async def test_text_goes_out_as_utf_8_with_every_legal_character() -> None:
    text = 'é \u2028 \x85 \U0001f600 \x00 "\\ '
    script = await created(additional_messages=text)
    assert script.body["additionalMessages"][0]["content"]["content"][0]["text"]["content"] == text


async def test_get_asks_for_the_run_by_its_path() -> None:
    script = Script(ok(run_json()))
    await a_run(script)
    assert script.seen == [f"GET /assistants/v1/runs/{RUN_ID}"]
    assert script.request.content == b""
    assert "content-type" not in script.request.headers


@pytest.mark.parametrize("run_id", ODD_IDS)
async def test_an_id_in_a_path_never_reaches_another_endpoint(run_id: str) -> None:
    script = Script(ok(run_json()))
    await make_async_client(script).runs.get(run_id)
    path = script.request.url.raw_path.decode()
    assert path.startswith("/assistants/v1/runs/")
    assert not set("/?#&; ") & set(path.removeprefix("/assistants/v1/runs/"))


@pytest.mark.parametrize("thread_id", ODD_IDS)
async def test_an_id_in_a_query_stays_one_argument(thread_id: str) -> None:
    script = Script(ok(run_json()))
    await make_async_client(script).runs.get_last_by_thread(thread_id)
    assert script.request.url.path == "/assistants/v1/runs:getByThread"
    assert dict(script.request.url.params) == {"threadId": thread_id}


async def test_get_last_by_thread_takes_an_object_too() -> None:
    script = Script(ok(run_json()))
    await make_async_client(script).runs.get_last_by_thread(SimpleNamespace(id="t1"))
    assert script.seen == ["GET /assistants/v1/runs:getByThread?threadId=t1"]


async def test_listen_asks_from_the_index_and_for_bytes_as_they_come() -> None:
    script = Script(ok(run_json()), ok(), forever=False)
    run = await a_run(script)
    with pytest.raises(AssertionError, match="one request too many"):
        _ = [event async for event in run.listen(events_start_idx=3)]
    assert script.seen[1] == f"GET /assistants/v1/runs/listen?runId={RUN_ID}&eventsStartIdx=3"
    assert script.requests[1].headers["accept-encoding"] == "identity"
    assert "text/event-stream" in script.requests[1].headers["accept"]


@pytest.mark.parametrize(
    "results",
    [
        {"name": "f", "content": "42"},
        {"name": "f", "content": "42", "type": "function"},
        [{"name": "f", "content": "42"}],
        FunctionResult(name="f", content="42"),
        (ToolResult(function_result=FunctionResult(name="f", content="42")) for _ in range(1)),
    ],
    ids=["dict", "typed dict", "list", "model", "generator of models"],
)
async def test_submit_patches_the_results_in_whatever_shape_they_were_given(results: Any) -> None:
    if not isinstance(results, dict | list | FunctionResult):
        # A generator is used up by the first of the event loops that the test runs on.
        results = iter([ToolResult(function_result=FunctionResult(name="f", content="42"))])
    script = Script(ok(calling("f")), ok())
    run = await a_run(script)
    await run.submit_tool_results(results)
    assert script.seen[1:] == ["PATCH /assistants/v1/runs/submit"]
    body = script.requests[1].read()
    assert body == (
        b'{"runId":"%s","toolResultList":{"toolResults":[{"functionResult":{"name":"f","content":"42"}}]}}'
        % RUN_ID.encode()
    )


async def test_results_keep_their_order() -> None:
    script = Script(ok(calling("a", "b", "a")), ok())
    run = await a_run(script)
    await run.submit_tool_results([{"name": name, "content": str(i)} for i, name in enumerate(["a", "b", "a"])])
    assert script.requests[1].content.index(b'"0"') < script.requests[1].content.index(b'"2"')


async def test_every_request_carries_the_common_headers() -> None:
    script = Script(ok(run_json()))
    await make_async_client(script, folder_id="folder-7").runs.get(RUN_ID)
    headers = script.request.headers
    assert headers["authorization"] == f"Api-Key {SECRET}"
    assert headers["x-folder-id"] == "folder-7"
    assert headers["accept"] == "application/json"
    assert headers["user-agent"] == f"yc-runs/{__version__}"
    assert headers["host"] == "gateway.test"
    assert "x-data-logging-enabled" not in headers


async def test_only_a_request_with_a_body_tells_its_length_and_kind() -> None:
    script = Script(ok(run_json()), ok(run_json()))
    client = make_async_client(script)
    await client.runs.get(RUN_ID)
    await client.runs.create("a", "t", labels={"k": "ж"})
    get, create = script.requests
    assert not {"content-length", "content-type", "transfer-encoding"} & set(get.headers)
    assert create.headers["content-length"] == str(len(create.content))
    assert create.headers["content-type"] == "application/json"


async def test_each_attempt_has_a_request_id_of_its_own() -> None:
    script = Script(ok(run_json()), ok(run_json()))
    client = make_async_client(script)
    await client.runs.get(RUN_ID)
    await client.runs.get(RUN_ID)
    ids = [uuid.UUID(request.headers["x-client-request-id"]) for request in script.requests]
    assert ids[0] != ids[1]
    assert [number.version for number in ids] == [4, 4]


@pytest.mark.parametrize(("setting", "value"), [(False, "false"), (True, "true")])
async def test_data_logging_is_set_by_header(setting: bool, value: str) -> None:
    script = Script(ok(run_json()))
    await make_async_client(script, enable_server_data_logging=setting).runs.get(RUN_ID)
    assert script.request.headers["x-data-logging-enabled"] == value


async def test_own_headers_go_along_and_win() -> None:
    script = Script(ok(run_json()))
    client = make_async_client(script, headers={"X-Extra": "1", "User-Agent": "mine", "Host": "behind.test"})
    await client.runs.get(RUN_ID)
    assert script.request.headers["x-extra"] == "1"
    assert script.request.headers.get_list("host") == ["behind.test"]
    assert script.request.headers.get_list("user-agent") == ["mine"]


async def test_without_credentials_and_folder_neither_header_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_FOLDER_ID", raising=False)
    script = Script(ok(run_json()))
    await make_async_client(script, folder_id=None, auth=NoAuth()).runs.get(RUN_ID)
    assert not {"authorization", "x-folder-id"} & set(script.request.headers)


async def test_folder_and_base_url_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YC_FOLDER_ID", "folder-from-env")
    monkeypatch.setenv("YC_RUNS_BASE_URL", "https://other.test:8443/")
    script = Script(ok(completed()))
    await make_async_client(script, folder_id=None, base_url=None).runs.get(RUN_ID)
    assert script.request.headers["x-folder-id"] == "folder-from-env"
    assert str(script.request.url) == f"https://other.test:8443/assistants/v1/runs/{RUN_ID}"


async def test_requests_go_to_the_cloud_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_RUNS_BASE_URL", raising=False)
    script = Script(ok(run_json()))
    await make_async_client(script, base_url=None).runs.get(RUN_ID)
    assert script.request.url.host == "rest-assistant.api.cloud.yandex.net"
    assert script.request.url.scheme == "https"
