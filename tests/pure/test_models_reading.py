"""Answers in every legal spelling become the same values; what this client does not know does no harm."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.alias_generators import to_snake

from yc_runs import models
from yc_runs.models import (
    Citation,
    ContentPart,
    ExpirationPolicy,
    FileChunk,
    FunctionCall,
    LastMessagesPromptTruncationStrategy,
    Message,
    MessageStatus,
    Model,
    PartialMessage,
    PromptTruncationOptions,
    ResponseFormat,
    RunData,
    RunResult,
    RunStatus,
    RunStreamEvent,
    SearchIndex,
    SearchIndexTool,
    Source,
    StreamCursor,
    StreamEvent,
    Tool,
    ToolCall,
    Usage,
)

UTC = timezone.utc

RUN: dict[str, Any] = {
    "id": "r",
    "assistantId": "a",
    "threadId": "t",
    "createdBy": "me",
    "createdAt": "2025-01-02T03:04:05.123456789Z",
    "labels": {"fooBar": "x", "foo_bar": "y"},
    "state": {
        "status": "COMPLETED",
        "completedMessage": {
            "id": "m",
            "threadId": "t",
            "author": {"id": "a", "role": "ASSISTANT"},
            "content": {"content": [{"text": {"content": "one"}}, {"text": {"content": "two"}}]},
            "status": "TRUNCATED",
            "citations": [{"sources": [{"chunk": {"sourceFile": {"id": "f", "mimeType": "text/plain"}}}]}],
        },
    },
    "usage": {"promptTokens": "12", "completionTokens": 3, "totalTokens": "15"},
    "customPromptTruncationOptions": {"maxPromptTokens": "7", "lastMessagesStrategy": {"numMessages": "2"}},
    "customCompletionOptions": {"maxTokens": "9", "temperature": 0},
    "tools": [
        {"function": {"name": "f", "parameters": {"someKey": {"another_key": None}}}},
        {"searchIndex": {"searchIndexIds": ["i"], "maxNumResults": "4", "callStrategy": {"autoCall": {"name": "n"}}}},
        {"genSearch": {"options": {"enableNrfmDocs": True, "searchFilters": [{"format": "DOC_FORMAT_PDF"}]}}},
    ],
    "customResponseFormat": {"jsonSchema": {"schema": {"someKey": 1}}},
}
FREE = {"parameters", "schema", "labels", "arguments"}


def respell(value: Any, spell: Any) -> Any:
    """The same answer with each name spelled another way; free JSON is left alone."""
    if isinstance(value, list):
        return [respell(item, spell) for item in value]
    if not isinstance(value, dict):
        return value
    return {spell(name): member if name in FREE else respell(member, spell) for name, member in value.items()}


def mixed(name: str) -> str:
    return to_snake(name) if len(name) % 2 else name


@pytest.mark.parametrize("spell", [to_snake, mixed], ids=["snake", "mixed"])
def test_both_spellings_and_mixtures_give_the_same_run(spell: Any) -> None:
    assert RunData.model_validate(respell(RUN, spell)) == RunData.model_validate(RUN)


def test_json_and_decoded_json_give_the_same_run() -> None:
    assert RunData.model_validate_json(json.dumps(RUN)) == RunData.model_validate(RUN)


def test_every_field_of_a_run_is_read() -> None:
    run = RunData.model_validate_json(json.dumps(RUN))
    assert (run.id, run.assistant_id, run.thread_id, run.created_by) == ("r", "a", "t", "me")
    assert run.created_at == datetime(2025, 1, 2, 3, 4, 5, 123456, UTC)
    assert run.labels == {"fooBar": "x", "foo_bar": "y"}
    assert run.status is RunStatus.COMPLETED
    assert run.usage == Usage(prompt_tokens=12, completion_tokens=3, total_tokens=15)
    assert run.usage is not None
    assert run.usage.input_text_tokens == 12
    options = run.custom_prompt_truncation_options
    assert options == PromptTruncationOptions(
        max_prompt_tokens=7, strategy=LastMessagesPromptTruncationStrategy(num_messages=2)
    )
    assert run.custom_completion_options is not None
    assert run.custom_completion_options.temperature == 0.0
    function, index, search = run.tools
    assert function.function is not None
    assert function.function.parameters == {"someKey": {"another_key": None}}
    assert index.search_index is not None
    assert index.search_index.max_num_results == 4
    assert search.gen_search is not None
    assert search.gen_search.options is not None
    assert search.gen_search.options.search_filters[0].format == 1
    assert run.custom_response_format is not None
    assert run.custom_response_format.value == {"json_schema": {"someKey": 1}}
    assert run.model_extra == {}


@pytest.mark.parametrize("digits", [0, 3, 6, 9])
def test_timestamps_of_each_length_are_aware(digits: int) -> None:
    fraction = f".{'123456789'[:digits]}" if digits else ""
    run = RunData.model_validate_json(json.dumps({"createdAt": f"2025-01-02T03:04:05{fraction}Z"}))
    expected = datetime(2025, 1, 2, 3, 4, 5, int("123456"[:digits].ljust(6, "0")), UTC)
    assert run.created_at == expected
    assert run.created_at is not None
    assert run.created_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", ["yesterday", "", "2025-13-01T00:00:00Z", [], {}, True])
def test_what_is_no_timestamp_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        RunData.model_validate({"createdAt": value})


@pytest.mark.parametrize("empty", [{}, {"labels": None}, {"labels": {}}])
def test_labels_that_are_empty_read_as_none(empty: dict[str, Any]) -> None:
    assert RunData.model_validate(empty).labels is None


NULLABLE = [
    "createdAt",
    "labels",
    "state",
    "usage",
    "customPromptTruncationOptions",
    "customCompletionOptions",
    "tools",
    "customResponseFormat",
]


@pytest.mark.parametrize("body", [{}, dict.fromkeys(NULLABLE), {name: {} for name in NULLABLE[2:6]} | {"tools": []}])
def test_absent_null_and_empty_members_read_as_defaults(body: dict[str, Any]) -> None:
    run = RunData.model_validate_json(json.dumps(body))
    assert (run.status, run.tools, run.labels, run.created_at) == (RunStatus.RUN_STATUS_UNSPECIFIED, (), None, None)
    assert (run.usage or Usage()) == Usage()


@pytest.mark.parametrize(
    ("model", "field"),
    [
        *((Message, "citations"), (Citation, "sources"), (models.MessageContent, "content")),
        *((models.ToolCallList, "tool_calls"), (SearchIndexTool, "search_index_ids"), (models.RunSpec, "tools")),
    ],
)
def test_a_repeated_field_is_empty_where_the_wire_has_null_or_nothing(model: type[Model], field: str) -> None:
    assert getattr(model(), field) == getattr(model.model_validate({field: None}), field) == ()
    assert getattr(model.model_validate_json(json.dumps({field: None})), field) == ()


def test_free_objects_that_are_null_are_empty_and_not_shared() -> None:
    first, second = (FunctionCall.model_validate_json('{"arguments": null}') for _ in range(2))
    first.arguments["changed"] = True
    assert second.arguments == FunctionCall().arguments == {}


@pytest.mark.parametrize("wire", ["434", 434, 434.0])
def test_an_int64_is_read_from_a_string_or_a_number(wire: object) -> None:
    assert Usage.model_validate_json(json.dumps({"total_tokens": wire})).total_tokens == 434


@pytest.mark.parametrize("wire", ["", "x", "1.5", 1.5, [], {}, 2**63, str(-(2**63) - 1)])
def test_what_is_no_int64_is_refused(wire: object) -> None:
    with pytest.raises(ValidationError):
        Usage.model_validate({"totalTokens": wire})


def test_unknown_members_are_kept_as_they_came() -> None:
    run = RunData.model_validate({"id": "r", "brandNew": {"snake_key": [1]}, "state": {"other": 2}})
    assert run.model_extra == {"brandNew": {"snake_key": [1]}}
    assert run.state is not None
    assert run.state.model_extra == {"other": 2}


# Two of these names are those of arguments that a constructor might have.
UNKNOWN = {"brandNew": {"snake_key": [1]}, "self": 2, "number": None}
EVERY_MODEL = [
    kind
    for kind in (getattr(models, name) for name in models.__all__)
    if isinstance(kind, type)
    and issubclass(kind, Model)
    and not any(each.is_required() for each in kind.model_fields.values())
]


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_every_model_keeps_unknown_members_under_any_name(model: type[Model]) -> None:
    assert model.model_validate(UNKNOWN).model_extra == UNKNOWN
    assert model.model_validate_json(json.dumps(UNKNOWN)).model_extra == UNKNOWN


ENUMS = [RunStatus, StreamEvent, MessageStatus, ExpirationPolicy, models.DocFormat]


@pytest.mark.parametrize("kind", ENUMS)
def test_every_member_is_read_from_its_name_and_its_number(kind: type[models.OpenEnum]) -> None:
    for member in kind:
        if member >= 0:
            assert kind.read(member.name) is kind.read(member.value) is kind(member.value) is member
            assert member.raw == str(member) == member.name


@pytest.mark.parametrize("kind", ENUMS)
@pytest.mark.parametrize("raw", ["BRAND_NEW", "UNKNOWN", "", 99, -7, 10**30])
def test_an_unknown_name_or_number_becomes_unknown_and_keeps_its_raw_value(
    kind: type[models.OpenEnum], raw: str | int
) -> None:
    member = kind.read(raw)
    assert (member.name, member.value, member.raw) == ("UNKNOWN", -1, raw)
    assert member == -1
    assert str(member) == f"UNKNOWN({raw})"
    assert repr(member) == f"<{kind.__name__}.UNKNOWN({raw})>"


@pytest.mark.parametrize("value", [1.5, True, [], {}])
def test_what_is_neither_a_name_nor_a_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="RunStatus is a name or a number"):
        RunStatus.read(value)


def test_null_is_read_as_the_default_of_every_kind_of_field() -> None:
    text = (
        b'{"id":"r","createdBy":null,"usage":{"totalTokens":null},"state":{"status":null},"labels":null,"tools":null}'
    )
    run = RunData.model_validate_json(text)
    assert (run.created_by, run.labels, run.tools) == ("", None, ())
    assert run.usage is not None
    assert run.usage.total_tokens == 0
    assert run.status is RunStatus.RUN_STATUS_UNSPECIFIED


def test_a_time_without_a_zone_is_in_utc() -> None:
    run = RunData.model_validate_json(b'{"createdAt":"2024-01-01T00:00:00"}')
    assert run.created_at is not None
    assert run.created_at.utcoffset() == timedelta(0)


def test_a_member_is_also_found_by_calling_the_enum() -> None:
    assert RunStatus("COMPLETED") is RunStatus.COMPLETED
    assert RunStatus("NEWER").raw == "NEWER"


def test_the_unknown_member_itself_is_named_so() -> None:
    assert (RunStatus.UNKNOWN.raw, repr(RunStatus.UNKNOWN)) == (
        "UNKNOWN",
        "<RunStatus.UNKNOWN(UNKNOWN)>",
    )


@pytest.mark.parametrize(
    ("status", "flags"),
    [
        ("RUN_STATUS_UNSPECIFIED", (False, False, False, False)),
        ("PENDING", (True, False, False, False)),
        ("IN_PROGRESS", (True, False, False, False)),
        ("FAILED", (False, False, True, True)),
        ("COMPLETED", (False, True, False, True)),
        ("TOOL_CALLS", (False, True, False, True)),
        ("NEWER", (False, False, False, False)),
    ],
)
def test_what_each_run_status_means(status: str, flags: tuple[bool, ...]) -> None:
    result = RunResult(run=RunData.model_validate({"state": {"status": status}}))
    assert (result.is_running, result.is_succeeded, result.is_failed, result.is_finished) == flags


@pytest.mark.parametrize(
    ("kind", "flags", "is_last"),
    [
        ("EVENT_TYPE_UNSPECIFIED", (False, False, False, False), False),
        ("PARTIAL_MESSAGE", (True, False, False, False), False),
        ("ERROR", (False, False, True, True), True),
        ("DONE", (False, True, False, True), True),
        ("TOOL_CALLS", (False, True, False, True), False),
        (77, (False, False, False, False), False),
    ],
)
def test_what_each_kind_of_event_means(kind: str, flags: tuple[bool, ...], is_last: bool) -> None:
    event = RunStreamEvent.model_validate({"eventType": kind})
    assert (event.is_running, event.is_succeeded, event.is_failed, event.is_finished) == flags
    assert event.is_last is is_last


@pytest.mark.parametrize("cursor", [None, {}, {"currentEventIdx": "0"}, {"current_event_idx": 0}])
def test_an_event_without_an_index_has_index_0(cursor: object) -> None:
    assert RunStreamEvent.model_validate({"streamCursor": cursor}).index == 0


def test_an_event_has_its_index_and_text() -> None:
    event = RunStreamEvent.model_validate(
        {
            "event_type": "PARTIAL_MESSAGE",
            "stream_cursor": {"current_event_idx": "41", "num_user_events_received": "1"},
            "partial_message": {"content": [{"text": {"content": "so"}}, {"image": {"id": 1}}, {"text": {}}]},
        }
    )
    assert (event.index, event.status, event.text) == (41, StreamEvent.PARTIAL_MESSAGE, "so\n")
    assert event.stream_cursor == StreamCursor(current_event_idx=41, num_user_events_received=1)
    assert event.parts[0] == "so"
    assert isinstance(event.parts[1], ContentPart)
    assert isinstance(event.message, PartialMessage)
    assert (event.error, event.error_code, event.tool_calls) == (None, None, None)


def test_an_event_of_an_unknown_oneof_is_usable() -> None:
    event = RunStreamEvent.model_validate({"eventType": "PICTURE", "streamCursor": {}, "picture": {"url": "u"}})
    assert (event.status.raw, event.index, event.text, event.parts, event.tool_calls) == ("PICTURE", 0, None, (), None)
    assert event.model_extra == {"picture": {"url": "u"}}


def test_a_tool_and_a_call_of_an_unknown_kind_are_usable() -> None:
    tool = Tool.model_validate({"codeInterpreter": {"x": 1}})
    assert (tool.function, tool.model_extra) == (None, {"codeInterpreter": {"x": 1}})
    call = ToolCall.model_validate({"otherCall": {"name": "n"}})
    assert (call.function, call.id, call.model_extra) == (None, None, {"otherCall": {"name": "n"}})


def test_a_truncation_strategy_of_an_unknown_kind_is_kept() -> None:
    options = PromptTruncationOptions.model_validate({"maxPromptTokens": "5", "newStrategy": {"a": 1}})
    assert (options.max_prompt_tokens, options.strategy) == (5, None)
    assert options.model_extra == {"newStrategy": {"a": 1}}


@pytest.mark.parametrize("name", ["autoStrategy", "auto_strategy"])
def test_the_auto_strategy_is_read_in_both_spellings_and_null_is_none(name: str) -> None:
    read = PromptTruncationOptions.model_validate
    assert read({name: {}}).strategy == models.AutoPromptTruncationStrategy()
    assert read({name: None}).strategy is None


@pytest.mark.parametrize("value", [{"autoStrategy": 7}, {"lastMessagesStrategy": {"numMessages": "x"}}, 7])
def test_a_broken_strategy_is_a_validation_error(value: Any) -> None:
    with pytest.raises(ValidationError):
        RunData.model_validate({"customPromptTruncationOptions": value})


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ({"jsonObject": True}, "json"),
        ({"json_object": False}, None),
        ({}, None),
        ({"xmlSchema": {}}, None),
        ({"json_schema": {"schema": {"a": 1}}}, {"json_schema": {"a": 1}}),
        ({"json_schema": {"schema": None}}, {"json_schema": {}}),
    ],
)
def test_a_response_format_reads_as_the_official_sdk_has_it(wire: dict[str, Any], value: object) -> None:
    assert ResponseFormat.model_validate(wire).value == value


def result(state: dict[str, Any] | None, **more: Any) -> RunResult:
    return RunResult(run=RunData.model_validate({"id": "r", "state": state, **more}))


def test_a_result_of_a_completed_run_has_its_message() -> None:
    done = RunResult(run=RunData.model_validate(RUN))
    assert (done.status, done.text, done.parts) == (RunStatus.COMPLETED, "one\ntwo", ("one", "two"))
    assert done.message is not None
    assert (done.message.role, done.message.text, done.message.parts) == ("ASSISTANT", "one\ntwo", ("one", "two"))
    assert (done.is_truncated, done.is_filtered) == (True, False)
    assert done.usage is not None
    assert done.citations[0].sources[0].type == "filechunk"
    assert (done.error, done.error_code, done.tool_calls) == (None, None, None)


def test_a_result_without_a_state_is_empty() -> None:
    for empty in (result(None), result({"status": "IN_PROGRESS"})):
        assert (empty.message, empty.text, empty.parts, empty.citations) == (None, None, (), ())
        assert (empty.error, empty.tool_calls, empty.usage) == (None, None, None)
        assert not empty.is_truncated
        assert not empty.is_filtered


def test_a_filtered_message_is_told() -> None:
    assert result({"status": "COMPLETED", "completedMessage": {"status": "FILTERED_CONTENT"}}).is_filtered


def test_a_failed_result_gives_its_error_and_refuses_its_message() -> None:
    failed = result({"status": "FAILED", "error": {"message": "did not fit"}})
    assert (failed.error, failed.error_code) == ("did not fit", 0)
    for name in ("message", "text", "parts", "citations"):
        with pytest.raises(ValueError, match="did not fit"):
            getattr(failed, name)
    with pytest.raises(ValueError, match="gave no reason"):
        _ = result({"status": "FAILED"}).text


def test_a_failed_event_gives_its_error_and_refuses_its_message() -> None:
    failed = RunStreamEvent.model_validate({"eventType": "ERROR", "error": {"code": "3", "message": "no"}})
    assert (failed.error, failed.error_code) == ("no", 3)
    for name in ("message", "text", "parts"):
        with pytest.raises(ValueError, match="no"):
            getattr(failed, name)


def test_tool_calls_are_read_in_order_with_free_arguments() -> None:
    calls = [{"functionCall": {"name": name, "arguments": {"snake_key": {"n": None}}}} for name in "ab"]
    pending = result({"status": "TOOL_CALLS", "toolCallList": {"toolCalls": calls}}).tool_calls
    assert pending is not None
    assert [call.function and call.function.name for call in pending] == ["a", "b"]
    assert pending[0].function is not None
    assert pending[0].function.arguments == {"snake_key": {"n": None}}
    assert result({"status": "TOOL_CALLS", "toolCallList": {}}).tool_calls is None


def test_a_cited_chunk_has_its_file_and_text() -> None:
    chunk = FileChunk.model_validate(
        {"sourceFile": {"id": "f"}, "content": {"content": [{"text": {"content": "x"}}, {"other": 1}]}}
    )
    assert chunk.file is not None
    assert (chunk.file.id, chunk.text) == ("f", "x")
    assert chunk.parts[0] == "x"
    assert (FileChunk().parts, FileChunk().text, FileChunk().file) == ((), "", None)
    assert FileChunk.model_validate({"sourceFile": {"name": "gone"}}).file is None
    assert Source.model_validate({"webPage": {}}).type == "unknown"


def test_a_message_without_content_or_author_is_empty() -> None:
    assert (Message().text, Message().parts, Message().role) == ("", (), "")


def test_a_search_index_of_each_kind_is_read() -> None:
    hybrid = SearchIndex.model_validate(
        {
            "id": "i",
            "expirationConfig": {"expirationPolicy": "SINCE_LAST_ACTIVE", "ttlDays": "3"},
            "hybridSearchIndex": {
                "normalizationStrategy": "L2",
                "combinationStrategy": {
                    "meanCombination": {"weights": [0.5, 1], "meanEvaluationTechnique": "HARMONIC"}
                },
                "textSearchIndex": {"ngramTokenizer": {"minGram": "2"}},
            },
        }
    )
    assert hybrid.hybrid_search_index is not None
    assert hybrid.hybrid_search_index.combination_strategy is not None
    mean = hybrid.hybrid_search_index.combination_strategy.mean_combination
    assert mean is not None
    assert (mean.weights, mean.mean_evaluation_technique.name) == ((0.5, 1.0), "HARMONIC")
    assert hybrid.expiration_config is not None
    assert (hybrid.expiration_config.expiration_policy.name, hybrid.expiration_config.ttl_days) == (
        "SINCE_LAST_ACTIVE",
        3,
    )


NAMES = st.sampled_from(
    [
        "id",
        "state",
        "status",
        "error",
        "code",
        "message",
        "usage",
        "totalTokens",
        "tools",
        "function",
        "labels",
        "createdAt",
        "completed_message",
        "content",
        "text",
        "eventType",
        "streamCursor",
        "currentEventIdx",
        "toolCallList",
        "autoStrategy",
        "strategy",
        "custom_response_format",
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["DONE", "FAILED", "12"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("model", [RunData, RunStreamEvent, Message, Tool, PromptTruncationOptions])
@settings(max_examples=50)
@given(value=json_values)
def test_arbitrary_json_gives_a_model_or_a_value_error(model: type[Model], value: object) -> None:
    with suppress(ValueError):
        assert isinstance(model.model_validate(value), model)
    with suppress(ValueError):
        assert isinstance(model.model_validate_json(json.dumps(value)), model)


@given(st.binary(max_size=100))
def test_arbitrary_bytes_give_a_model_or_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        RunData.model_validate_json(body + b"]")


HOSTILE = {
    "deep": b'{"x":' * 5000 + b"1" + b"}" * 5000,
    "huge number": b'{"usage":{"totalTokens":' + b"9" * 5000 + b"}}",
    "huge float": b'{"customCompletionOptions":{"temperature":"x"}}',
    "not utf-8": b'{"id":"\xff"}',
    "lone surrogate": b'{"id":"\\ud800"}',
    "wrong types": b'{"id":[]}',
    "list": b"[]",
    "cut": b'{"id":"a',
    "nothing": b"",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bodies_are_refused_without_quoting_values(body: bytes) -> None:
    with pytest.raises(ValidationError) as caught:
        RunData.model_validate_json(body)
    assert "input_value" not in str(caught.value)


def test_of_duplicate_keys_the_last_counts() -> None:
    assert RunData.model_validate_json('{"id":"a","id":"b"}').id == "b"
