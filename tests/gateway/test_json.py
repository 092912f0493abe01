"""The protobuf-JSON layer: reading requests strictly, writing answers in each style."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yc_runs.testing import GatewayError
from yc_runs.testing import _messages as m
from yc_runs.testing._mask import masked
from yc_runs.testing._parse import parse, parse_body, parse_query
from yc_runs.testing._render import JsonStyle, render
from yc_runs.testing._schema import STRING, TIMESTAMP, Field, Kind, Schema, camel, define, many
from yc_runs.testing._times import format_timestamp, parse_timestamp

CAMEL, SNAKE = JsonStyle(), JsonStyle("snake")
FULL = JsonStyle(print_defaults=True)


def refusal(schema: Schema, value: Any) -> str:
    with pytest.raises(GatewayError) as caught:
        parse(schema, value)
    assert (caught.value.code, caught.value.status) == (3, 400)
    return caught.value.message


def test_both_spellings_are_read_mixed_too() -> None:
    body = {"assistantId": "a", "thread_id": "t", "customCompletionOptions": {"max_tokens": "5"}}
    assert parse(m.CREATE_RUN, body) == {
        "assistant_id": "a",
        "thread_id": "t",
        "custom_completion_options": {"max_tokens": 5},
    }


@pytest.mark.parametrize("value", [7, "7", 7.0])
def test_int64_is_read_from_number_and_string(value: object) -> None:
    assert parse(m.USAGE, {"promptTokens": value}) == {"prompt_tokens": 7}


@pytest.mark.parametrize("value", [True, 1.5, "x", "", "1.5", 2**63, "9" * 40, [], {}])
def test_what_is_no_int64_is_refused(value: object) -> None:
    assert "'promptTokens'" in refusal(m.USAGE, {"promptTokens": value})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"nosuch": 1}, "no field 'nosuch'"),
        ({"customCompletionOptions": {"heat": 1}}, "customCompletionOptions.heat"),
        ({"assistantId": 5}, "expected a string, got 5"),
        ({"assistantId": "\ud800"}, "surrogate"),
        ({"stream": "true"}, "true or false"),
        ({"labels": {"a": 1}}, "labels.a"),
        ({"labels": []}, "JSON object of strings"),
        ({"tools": {}}, "a list"),
        ({"tools": [{"function": {"parameters": []}}]}, "tools[0].function.parameters"),
        ({"customCompletionOptions": {"temperature": "hot"}}, "a number"),
        ({"customCompletionOptions": {"temperature": 10**400}}, "a number"),
        ({"customCompletionOptions": []}, "a JSON object"),
        ({"assistantId": "a", "assistant_id": "a"}, "set already"),
        ({"tools": [{"function": {}, "searchIndex": {}}]}, "oneof"),
        ([], "a JSON object"),
    ],
)
def test_a_request_that_is_not_its_message_is_refused(body: Any, words: str) -> None:
    assert words in refusal(m.CREATE_RUN, body)


@pytest.mark.parametrize("value", ["PURPLE", 3, -1, True, 1.0])
def test_enums_are_names_or_their_numbers(value: object) -> None:
    assert parse(m.EXPIRATION, {"expirationPolicy": 2}) == {"expiration_policy": "SINCE_LAST_ACTIVE"}
    assert "STATIC" in refusal(m.EXPIRATION, {"expirationPolicy": value})


def test_null_means_not_set_but_stays_in_structs() -> None:
    body = {"assistantId": None, "tools": [{"function": {"parameters": {"default": None}}}]}
    assert parse(m.CREATE_RUN, body) == {"tools": [{"function": {"parameters": {"default": None}}}]}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"assistantId": NaN}', b"[" * 100_000, b"nonsense"])
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        parse_body(m.CREATE_RUN, body)
    assert caught.value.code == 3


def test_an_empty_body_is_the_empty_message() -> None:
    assert parse_body(m.CREATE_RUN, b" \n") == {}


def test_a_query_is_read_like_a_message_and_may_not_repeat_itself() -> None:
    assert parse_query(m.LISTEN, [("runId", "r"), ("events_start_idx", "3")]) == {"run_id": "r", "events_start_idx": 3}
    for pairs in ([("runId", "r"), ("run_id", "r")], [("run", "r")]):
        with pytest.raises(GatewayError):
            parse_query(m.LISTEN, pairs)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = sorted({*m.CREATE_RUN.spellings, *m.CREATE_ASSISTANT.spellings, *m.TOOL.spellings, *m.SUBMIT.spellings})
    return st.dictionaries(st.sampled_from(names), inner)


@given(
    st.sampled_from([m.CREATE_RUN, m.CREATE_ASSISTANT, m.SUBMIT]),
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | _objects(x), max_leaves=10),
)
@settings(max_examples=50)
def test_any_json_is_either_read_or_refused(schema: Schema, value: Any) -> None:
    with contextlib.suppress(GatewayError):
        assert isinstance(parse(schema, value), dict)


def values_of(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: _field_values(field) for name, field in schema.fields.items() if not field.oneof}
    return st.fixed_dictionaries({}, optional=fields)


def _field_values(field: Field) -> st.SearchStrategy[Any]:
    if field.schema is not None:
        single: st.SearchStrategy[Any] = st.deferred(lambda: values_of(field.schema))  # type: ignore[arg-type]
    elif field.kind is Kind.ENUM:
        single = st.sampled_from(field.names)
    else:
        single = {
            Kind.STRING: st.text(),
            Kind.INT64: st.integers(-(2**63), 2**63 - 1),
            Kind.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
            Kind.BOOL: st.booleans(),
            Kind.TIMESTAMP: st.integers(0, 4 * 10**18),
            Kind.STRUCT: st.dictionaries(st.text(), st.none() | st.text()),
            Kind.LABELS: st.dictionaries(st.text(), st.text()),
        }[field.kind]
    return st.lists(single, max_size=2) if field.repeated else single


@given(values_of(m.THREAD), st.sampled_from([CAMEL, SNAKE, FULL]))
def test_what_is_written_is_read_back_the_same(record: dict[str, Any], style: JsonStyle) -> None:
    answer = render(m.THREAD, record, style)
    back = parse(m.THREAD, json.loads(json.dumps(answer)))
    assert render(m.THREAD, back, CAMEL) == render(m.THREAD, record, CAMEL)


def test_defaults_are_omitted_but_messages_that_are_set_stay() -> None:
    run = {"id": "", "labels": {}, "tools": [], "state": {"status": "RUN_STATUS_UNSPECIFIED"}, "usage": None}
    assert render(m.RUN, run, CAMEL) == {"state": {}}


def test_wrappers_keep_their_zero() -> None:
    options = {"max_tokens": 0, "temperature": 0.0}
    assert render(m.COMPLETION, options, CAMEL) == {"maxTokens": "0", "temperature": 0.0}


def test_defaults_are_printed_on_request_but_no_unset_oneof() -> None:
    answer = render(m.RUN, {"state": {}}, FULL)
    assert answer == {
        "id": "",
        "assistantId": "",
        "threadId": "",
        "createdBy": "",
        "createdAt": None,
        "labels": {},
        "state": {"status": "RUN_STATUS_UNSPECIFIED"},
        "usage": None,
        "customPromptTruncationOptions": None,
        "customCompletionOptions": None,
        "tools": [],
        "customResponseFormat": None,
    }
    assert render(m.USAGE, {}, FULL) == {"promptTokens": "0", "completionTokens": "0", "totalTokens": "0"}


def test_spelling_never_touches_what_users_wrote() -> None:
    schema = {"properties": {"cityName": {}, "zip_code": {}}}
    record = {
        "labels": {"myLabel": "a", "my_label": "b"},
        "tools": [{"function": {"name": "f", "parameters": schema}}],
        "custom_response_format": {"json_schema": {"schema": schema}},
    }
    for style, key in ((CAMEL, "customResponseFormat"), (SNAKE, "custom_response_format")):
        answer = render(m.RUN, record, style)
        assert answer["labels"] == {"myLabel": "a", "my_label": "b"}
        assert answer["tools"][0]["function"]["parameters"] == schema
        assert next(iter(answer[key].values())) == {"schema": schema}


def test_a_field_mask_is_written_in_camel_case() -> None:
    version = {"versions": [{"update_mask": ("expiration_config.ttl_days", "name")}]}
    assert render(m.VERSIONS, version, SNAKE) == {"versions": [{"update_mask": "expirationConfig.ttlDays,name"}]}


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:01Z", 10**9),
        ("1970-01-01t00:00:00.5z", 5 * 10**8),
        ("1970-01-01T03:00:00.000000007+03:00", 7),
    ],
)
def test_timestamps_are_read_with_any_fraction(text: str, nanoseconds: int) -> None:
    assert parse_timestamp(text) == nanoseconds


def test_timestamps_are_written_with_nine_digits() -> None:
    assert format_timestamp(1_700_000_000_000_000_012) == "2023-11-14T22:13:20.000000012Z"


@pytest.mark.parametrize("text", ["", "yesterday", "2023-11-14", "2023-13-14T00:00:00Z", "2023-11-14T00:00:00"])
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Python's own where the form is right
        parse_timestamp(text)
    assert "RFC 3339" in refusal(m.THREAD, {"createdAt": text})


def test_camel_leaves_one_word_alone() -> None:
    assert [camel(name) for name in ("id", "thread_id", "events_start_idx")] == ["id", "threadId", "eventsStartIdx"]


OPTIONS = define("Options", name=STRING, when=TIMESTAMP, **m.TRUNCATION.fields, nested=many(m.TRUNCATION))


@pytest.mark.parametrize(
    ("record", "update", "mask", "after", "paths"),
    [
        ({"name": "a"}, {"name": "b"}, ("name",), {"name": "b"}, ["name"]),
        ({"name": "a", "when": 1}, {}, ("name",), {"when": 1}, ["name"]),
        ({"name": "a"}, {"name": "b", "when": 1}, None, {"name": "b", "when": 1}, ["name", "when"]),
        ({"name": "a"}, {"name": "b", "when": 1}, ("when",), {"name": "a", "when": 1}, ["when"]),
        ({}, {"max_prompt_tokens": 1}, ("maxPromptTokens",), {"max_prompt_tokens": 1}, ["max_prompt_tokens"]),
        (
            {"auto_strategy": {}},
            {"last_messages_strategy": {"num_messages": 2}},
            ("lastMessagesStrategy.numMessages",),
            {"last_messages_strategy": {"num_messages": 2}},
            ["last_messages_strategy.num_messages"],
        ),
        ({"auto_strategy": {}}, {}, ("lastMessagesStrategy",), {"auto_strategy": {}}, ["last_messages_strategy"]),
    ],
)
def test_a_mask_names_what_is_replaced(record: Any, update: Any, mask: Any, after: Any, paths: list[str]) -> None:
    assert masked(OPTIONS, record, update, mask) == (after, paths)


@pytest.mark.parametrize("path", ["nosuch", "name.inner", "nested.max_prompt_tokens", "auto_strategy.x", "."])
def test_a_mask_that_names_no_field_is_refused(path: str) -> None:
    with pytest.raises(GatewayError) as caught:
        masked(OPTIONS, {}, {}, (path,))
    assert caught.value.code == 3
