"""The Assistants dialect: every request byte for byte, and what each answer means."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yc_runs.errors import UnsupportedOperationError
from yc_runs.models import (
    Author,
    CompletionOptions,
    ContentPart,
    FunctionResult,
    FunctionTool,
    JsonSchema,
    LastMessagesPromptTruncationStrategy,
    Message,
    MessageContent,
    MessageData,
    PromptTruncationOptions,
    ResponseFormat,
    RunData,
    RunSpec,
    RunStreamEvent,
    StreamEvent,
    Text,
    Tool,
    ToolResult,
    ToolResultList,
)
from yc_runs.wire import Call, Dialect, Request, StreamCall
from yc_runs.wire.assistants import AssistantsDialect
from yc_runs.wire.assistants._reading import document_reader
from yc_runs.wire.assistants.runs import read_run
from yc_runs.wire.faults import Fault, LateFaultError

DIALECT = AssistantsDialect()
RESULTS = ToolResultList(
    tool_results=(ToolResult(function_result=FunctionResult(name="f", content='{"x": "ё"}')),),
)
ALL = RunSpec(
    assistant_id="a",
    thread_id="t",
    labels={"k": "v"},
    additional_messages=(
        MessageData(
            author=Author(id="i", role="USER"), content=MessageContent(content=(ContentPart(text=Text(content="ё")),))
        ),
    ),
    custom_prompt_truncation_options=PromptTruncationOptions(
        max_prompt_tokens=7, strategy=LastMessagesPromptTruncationStrategy(num_messages=2)
    ),
    custom_completion_options=CompletionOptions(max_tokens=5, temperature=0),
    stream=True,
    tools=(Tool(function=FunctionTool(name="f", description="d", parameters={"a_b": None})),),
    custom_response_format=ResponseFormat(json_schema=JsonSchema(schema={"type": "object"})),
)

Sent = tuple[str, str, "bytes | None"]


def sent(call: Call[Any] | StreamCall[Any]) -> Sent:
    return call.request.method, call.request.target, call.request.body


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            DIALECT.create_run(RunSpec(assistant_id="a", thread_id="t")),
            ("POST", "/assistants/v1/runs", b'{"assistantId":"a","threadId":"t"}'),
        ),
        (
            DIALECT.create_run(ALL),
            (
                "POST",
                "/assistants/v1/runs",
                (
                    '{"assistantId":"a","threadId":"t","labels":{"k":"v"},"additionalMessages":[{"author":{"id":"i",'
                    '"role":"USER"},"content":{"content":[{"text":{"content":"ё"}}]}}],"customPromptTruncationOptions":'
                    '{"maxPromptTokens":"7","lastMessagesStrategy":{"numMessages":"2"}},"customCompletionOptions":'
                    '{"maxTokens":"5","temperature":0.0},"stream":true,"tools":[{"function":{"name":"f","description":'
                    '"d","parameters":{"a_b":null}}}],"customResponseFormat":{"jsonSchema":{"schema":{"type":"object"}}}}'
                ).encode(),
            ),
        ),
        (DIALECT.get_run("abc"), ("GET", "/assistants/v1/runs/abc", None)),
        (DIALECT.get_last_run("t 1&x=2"), ("GET", "/assistants/v1/runs:getByThread?threadId=t%201%26x%3D2", None)),
        (
            DIALECT.list_runs("b1", page_size=50, page_token=""),
            ("GET", "/assistants/v1/runs?folderId=b1&pageSize=50", None),
        ),
        (
            DIALECT.list_runs("b1", page_size=None, page_token="a+/=\n"),
            ("GET", "/assistants/v1/runs?folderId=b1&pageToken=a%2B%2F%3D%0A", None),
        ),
        (DIALECT.listen("abc", 0), ("GET", "/assistants/v1/runs/listen?runId=abc&eventsStartIdx=0", None)),
        (DIALECT.listen("a/b", 41), ("GET", "/assistants/v1/runs/listen?runId=a%2Fb&eventsStartIdx=41", None)),
        (
            DIALECT.submit_tool_results("abc", RESULTS),
            (
                "PATCH",
                "/assistants/v1/runs/submit",
                '{"runId":"abc","toolResultList":{"toolResults":[{"functionResult":{"name":"f",'
                '"content":"{\\"x\\": \\"ё\\"}"}}]}}'.encode(),
            ),
        ),
    ],
)
def test_each_call_is_sent_byte_for_byte(call: Call[Any] | StreamCall[Any], expected: Sent) -> None:
    assert sent(call) == expected


def test_every_call_has_a_name_for_logs_and_a_subject_for_errors() -> None:
    calls = [
        (DIALECT.create_run(ALL), "/assistants/v1/runs", "create a run of assistant 'a' on thread 't'"),
        (DIALECT.get_run("r"), "/assistants/v1/runs/{run_id}", "get run 'r'"),
        (DIALECT.get_last_run("t"), "/assistants/v1/runs:getByThread", "get the last run of thread 't'"),
        (DIALECT.list_runs("f", page_size=1, page_token=""), "/assistants/v1/runs", "list the runs of folder 'f'"),
        (DIALECT.listen("r", 3), "/assistants/v1/runs/listen", "listen to run 'r' from event 3"),
        (DIALECT.submit_tool_results("r", RESULTS), "/assistants/v1/runs/submit", "submit tool results to run 'r'"),
    ]
    for call, name, subject in calls:
        assert (call.request.name, call.request.subject) == (name, subject)
    assert [call.request.is_write for call, *_ in calls] == [True, False, False, False, False, True]


def test_bodies_are_not_shown_in_reprs() -> None:
    assert "assistantId" not in repr(DIALECT.create_run(ALL))


@pytest.mark.parametrize(
    ("run_id", "path"),
    [
        ("../x", "..%2Fx"),
        ("a/b?c", "a%2Fb%3Fc"),
        ("a#b", "a%23b"),
        ("a%2Fb", "a%252Fb"),
        ("...", "..."),
        (":getByThread", "%3AgetByThread"),
        ("ё b", "%D1%91%20b"),
        ("\\..\\", "%5C..%5C"),
    ],
)
def test_an_odd_id_stays_one_path_segment(run_id: str, path: str) -> None:
    assert DIALECT.get_run(run_id).request.target == f"/assistants/v1/runs/{path}"


BAD_IDS = ["", ".", "..", "a\nb", "\r", "\x00", "a\x7f", "\u2028", "\u200b", "\ud800", "\t"]


def spec(assistant: str = "a", thread: str = "t") -> RunSpec:
    return RunSpec.model_construct({"assistant_id", "thread_id"}, assistant_id=assistant, thread_id=thread)


ID_USERS = {
    "get": lambda bad: DIALECT.get_run(bad),
    "get last": lambda bad: DIALECT.get_last_run(bad),
    "list": lambda bad: DIALECT.list_runs(bad, page_size=None, page_token=""),
    "listen": lambda bad: DIALECT.listen(bad, 0),
    "submit": lambda bad: DIALECT.submit_tool_results(bad, RESULTS),
    "create, assistant": lambda bad: DIALECT.create_run(spec(assistant=bad)),
    "create, thread": lambda bad: DIALECT.create_run(spec(thread=bad)),
}


@pytest.mark.parametrize("call", ID_USERS.values(), ids=ID_USERS)
@pytest.mark.parametrize("bad", BAD_IDS)
def test_what_cannot_be_an_id_is_refused_by_every_call(call: Any, bad: str) -> None:
    with pytest.raises(ValueError, match="cannot be an id"):
        call(bad)


@pytest.mark.parametrize("call", ID_USERS.values(), ids=ID_USERS)
@pytest.mark.parametrize("bad", [None, 5, b"x", ["x"]])
def test_an_id_that_is_no_str_is_a_type_error(call: Any, bad: Any) -> None:
    with pytest.raises(TypeError, match="expected a str"):
        call(bad)


@pytest.mark.parametrize("run_id", ["listen", "submit"])
def test_an_id_that_is_the_name_of_a_call_never_reaches_it(run_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be an id"):
        DIALECT.get_run(run_id)


@given(st.text())
def test_no_id_reaches_another_endpoint(run_id: str) -> None:
    try:
        one = DIALECT.get_run(run_id).request.target
        stream = DIALECT.listen(run_id, 0).request.target
    except ValueError:
        return
    assert urlsplit(one).path == one
    assert one.count("/") == 4
    assert unquote(one.rpartition("/")[2]) == run_id
    assert parse_qs(urlsplit(stream).query, strict_parsing=True) == {"runId": [run_id], "eventsStartIdx": ["0"]}
    assert (one + stream).isascii()


@pytest.mark.parametrize(
    "parameters",
    [{"a": float("nan")}, {"a": object()}, {"a": "\ud800"}, {"a": [float("inf")]}],
)
def test_what_json_cannot_hold_is_refused_before_sending(parameters: dict[str, Any]) -> None:
    tools = (Tool(function=FunctionTool(name="f", parameters=parameters)),)
    with pytest.raises((TypeError, ValueError), match=r"holds what is not JSON|cannot be sent as JSON"):
        DIALECT.create_run(RunSpec(assistant_id="a", thread_id="t", tools=tools))


def test_parameters_that_are_nested_too_deep_are_refused_before_sending() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    tools = (Tool(function=FunctionTool(name="f", parameters=deep)),)
    with pytest.raises(ValueError, match="depth"):
        DIALECT.create_run(RunSpec(assistant_id="a", thread_id="t", tools=tools))


def test_a_run_is_read_from_its_answer() -> None:
    assert DIALECT.get_run("r").decode(b'{"id":"r","thread_id":"t"}').thread_id == "t"


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (b"{}", "without an id"),
        (b'{"id": ""}', "without an id"),
        (b"", "Invalid JSON"),
        (b"<html>", "Invalid JSON"),
        (b"[]", "Input should be an object"),
        (b'{"id":"r","state":{"status":[]}}', "state.status: Value error"),
        (b'{"id":"r","usage":{"totalTokens":"x"}}', "usage.totalTokens: Input should be a valid integer"),
        (b'{"id":"r","tools":[{"function":{"name":5}}]}', "tools"),
    ],
)
def test_an_answer_that_is_no_run_says_where_it_is_wrong(body: bytes, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        read_run(body)


def test_problems_are_told_without_the_values() -> None:
    with pytest.raises(ValueError, match="created_at") as caught:
        read_run(b'{"id":"r","created_at":"secret-value"}')
    assert "secret" not in str(caught.value)


EMPTY_HANDED: list[Call[None]] = [
    DIALECT.submit_tool_results("r", RESULTS),
    DIALECT.delete_thread("t"),
    DIALECT.delete_assistant("a"),
]


@pytest.mark.parametrize("call", EMPTY_HANDED, ids=lambda call: call.request.method)
@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b"null", b'{"new": 1}', b'{"error": null}'])
def test_the_answer_to_a_submit_or_delete_tells_nothing(call: Call[None], body: bytes) -> None:
    call.decode(body)


@pytest.mark.parametrize("call", EMPTY_HANDED, ids=lambda call: call.request.method)
@pytest.mark.parametrize(
    "body", [b"<html>Log in</html>", b"ok", b"[]", b"{", b"\xff", b'{"error": {"code": 13}}', b'{"a":' * 100_000]
)
def test_what_cannot_be_the_answer_to_a_submit_or_delete_is_not_taken_for_it(call: Call[None], body: bytes) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        call.decode(body)


@pytest.mark.parametrize("key", ["nextPageToken", "next_page_token"])
def test_a_page_of_runs_is_read(key: str) -> None:
    decode = DIALECT.list_runs("f", page_size=1, page_token="").decode
    page = decode(json.dumps({"runs": [{"id": "r"}], key: "n"}).encode())
    assert ([run.id for run in page.items], page.next_token) == (["r"], "n")


# Empty lists are left out by the service, and a newer one may say more than is known here.
@pytest.mark.parametrize("body", [b"{}", b'{"runs":[]}', b'{"runs":null}', b'{"brandNew":1}'])
def test_an_empty_page_is_read(body: bytes) -> None:
    page = DIALECT.list_runs("f", page_size=1, page_token="").decode(body)
    assert (page.items, page.next_token) == ((), "")


EVENT = {"eventType": "DONE", "streamCursor": {"currentEventIdx": "3"}}


@pytest.mark.parametrize(
    "document",
    [
        EVENT,
        {"result": EVENT},
        {"result": {"event_type": 3, "stream_cursor": {"current_event_idx": 3}}},
        {"error": None, **EVENT},
        {"code": 5, **EVENT},
        {"message": "m", "stream_cursor": {"currentEventIdx": 3}, "event_type": "DONE"},
    ],
)
def test_an_event_is_read_bare_or_wrapped(document: dict[str, Any]) -> None:
    event = DIALECT.listen("r", 0).decode(json.dumps(document).encode())
    assert (event.event_type, event.index) == (StreamEvent.DONE, 3)


def test_an_event_that_begins_with_its_error_is_an_event() -> None:
    document = b' {"error": {"code": 3, "message": "m"}, "eventType": "ERROR"}'
    event = DIALECT.listen("r", 0).decode(document)
    assert (event.status, event.error, event.error_code) == (StreamEvent.ERROR, "m", 3)


def test_a_message_that_holds_an_error_member_is_a_message() -> None:
    assert document_reader(Message)(b'{"message": "x", "id": "m"}').id == "m"


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (b'{"error":{"grpcCode":14,"httpCode":503,"message":"gone"}}', Fault("gone", 14)),
        (b'\n{ "error" : {"code":8,"message":"slow"}}', Fault("slow", 8)),
        (b'{"error":"text","code":16,"message":"m"}', Fault("m", 16)),
        (b'{"code":5,"message":"m","details":[1]}', Fault("m", 5, (1,))),
        (b'{"message":"m","code":5}', Fault("m", 5)),
        (b'{"details":[],"code":5,"message":"m"}', Fault("m", 5)),
    ],
)
def test_a_late_failure_is_told_from_an_event(document: bytes, fault: Fault) -> None:
    with pytest.raises(LateFaultError) as caught:
        DIALECT.listen("r", 0).decode(document)
    assert caught.value.fault == fault


@pytest.mark.parametrize(
    "document",
    [
        b'{"result":{"eventType":[]}}',
        b'{"eventType":{}}',
        b'{"result":',
        b'{"error":' * 5000 + b"1" + b"}" * 5000,
        b'{"result":{"x":' + b"9" * 5000 + b"}}",
        b'{"result":"\xff"}',
        b"[1]",
    ],
)
def test_a_document_that_is_no_event_is_a_value_error(document: bytes) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        DIALECT.listen("r", 0).decode(document)
    assert not isinstance(caught.value, LateFaultError)


@given(st.binary(max_size=60), st.sampled_from([b"", b'{"result":', b'{"error":', b'{"code":']))
def test_arbitrary_documents_give_an_event_or_a_value_error(rest: bytes, start: bytes) -> None:
    try:
        event = DIALECT.listen("r", 0).decode(start + rest)
    except ValueError:
        return
    assert isinstance(event, RunStreamEvent)


def test_why_a_run_cannot_be_cancelled_is_told() -> None:
    with pytest.raises(UnsupportedOperationError, match="run 'r' cannot be cancelled"):
        DIALECT.run(RunData(id="r")).cancel()


def test_the_dialect_names_itself_and_its_host_and_fits_the_interface() -> None:
    dialect: Dialect = DIALECT
    assert (dialect.name, dialect.base_url) == ("assistants", "https://rest-assistant.api.cloud.yandex.net")


@pytest.mark.parametrize(
    ("method", "is_write"), [("GET", False), ("HEAD", False), ("POST", True), ("PATCH", True), ("DELETE", True)]
)
def test_only_reading_is_no_write(method: str, is_write: bool) -> None:
    assert Request(method, "/", "/", "s").is_write is is_write
