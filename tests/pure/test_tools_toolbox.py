"""Calls made ready: names looked up, arguments checked and coerced; results and errors as texts."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
import sys
from datetime import date, datetime, timezone
from typing import Any

import pytest
from pydantic import BaseModel

from yc_runs import ConfigurationError, FunctionCall, FunctionTool, Tool, ToolCall, ToolError
from yc_runs.tools import tool
from yc_runs.tools.results import error_text, to_text
from yc_runs.tools.toolbox import ReadyCall, Toolbox

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
DEFINITION = Tool(function=FunctionTool(name="f", parameters=SCHEMA))


class Point(BaseModel):
    x: int
    y: int = 0


def ready(tools: Any, arguments: dict[str, Any], *definitions: Tool, name: str = "f") -> ReadyCall | ToolError:
    call = ToolCall(function_call=FunctionCall(name=name, arguments=arguments))
    return Toolbox("run-1", tools, definitions).ready(call)


def given(tools: Any, arguments: dict[str, Any], *definitions: Tool) -> tuple[tuple[Any, ...], Any]:
    call = ready(tools, arguments, *definitions)
    assert isinstance(call, ReadyCall), call
    return call.args, call.kwargs


def refused(tools: Any, arguments: dict[str, Any], *definitions: Tool, name: str = "f") -> ToolError:
    error = ready(tools, arguments, *definitions, name=name)
    assert isinstance(error, ToolError), error
    return error


def typed(day: date, points: list[Point], n: int = 5) -> None: ...


def test_arguments_are_coerced_to_the_hints() -> None:
    arguments = {"day": "2026-01-02", "points": [{"x": "3"}], "n": 2.0}
    assert given({"f": typed}, arguments) == ((), {"day": date(2026, 1, 2), "points": [Point(x=3)], "n": 2})


def test_what_was_not_given_is_left_to_the_default_of_the_function() -> None:
    assert "n" not in given({"f": typed}, {"day": "2026-01-02", "points": []})[1]


def test_further_arguments_go_where_the_function_takes_them() -> None:
    def f(a: int, **rest: Any) -> None: ...

    assert given([f], {"a": "1", "b": [2]}) == ((), {"a": 1, "b": [2]})


def test_wrong_arguments_are_told_by_name_without_values() -> None:
    error = refused({"f": typed}, {"day": "secret", "extra": 1})
    assert (error.kind, error.tool, error.run_id, error.arguments) == (
        "arguments",
        "f",
        "run-1",
        {"day": "secret", "extra": 1},
    )
    assert all(name in error.problem for name in ("day", "points", "extra"))
    assert "secret" not in error.problem


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    error = refused({"a": typed, "b": typed}, {}, name="c")
    assert (error.kind, error.problem) == ("unknown", "there is no tool 'c'; there are: 'a', 'b'")


def test_a_call_of_an_unknown_kind_is_an_error() -> None:
    error = Toolbox("run-1", []).ready(ToolCall.model_validate({"newKind": {}}))
    assert isinstance(error, ToolError)
    assert error.kind == "unknown"


@pytest.mark.parametrize("function", [lambda n: n, lambda **arguments: arguments])
def test_a_function_without_hints_is_checked_by_the_schema_of_the_run(function: Any) -> None:
    assert given({"f": function}, {"n": 1}, DEFINITION) == ((), {"n": 1})
    assert refused({"f": function}, {"n": "x"}, DEFINITION).problem.startswith("wrong arguments: n: ")


def test_a_function_without_hints_and_schema_takes_what_it_can_be_called_with() -> None:
    assert given({"f": lambda n: n}, {"n": "x"}) == ((), {"n": "x"})
    assert refused({"f": lambda n: n}, {"m": 1}).kind == "arguments"


def test_hints_win_over_the_schema_of_the_run() -> None:
    def f(n: str) -> None: ...

    assert given([f], {"n": "x"}, DEFINITION) == ((), {"n": "x"})


def test_a_schema_given_with_the_function_wins_over_its_hints() -> None:
    @tool(parameters=SCHEMA)
    def f(n: str) -> None: ...

    assert given([f], {"n": 1}) == ((), {"n": 1})


def test_a_type_given_with_the_function_makes_one_object() -> None:
    @tool(parameters=Point)
    def f(point: Point) -> None: ...

    assert given([f], {"x": "1"}) == ((Point(x=1),), {})


def test_a_function_of_one_model_gets_the_object_that_the_definition_tells_of() -> None:
    def f(point: Point) -> None: ...

    definition = Tool(function=FunctionTool(name="f", parameters=Point.model_json_schema()))
    assert given([f], {"x": 1}, definition) == ((Point(x=1),), {})
    assert given([f], {"point": {"x": 1}}) == ((), {"point": Point(x=1)})


def test_nothing_is_fetched_for_a_reference_in_a_schema() -> None:
    schema = {"properties": {"n": {"$ref": "http://127.0.0.1:9/schema.json"}}}
    definition = Tool(function=FunctionTool(name="f", parameters=schema))
    assert "refers to what is not in it" in refused({"f": lambda n: n}, {"n": 1}, definition).problem


def test_a_missing_jsonschema_is_told_at_once_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'yc-runs\[tools\]'"):
        Toolbox("run-1", {"f": lambda n: n}, [DEFINITION])
    assert Toolbox("run-1", {"f": typed}, [DEFINITION])


def test_a_schema_that_is_none_is_refused_at_once() -> None:
    definition = Tool(function=FunctionTool(name="f", parameters={"type": 5}))
    with pytest.raises(ValueError, match="no JSON schema"):
        Toolbox("run-1", {"f": lambda n: n}, [definition])


@pytest.mark.parametrize(
    ("tools", "error"),
    [
        ([typed, typed], ValueError),
        ([lambda n: n], TypeError),
        ([Point], TypeError),
        ({"f": Point}, TypeError),
        ({"f": 5}, TypeError),
        ({"": typed}, TypeError),
        ("typed", TypeError),
        (5, TypeError),
    ],
)
def test_tools_that_cannot_work_are_refused(tools: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="tool"):
        Toolbox("run-1", tools)


def test_one_function_alone_is_a_toolbox() -> None:
    assert isinstance(ready(typed, {"day": "2026-01-02", "points": []}, name="typed"), ReadyCall)


def test_a_str_is_sent_as_it_is() -> None:
    assert to_text('say "hi"\n') == 'say "hi"\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (5, "5"),
        (True, "true"),
        ({"город": [1.5, None]}, '{"город":[1.5,null]}'),
        (Point(x=1), '{"x":1,"y":0}'),
        (datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc), '"2026-01-02T03:04:00Z"'),
        (math.nan, "null"),
    ],
)
def test_everything_else_is_sent_as_json(value: Any, text: str) -> None:
    assert to_text(value) == text


def test_a_dataclass_is_sent_as_json() -> None:
    @dataclasses.dataclass
    class Pair:
        a: int
        b: date

    assert json.loads(to_text([Pair(1, date(2026, 1, 2))])) == [{"a": 1, "b": "2026-01-02"}]


@pytest.mark.parametrize(
    ("value", "match"), [(object(), "object"), ("\udc80", "surrogates"), (["\udc80"], "surrogates")]
)
def test_what_cannot_be_json_is_an_error(value: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        to_text(value)


def test_the_model_is_told_of_an_error_in_json() -> None:
    assert error_text('it said "нет"') == '{"error":"it said \\"нет\\""}'


def test_an_error_about_a_file_whose_name_is_not_utf_8_is_told_too() -> None:
    assert error_text("no such file: 'a\udc80'") == '{"error":"no such file: \'a?\'"}'


def test_a_tool_error_can_be_pickled() -> None:
    error = Toolbox("run-1", []).error("f", {"n": 1}, "raised", "it failed", OSError("x"))
    assert isinstance(error.cause, OSError)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.tool, copy.arguments, copy.kind, copy.problem, str(copy)) == (
        "f",
        {"n": 1},
        "raised",
        "it failed",
        str(error),
    )
