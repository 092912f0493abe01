"""What a caller may pass, and every wrong shape, refused before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yc_runs import ConfigurationError
from yc_runs._arguments.checks import HasId, check_labels, flag, id_of, need_folder, page_size_of, several, whole
from yc_runs._arguments.messages import AUTHOR_ID, message_data
from yc_runs._arguments.options import custom_completion_options, custom_truncation_options, response_format
from yc_runs._arguments.tools import tool_list, tool_results
from yc_runs.models import (
    AutoPromptTruncationStrategy,
    FunctionResult,
    FunctionTool,
    GenSearchTool,
    LastMessagesPromptTruncationStrategy,
    Message,
    MessageData,
    SearchIndexTool,
    Tool,
    ToolCall,
    ToolResult,
)


def test_an_id_is_a_str_or_an_object_that_has_one() -> None:
    assert id_of("thread", "t") == "t"
    assert id_of("thread", SimpleNamespace(id="t")) == "t"
    assert isinstance(SimpleNamespace(id="t"), HasId)


@pytest.mark.parametrize("wrong", [None, 5, b"t", SimpleNamespace(), SimpleNamespace(id=5), {"id": "t"}])
def test_what_has_no_id_is_refused_by_its_kind(wrong: Any) -> None:
    with pytest.raises(TypeError, match="thread: expected an id or an object with an id, got "):
        id_of("thread", wrong)


def wire(message: Any) -> dict[str, Any]:
    return message_data(message).to_wire()


def content(text: str) -> dict[str, Any]:
    return {"content": [{"text": {"content": text}}]}


def test_a_message_is_a_str_a_dict_or_an_object() -> None:
    assert wire("hi") == wire({"text": "hi"}) == {"content": content("hi")}
    author = {"id": AUTHOR_ID, "role": "ASSISTANT"}
    expected = {"content": content("hi"), "author": author}
    assert wire({"text": "hi", "role": "assistant"}) == expected
    assert wire(MappingProxyType({"text": "hi", "role": "ASSISTANT"})) == expected
    assert wire(SimpleNamespace(text="hi", role="Assistant")) == expected


def test_a_message_of_a_thread_can_be_written_again() -> None:
    message = Message.model_validate({"author": {"role": "USER"}, "content": content("hi")})
    assert wire(message)["author"]["role"] == "USER"


def test_an_empty_role_is_none() -> None:
    assert "author" not in wire({"text": "hi", "role": ""})


def test_labels_are_written_with_a_message() -> None:
    assert message_data("hi", {"a": "b"}).labels == {"a": "b"}
    assert message_data("hi", {}).labels is None


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, 5, b"hi", [], {}, {"role": "USER"}, {"text": 5}, {"text": "hi", "role": 5}, {"txt": "hi"}),
        *({"text": "hi", 5: 1}, SimpleNamespace(text="hi"), SimpleNamespace(text=5, role="USER"), ToolCall()),
    ],
)
def test_a_message_of_a_wrong_shape_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="message: "):
        message_data(wrong)


@pytest.mark.parametrize("wrong", [5, "ab", ["ab"], {"a": 1}, {1: "a"}, {"a": None}])
def test_labels_must_map_str_to_str(wrong: Any) -> None:
    with pytest.raises(TypeError, match="labels"):
        check_labels(wrong)


def test_options_are_none_where_nothing_was_given() -> None:
    assert custom_completion_options(None, None) is custom_truncation_options(None, None) is None
    assert response_format(None) is None


def test_a_temperature_of_0_counts_as_given() -> None:
    options = custom_completion_options(0, None)
    assert options is not None
    assert options.to_wire() == {"temperature": 0.0}


@pytest.mark.parametrize(
    ("temperature", "error"),
    [
        *((math.nan, ValueError), (math.inf, ValueError), (10**400, ValueError)),
        *(("1", TypeError), (True, TypeError), ([], TypeError)),
    ],
)
def test_a_wrong_temperature_is_refused(temperature: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="temperature"):
        custom_completion_options(temperature, None)


@pytest.mark.parametrize(
    ("value", "error"), [(-1, ValueError), (2**63, ValueError), (1.0, TypeError), ("1", TypeError), (True, TypeError)]
)
def test_a_wrong_count_is_refused_by_its_name(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_tokens"):
        custom_completion_options(None, value)
    with pytest.raises(error, match="max_prompt_tokens"):
        custom_truncation_options(value, None)


def test_a_count_may_have_a_least_value() -> None:
    assert whole("n", 1, least=1) == 1
    with pytest.raises(ValueError, match="the least is 1"):
        whole("n", 0, least=1)


@pytest.mark.parametrize(
    ("strategy", "wire"),
    [
        ("auto", {"autoStrategy": {}}),
        (AutoPromptTruncationStrategy(), {"autoStrategy": {}}),
        (LastMessagesPromptTruncationStrategy(num_messages=2), {"lastMessagesStrategy": {"numMessages": "2"}}),
    ],
)
def test_each_strategy_is_taken(strategy: Any, wire: dict[str, Any]) -> None:
    options = custom_truncation_options(5, strategy)
    assert options is not None
    assert options.to_wire() == {"maxPromptTokens": "5", **wire}


@pytest.mark.parametrize("wrong", ["Auto", 5, {}, AutoPromptTruncationStrategy])
def test_a_wrong_strategy_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="prompt truncation strategy"):
        custom_truncation_options(None, wrong)


@pytest.mark.parametrize(
    ("value", "wire"),
    [("json", {"jsonObject": True}), ({"json_schema": {"a": None}}, {"jsonSchema": {"schema": {"a": None}}})],
)
def test_each_response_format_is_taken(value: Any, wire: dict[str, Any]) -> None:
    form = response_format(value)
    assert form is not None
    assert form.to_wire() == wire
    assert form.value == value


@pytest.mark.parametrize("wrong", ["xml", 5, {}, {"json_schema": {}}, {"json_schema": "x"}, {"jsonSchema": {"a": 1}}])
def test_a_wrong_response_format_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="response format"):
        response_format(wrong)


def test_tools_are_wrapped_as_the_wire_has_them() -> None:
    function, index, search = FunctionTool(name="f"), SearchIndexTool(), GenSearchTool()
    tools = tool_list([Tool(function=function), function, index, search])
    assert tools == (
        Tool(function=function),
        Tool(function=function),
        Tool(search_index=index),
        Tool(gen_search=search),
    )
    assert tool_list(function) == (Tool(function=function),)
    assert tool_list(None) == ()


@pytest.mark.parametrize("wrong", ["f", b"f", 5, [5], [{"name": "f"}], {"name": "f"}, ToolCall()])
def test_wrong_tools_are_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="tools"):
        tool_list(wrong)


def test_a_dict_of_functions_is_refused_with_where_it_belongs() -> None:
    with pytest.raises(TypeError, match="is for run_tools, here give the functions alone"):
        tool_list({"print": print})  # type: ignore[arg-type]


RESULT = ToolResult(function_result=FunctionResult(name="f", content="42"))


def generator() -> Iterator[Any]:
    yield {"name": "f", "content": "42"}


@pytest.mark.parametrize(
    "given_",
    [
        {"name": "f", "content": "42"},
        {"name": "f", "content": "42", "type": "function"},
        MappingProxyType({"name": "f", "content": "42"}),
        [{"name": "f", "content": "42"}],
        ({"name": "f", "content": "42"},),
        generator(),
        FunctionResult(name="f", content="42"),
        RESULT,
        [RESULT],
    ],
    ids=lambda value: type(value).__name__,
)
def test_tool_results_may_be_one_or_several_dicts_or_models(given_: Any) -> None:
    assert tool_results(given_).tool_results == (RESULT,)


def test_tool_results_keep_their_order() -> None:
    several = [{"name": name, "content": ""} for name in "bca"]
    assert [
        result.function_result and result.function_result.name
        for result in tool_results(several).tool_results  # type: ignore[arg-type]
    ] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (5, "expected one or an iterable"),
        ("text", "expected one or an iterable"),
        (b"x", "expected one or an iterable"),
        (["text"], "expected a dict"),
        ([None], "expected a dict"),
        ({"name": "f"}, "it lacks 'content'"),
        ({"name": "f", "content": None}, "'content' must be a str, got NoneType"),
        ({"content": "c"}, "it lacks 'name'"),
        ({"name": "f", "content": 42}, "'content' must be a str, got int; json.dumps makes one of it"),
        ({"name": 5, "content": "c"}, "'name' must be a str, got int"),
        ({"name": "f", "content": "c", "type": "other"}, "only type 'function'"),
        ({"name": "f", "content": "c", "type": None}, "only type 'function'"),
        ({"name": "f", "content": "c", "extra": 1, 5: 2}, r"unknown keys \['5', 'extra'\]"),
        (ToolCall(), "expected a dict"),
    ],
)
def test_tool_results_of_a_wrong_shape_are_a_type_error(wrong: Any, match: str) -> None:
    with pytest.raises(TypeError, match=match):
        tool_results(wrong)


@pytest.mark.parametrize("none", [[], (), None, iter([])])
def test_no_tool_results_are_a_value_error(none: Any) -> None:
    with pytest.raises(ValueError, match="none to submit"):
        tool_results(none)


def test_one_message_or_several_become_a_tuple() -> None:
    one, two = SimpleNamespace(role="USER", text="a"), {"text": "b"}
    assert several("messages", "a") == ("a",)
    assert several("messages", two) == (two,)
    assert several("messages", one) == (one,)
    assert several("messages", ["a", two]) == ("a", two)
    assert several("messages", None) == ()


@pytest.mark.parametrize("wrong", [5, b"a", object()])
def test_what_is_neither_one_nor_several_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="messages: expected one or an iterable of them"):
        several("messages", wrong)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "content", "type", "text", "role"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=50)
@given(anything)
def test_anything_else_gives_a_type_or_value_error(value: Any) -> None:
    for take in (message_data, tool_results, tool_list, response_format):
        refused_or_taken(take, value)


def refused_or_taken(take: Any, value: Any) -> None:
    try:
        taken = take(value)
    except (TypeError, ValueError):
        return
    assert taken is None or isinstance(taken, (MessageData, tuple)) or taken.to_wire()


@pytest.mark.parametrize("folder", [None, ""])
def test_a_folder_that_is_needed_and_missing_is_a_configuration_error(folder: str | None) -> None:
    assert need_folder("f", "list runs") == "f"
    with pytest.raises(ConfigurationError, match="list runs: no folder"):
        need_folder(folder, "list runs")


def test_a_page_has_a_size_or_the_gateways() -> None:
    assert (page_size_of(None), page_size_of(1)) == (None, 1)
    with pytest.raises(ValueError, match="page_size"):
        page_size_of(0)


@pytest.mark.parametrize("result", [FunctionResult(name="f"), FunctionResult(content="x"), ToolResult()])
def test_a_result_that_lacks_its_name_or_content_is_refused(result: FunctionResult | ToolResult) -> None:
    with pytest.raises(TypeError, match="lacks the function's name or content"):
        tool_results(result)


@pytest.mark.parametrize("schema", [{"type": "function"}, [{"type": "function"}]])
def test_a_schema_given_as_a_tool_is_refused_with_what_makes_one(schema: Any) -> None:
    with pytest.raises(TypeError, match=r"client\.tools\.function\(schema, name=…\)"):
        tool_list(schema)


@pytest.mark.parametrize("wrong", ["yes", "", 1, 0, None])
def test_a_flag_is_true_or_false(wrong: Any) -> None:
    assert (flag("f", True), flag("f", False)) == (True, False)
    with pytest.raises(TypeError, match=r"^f: expected True or False"):
        flag("f", wrong)
