"""Every request that the client can send is one that the definitions know, and says what was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from hypothesis import given

from tests.interop.building import messages
from tests.interop.definitions import RPCS, is_map, new_message, reachable
from tests.interop.transcoding import NoSuchCallError, transcode
from yc_runs import (
    AutoPromptTruncationStrategy,
    Client,
    FunctionTool,
    LastMessagesPromptTruncationStrategy,
)
from yc_runs import models as m
from yc_runs.wire import Call, StreamCall
from yc_runs.wire.assistants import AssistantsDialect

Send = Callable[[Client], Any]
DIALECT = AssistantsDialect()

_SEARCH_TOOL = m.SearchIndexTool(
    search_index_ids=("index-1", "index-2"),
    max_num_results=3,
    rephraser_options=m.RephraserOptions(rephraser_uri="gpt://f/rephraser"),
    call_strategy=m.CallStrategy(auto_call=m.AutoCall(name="n", instruction="when asked")),
)
_ALWAYS = m.SearchIndexTool(call_strategy=m.CallStrategy(always_call=m.AlwaysCall()))
_TOOLS: list[Any] = [
    FunctionTool(name="f", description="d", parameters={"type": "object", "x": [1, None, {"y": 2.5}]}),
    _SEARCH_TOOL,
    _ALWAYS,
    m.GenSearchTool(
        description="web",
        options=m.GenSearchOptions(
            site=m.SiteOption(site=("a.test",)),
            enable_nrfm_docs=True,
            search_filters=(
                m.SearchFilter(date=">2020"),
                m.SearchFilter(lang="ru"),
                m.SearchFilter(format=m.DocFormat.DOC_FORMAT_PDF),
            ),
        ),
    ),
    m.GenSearchTool(options=m.GenSearchOptions(host=m.HostOption(host=("b.test",)))),
    m.GenSearchTool(options=m.GenSearchOptions(url=m.UrlOption(url=("https://c.test/",)))),
]
_TOOLS_JSON: list[Any] = [
    {"function": {"name": "f", "description": "d", "parameters": {"type": "object", "x": [1, None, {"y": 2.5}]}}},
    {
        "searchIndex": {
            "searchIndexIds": ["index-1", "index-2"],
            "maxNumResults": "3",
            "rephraserOptions": {"rephraserUri": "gpt://f/rephraser"},
            "callStrategy": {"autoCall": {"name": "n", "instruction": "when asked"}},
        }
    },
    {"searchIndex": {"callStrategy": {"alwaysCall": {}}}},
    {
        "genSearch": {
            "description": "web",
            "options": {
                "site": {"site": ["a.test"]},
                "enableNrfmDocs": True,
                "searchFilters": [{"date": ">2020"}, {"lang": "ru"}, {"format": "DOC_FORMAT_PDF"}],
            },
        }
    },
    {"genSearch": {"options": {"host": {"host": ["b.test"]}}}},
    {"genSearch": {"options": {"url": {"url": ["https://c.test/"]}}}},
]
_SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}}
_STORED = {
    "name": "a name",
    "description": "a description",
    "labels": {"k": "v"},
    "ttl_days": 3,
    "expiration_policy": "static",
}
_STORED_JSON = {
    "name": "a name",
    "description": "a description",
    "labels": {"k": "v"},
    "expirationConfig": {"expirationPolicy": "STATIC", "ttlDays": "3"},
}


def _text(text: str) -> dict[str, Any]:
    return {"content": [{"text": {"content": text}}]}


def _by(role: str) -> dict[str, str]:
    return {"id": "yc-runs", "role": role}


# What is called, the call that this makes, and the request it must make, in the JSON of the definitions.
_CASES: dict[str, tuple[Send, str, dict[str, Any]]] = {
    "a run": (
        lambda c: c.runs.create("a", "t"),
        "RunService.Create",
        {"assistantId": "a", "threadId": "t"},
    ),
    "a run with everything": (
        lambda c: c.runs.create(
            "a",
            "t",
            stream=True,
            labels={"k": "v", "é": ""},
            additional_messages=["hi", {"role": "assistant", "text": "ho\u2028"}],
            custom_temperature=0,
            custom_max_tokens=2**53 + 1,
            custom_max_prompt_tokens=7,
            custom_prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=5),
            custom_response_format={"json_schema": _SCHEMA},
            tools=_TOOLS,
        ),
        "RunService.Create",
        {
            "assistantId": "a",
            "threadId": "t",
            "stream": True,
            "labels": {"k": "v", "é": ""},
            "additionalMessages": [
                {"content": _text("hi")},
                {"author": _by("ASSISTANT"), "content": _text("ho\u2028")},
            ],
            "customCompletionOptions": {"temperature": 0, "maxTokens": str(2**53 + 1)},
            "customPromptTruncationOptions": {"maxPromptTokens": "7", "lastMessagesStrategy": {"numMessages": "5"}},
            "customResponseFormat": {"jsonSchema": {"schema": _SCHEMA}},
            "tools": _TOOLS_JSON,
        },
    ),
    "a run with the other of each pair": (
        lambda c: c.runs.create(
            "a", "t", custom_prompt_truncation_strategy="auto", custom_response_format="json", custom_temperature=0.25
        ),
        "RunService.Create",
        {
            "assistantId": "a",
            "threadId": "t",
            "customPromptTruncationOptions": {"autoStrategy": {}},
            "customResponseFormat": {"jsonObject": True},
            "customCompletionOptions": {"temperature": 0.25},
        },
    ),
    "a look at a run": (lambda c: c.runs.get("r"), "RunService.Get", {"runId": "r"}),
    "a look at a run with an odd id": (
        lambda c: c.runs.get("../a?b#c%2F:é"),
        "RunService.Get",
        {"runId": "../a?b#c%2F:é"},
    ),
    "the last run": (lambda c: c.runs.get_last_by_thread("t/ä&"), "RunService.GetLastByThread", {"threadId": "t/ä&"}),
    "the runs": (lambda c: list(c.runs.list()), "RunService.List", {"folderId": "f"}),
    "the runs, sized": (
        lambda c: list(c.runs.list(page_size=10)),
        "RunService.List",
        {"folderId": "f", "pageSize": "10"},
    ),
    "listening": (
        lambda c: next(iter(c.runs.get("r").listen()), None),
        "RunService.Listen",
        {"runId": "r", "eventsStartIdx": "0"},
    ),
    "listening on": (
        lambda c: next(c.runs.get("r").listen(events_start_idx=2**40), None),
        "RunService.Listen",
        {"runId": "r", "eventsStartIdx": str(2**40)},
    ),
    "results": (
        lambda c: c.runs.get("r").submit_tool_results([{"name": "f", "content": "1"}, {"name": "g", "content": ""}]),
        "RunService.Submit",
        {
            "runId": "r",
            "toolResultList": {
                "toolResults": [
                    {"functionResult": {"name": "f", "content": "1"}},
                    {"functionResult": {"name": "g", "content": ""}},
                ]
            },
        },
    ),
    "a thread": (lambda c: c.threads.create(), "ThreadService.Create", {"folderId": "f"}),
    "a thread with everything": (
        lambda c: c.threads.create(["one", {"role": "user", "text": "two"}], tools=_TOOLS, **_STORED),
        "ThreadService.Create",
        {
            "folderId": "f",
            "messages": [{"content": _text("one")}, {"author": _by("USER"), "content": _text("two")}],
            "tools": _TOOLS_JSON,
            **_STORED_JSON,
        },
    ),
    "a look at a thread": (lambda c: c.threads.get("t"), "ThreadService.Get", {"threadId": "t"}),
    "the threads": (
        lambda c: list(c.threads.list(page_size=2)),
        "ThreadService.List",
        {"folderId": "f", "pageSize": "2"},
    ),
    "a change of a thread": (
        lambda c: c.threads.get("t").update(tools=_TOOLS, **_STORED),
        "ThreadService.Update",
        {
            "threadId": "t",
            "updateMask": "name,description,labels,expirationConfig.ttlDays,expirationConfig.expirationPolicy,tools",
            "tools": _TOOLS_JSON,
            **_STORED_JSON,
        },
    ),
    "a thread made bare": (
        lambda c: c.threads.get("t").update(name=None, labels=None, ttl_days=None),
        "ThreadService.Update",
        {"threadId": "t", "updateMask": "name,labels,expirationConfig.ttlDays"},
    ),
    "a thread's end": (lambda c: c.threads.get("t").delete(), "ThreadService.Delete", {"threadId": "t"}),
    "a message": (
        lambda c: c.messages.create({"role": "assistant", "text": "hi"}, thread_id="t", labels={"k": "v"}),
        "MessageService.Create",
        {"threadId": "t", "author": _by("ASSISTANT"), "labels": {"k": "v"}, "content": _text("hi")},
    ),
    "a message by its thread": (
        lambda c: c.threads.get("t").write("hi"),
        "MessageService.Create",
        {"threadId": "t", "content": _text("hi")},
    ),
    "a look at a message": (
        lambda c: c.messages.get("t", "m/1"),
        "MessageService.Get",
        {"threadId": "t", "messageId": "m/1"},
    ),
    "the messages": (lambda c: next(c.messages.list("t"), None), "MessageService.List", {"threadId": "t"}),
    "an assistant": (
        lambda c: c.assistants.create("yandexgpt"),
        "AssistantService.Create",
        {"folderId": "f", "modelUri": "gpt://f/yandexgpt/latest", "promptTruncationOptions": {}},
    ),
    "an assistant with everything": (
        lambda c: c.assistants.create(
            "gpt://x/y/z",
            temperature=0.5,
            max_tokens=9,
            max_prompt_tokens=8,
            prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=4),
            instruction="be brief",
            tools=_TOOLS,
            response_format={"json_schema": _SCHEMA},
            **_STORED,
        ),
        "AssistantService.Create",
        {
            "folderId": "f",
            "modelUri": "gpt://x/y/z",
            "completionOptions": {"temperature": 0.5, "maxTokens": "9"},
            "promptTruncationOptions": {"maxPromptTokens": "8", "lastMessagesStrategy": {"numMessages": "4"}},
            "instruction": "be brief",
            "tools": _TOOLS_JSON,
            "responseFormat": {"jsonSchema": {"schema": _SCHEMA}},
            **_STORED_JSON,
        },
    ),
    "a look at an assistant": (lambda c: c.assistants.get("a"), "AssistantService.Get", {"assistantId": "a"}),
    "the assistants": (
        lambda c: list(c.assistants.list(page_size=2)),
        "AssistantService.List",
        {"folderId": "f", "pageSize": "2"},
    ),
    "a change of an assistant": (
        lambda c: c.assistants.get("a").update(
            model="gpt://x/y/z",
            temperature=0.5,
            max_tokens=9,
            max_prompt_tokens=8,
            prompt_truncation_strategy=AutoPromptTruncationStrategy(),
            instruction="be brief",
            tools=_TOOLS,
            response_format="json",
            **_STORED,
        ),
        "AssistantService.Update",
        {
            "assistantId": "a",
            "updateMask": "name,description,labels,expirationConfig.ttlDays,expirationConfig.expirationPolicy,tools,"
            "modelUri,instruction,completionOptions.temperature,completionOptions.maxTokens,"
            "promptTruncationOptions.maxPromptTokens,promptTruncationOptions.autoStrategy,responseFormat",
            "modelUri": "gpt://x/y/z",
            "completionOptions": {"temperature": 0.5, "maxTokens": "9"},
            "promptTruncationOptions": {"maxPromptTokens": "8", "autoStrategy": {}},
            "instruction": "be brief",
            "tools": _TOOLS_JSON,
            "responseFormat": {"jsonObject": True},
            **_STORED_JSON,
        },
    ),
    "an assistant's end": (
        lambda c: c.assistants.get("a").delete(),
        "AssistantService.Delete",
        {"assistantId": "a"},
    ),
    "the versions": (
        lambda c: list(c.assistants.get("a").list_versions(page_size=2)),
        "AssistantService.ListVersions",
        {"assistantId": "a", "pageSize": "2"},
    ),
}
# Fields of requests that no call of the client sets, and why.
_NEVER_SENT = {
    "CreateThreadRequest.default_message_author_id": "an author id has no meaning of its own; the service makes one",
    "MessageData.labels": "messages that come with a thread or a run have no labels; `messages.create` gives them some",
}


class _Seen:
    """A gateway that answers everything with an object, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/listen"):
            cursor = {"currentEventIdx": request.url.params["eventsStartIdx"]}
            return httpx.Response(200, json={"eventType": "DONE", "streamCursor": cursor})
        key = request.url.params.get("messageId") or request.url.path.rpartition("/")[2]
        state = {"status": "TOOL_CALLS", "toolCallList": {"toolCalls": [{"functionCall": {"name": "f"}}]}}
        return httpx.Response(200, json={"id": key, "state": state if "/runs/" in request.url.path else None})


