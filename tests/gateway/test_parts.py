"""The small pure parts: framings, pages, samples, prompt cutting, ready scripts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateway.conftest import decode_stream
from yc_runs.testing import Fail, Final, FunctionTool, Message, Partial, Pause, RunContext
from yc_runs.testing import scripts as ready
from yc_runs.testing._collection import MAX_PAGE_SIZE, Collection
from yc_runs.testing._errors import GatewayError, body, http_status, late_body
from yc_runs.testing._framing import FRAMINGS, Framer, Framing, to_json
from yc_runs.testing._prompt import truncate
from yc_runs.testing._samples import sample


@pytest.mark.parametrize(
    ("framing", "media_type", "wire"),
    [
        ("sse", "text/event-stream", [b'data: {"a":1}\n\n', b'data: {"b":2}\n\n', b""]),
        ("result-lines", "application/json", [b'{"result":{"a":1}}\n', b'{"result":{"b":2}}\n', b""]),
        ("lines", "application/json", [b'{"a":1}\n', b'{"b":2}\n', b""]),
        ("array", "application/json", [b'[{"a":1}', b',{"b":2}', b"]"]),
    ],
)
def test_each_framing_has_its_bytes(framing: Framing, media_type: str, wire: list[bytes]) -> None:
    framer = Framer(framing)
    assert framer.content_type == media_type
    assert [framer.message({"a": 1}), framer.message({"b": 2}), framer.close()] == wire


@pytest.mark.parametrize("framing", FRAMINGS)
@given(texts=st.lists(st.text(), max_size=4))
@settings(max_examples=25)
def test_what_is_framed_can_be_read_back(framing: Framing, texts: list[str]) -> None:
    framer = Framer(framing)
    wire = b"".join([framer.message({"text": text}) for text in texts] + [framer.close()])
    assert decode_stream(framing, wire) == [{"text": text} for text in texts]


def test_text_stays_utf8_with_its_odd_line_separators() -> None:
    assert Framer("lines").message({"t": "а\u2028\u0085"}) == '{"t":"а\u2028\u0085"}\n'.encode()


@pytest.mark.parametrize(
    ("framing", "wire"),
    [("sse", b"data: %s\n\n"), ("array", b"[%s]"), ("lines", b"%s"), ("result-lines", b"%s")],
)
def test_a_late_error_is_the_last_thing_on_the_wire(framing: Framing, wire: bytes) -> None:
    error = GatewayError(14, "gone")
    assert Framer(framing).error(error) == wire % to_json(late_body(error))


def test_an_unknown_framing_is_refused() -> None:
    with pytest.raises(ValueError, match="carrier pigeon"):
        Framer("carrier pigeon")  # type: ignore[arg-type]


def test_error_bodies_carry_code_and_status() -> None:
    error = GatewayError(8, "slow down")
    assert body(error) == {"code": 8, "message": "slow down", "details": []}
    inner = late_body(error)["error"]
    assert (inner["grpcCode"], inner["httpCode"], inner["httpStatus"]) == (8, 429, "Too Many Requests")
    assert late_body(GatewayError(1, "gone"))["error"]["httpStatus"] == "Client Closed Request"
    assert http_status(99) == 500


def collection(count: int) -> Collection[int]:
    numbers: Collection[int] = Collection("Number", "num")
    for number in range(count):
        numbers.put(numbers.new_id(), number)
    return numbers


def test_pages_go_from_new_to_old_and_end_with_an_empty_token() -> None:
    numbers = collection(5)
    first, token = numbers.page(lambda _: True, 2)
    second, token2 = numbers.page(lambda _: True, 2, token)
    third, end = numbers.page(lambda _: True, 2, token2)
    assert (first, second, third, end) == ([4, 3], [2, 1], [0], "")


def test_a_page_that_is_just_full_is_the_last() -> None:
    assert collection(2).page(lambda _: True, 2) == ([1, 0], "")
    assert collection(0).page(lambda _: True) == ([], "")


def test_what_is_added_between_two_pages_shifts_nothing() -> None:
    numbers = collection(4)
    _, token = numbers.page(lambda _: True, 2)
    numbers.put(numbers.new_id(), 99)
    assert numbers.page(lambda _: True, 2, token)[0] == [1, 0]


@pytest.mark.parametrize("token", ["x", "bm90aGluZw==", "dGhyOjE=", "bnVtOng=", "ключ"])
def test_a_token_of_another_list_is_refused(token: str) -> None:
    with pytest.raises(GatewayError, match="page_token"):
        collection(1).page(lambda _: True, 1, token)


@pytest.mark.parametrize("size", [-1, MAX_PAGE_SIZE + 1])
def test_a_page_size_out_of_bounds_is_refused(size: int) -> None:
    with pytest.raises(GatewayError, match="page_size"):
        collection(1).page(lambda _: True, size)


def test_replacing_an_entry_keeps_its_place_and_removing_it_is_for_good() -> None:
    numbers = collection(2)
    key = "num00000000000000001"
    numbers.put(key, 77)
    assert list(numbers) == [77, 1]
    assert numbers.remove(key) == 77
    with pytest.raises(GatewayError, match=key):
        numbers.get(key)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}, {"a": "text", "b": 1}),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number"}, 1.5),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["string", "null"]}, "text"),
        ({"type": "string", "minLength": 6}, "textxx"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"enum": ["x", "y"]}, "x"),
        ({"const": 0}, 0),
        ({"type": "integer", "default": 8}, 8),
        ({"examples": ["e"]}, "e"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 1),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "boolean"}}}, True),
        ({"$ref": "#/nowhere"}, None),
        ({"properties": "nonsense"}, {}),
        (True, {}),
        (None, None),
    ],
)
def test_a_sample_fits_its_schema(schema: object, value: object) -> None:
    assert sample(schema) == value


def test_a_schema_that_holds_itself_has_a_sample() -> None:
    endless = {"properties": {"child": {"$ref": "#"}}}
    assert isinstance(sample(endless), dict)


THREAD = [Message("USER", "one two"), Message("ASSISTANT", "three"), Message("USER", "four five six")]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, 3),
        ({"auto_strategy": {}, "max_prompt_tokens": 6}, 3),
        ({"auto_strategy": {}, "max_prompt_tokens": 5}, 2),
        ({"max_prompt_tokens": 3}, 1),
        ({"last_messages_strategy": {"num_messages": 2}}, 2),
        ({"last_messages_strategy": {"num_messages": 2}, "max_prompt_tokens": 3}, 1),
        ({"last_messages_strategy": {}}, 3),
    ],
)
def test_the_oldest_messages_go_first(options: dict[str, Any], kept: int) -> None:
    assert truncate(THREAD, options) == tuple(THREAD[-kept:])


def test_a_prompt_that_cannot_be_cut_to_the_limit_is_a_failure_without_a_code() -> None:
    failure = truncate(THREAD, {"max_prompt_tokens": 2})
    assert isinstance(failure, Fail)
    assert failure.code == 0
    assert "2 tokens" in failure.message
    assert truncate([], {"max_prompt_tokens": 2}) == ()


def test_echo_grows_by_words_and_keeps_white_space() -> None:
    messages = [Message("USER", " a  b\nc "), Message("ASSISTANT", "not this")]
    steps = list(ready.echo(messages, []))
    assert steps == [Partial(" a"), Partial(" a  b"), Partial(" a  b\nc"), Partial(" a  b\nc "), Final(" a  b\nc ")]
    assert list(ready.echo([], [])) == [Final("")]


def test_slow_pauses_before_each_word() -> None:
    steps = list(ready.slow([Message("USER", "a b")], []))
    assert [type(step) for step in steps] == [Pause, Partial, Pause, Partial, Final]


def test_the_tool_caller_without_tools_says_so() -> None:
    assert list(ready.tool_caller([], [])) == [Final("There is no function to call.")]


def test_the_tool_caller_makes_arguments_from_the_schema() -> None:
    tool = FunctionTool("f", parameters={"type": "object", "properties": {"n": {"type": "integer"}}})
    calls = next(ready.tool_caller([], [tool]))
    assert [(call.name, call.arguments) for call in calls.calls] == [("f", {"n": 1})]  # type: ignore[union-attr]


def test_structured_answers_with_json() -> None:
    context = RunContext("a", "t", json_schema={"properties": {"ok": {"type": "boolean"}}})
    assert list(ready.structured([], [], context)) == [Final('{"ok": true}')]
    assert list(ready.structured([], [], RunContext("a", "t"))) == [Final("{}")]