def _sent(send: Send) -> tuple[str, Message]:
    seen = _Seen()
    http = httpx.Client(transport=httpx.MockTransport(seen))
    with http, Client(folder_id="f", auth="key", base_url="http://localhost", http_client=http) as client:
        send(client)
    last = seen.requests[-1]
    return transcode(last.method, last.url.raw_path.decode(), last.content)


@pytest.mark.parametrize("case", _CASES)
def test_a_request_says_what_was_asked_for(case: str) -> None:
    send, name, wanted = _CASES[case]
    assert _sent(send) == (name, _wanted(name, wanted))


def _wanted(name: str, fields: dict[str, Any]) -> Message:
    (rpc,) = (rpc for rpc in RPCS if rpc.name == name)
    return json_format.Parse(json.dumps(fields), new_message(rpc.method.input_type))


def test_every_call_and_every_field_of_its_request_is_tried_above() -> None:
    tried = {name for _, name, _ in _CASES.values()}
    assert {rpc.name for rpc in RPCS} == tried
    set_fields = {field for _, name, wanted in _CASES.values() for field in _set_fields(_wanted(name, wanted))}
    requests = reachable(rpc.method.input_type for rpc in RPCS).values()
    all_fields = {f"{one.name}.{field.name}" for one in requests for field in one.fields}
    # Only the pages after the first have a token; that it is sent is for test_gateways.py to see.
    tokens = {name for name in all_fields if name.endswith(".page_token")}
    assert all_fields - set_fields - tokens == _NEVER_SENT.keys()


def _set_fields(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        yield f"{message.DESCRIPTOR.name}.{field.name}"
        if field.message_type and not is_map(field):
            for one in value if field.is_repeated else [value]:
                yield from _set_fields(one)


def test_a_page_token_goes_as_it_came() -> None:
    token = "a+/=&?é %"
    calls: list[Call[Any]] = [
        DIALECT.list_runs("f", page_size=None, page_token=token),
        DIALECT.list_threads("f", page_size=None, page_token=token),
        DIALECT.list_assistants("f", page_size=None, page_token=token),
        DIALECT.list_assistant_versions("a", page_size=None, page_token=token),
    ]
    assert [_transcoded(call)[1].page_token for call in calls] == [token] * 4


_DESCRIPTORS: dict[str, Descriptor] = {rpc.name: rpc.method.input_type for rpc in RPCS}


def _transcoded(call: Call[Any] | StreamCall[Any]) -> tuple[str, Any]:
    return transcode(call.request.method, call.request.target, call.request.body)


def _json(message: Message) -> str:
    return json_format.MessageToJson(message)


@given(messages(_DESCRIPTORS["RunService.Create"], finite=True))
def test_any_run_that_can_be_described_is_sent_as_it_is(message: Any) -> None:
    message.assistant_id, message.thread_id = "a", "t"
    call = DIALECT.create_run(m.RunSpec.model_validate_json(_json(message)))
    assert _transcoded(call) == ("RunService.Create", message)


@given(messages(_DESCRIPTORS["MessageService.Create"], finite=True))
def test_any_message_that_can_be_described_is_sent_as_it_is(message: Any) -> None:
    message.ClearField("thread_id")
    data = m.MessageData.model_validate_json(_json(message))
    message.thread_id = "t"
    assert _transcoded(DIALECT.create_message("t", data)) == ("MessageService.Create", message)


@given(messages(_DESCRIPTORS["RunService.Submit"].fields_by_name["tool_result_list"].message_type))
def test_any_results_that_can_be_described_are_sent_as_they_are(message: Any) -> None:
    results = m.ToolResultList.model_validate_json(_json(message))
    name, sent = _transcoded(DIALECT.submit_tool_results("r", results))
    assert (name, sent.run_id, sent.tool_result_list) == ("RunService.Submit", "r", message)


@pytest.mark.parametrize(("verb", "path"), [("POST", "/assistants/v1/runs/r"), ("GET", "/assistants/v1/run")])
def test_what_the_definitions_have_no_call_for_is_told(verb: str, path: str) -> None:
    with pytest.raises(NoSuchCallError):
        transcode(verb, path, b"{}")


def test_names_that_the_definitions_do_not_have_are_told() -> None:
    with pytest.raises(json_format.ParseError, match="nosuch"):
        transcode("POST", "/assistants/v1/runs", b'{"nosuch": 1}')
    with pytest.raises(json_format.ParseError, match="nosuch"):
        transcode("GET", "/assistants/v1/runs?nosuch=1", None)
