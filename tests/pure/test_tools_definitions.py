"""Definitions of function tools: from schemas, from types, from functions."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

import pydantic
import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from yc_runs import FunctionTool
from yc_runs._arguments.options import response_format
from yc_runs._arguments.tools import tool_list
from yc_runs.tools import ToolFunction, function_tool, tool

SCHEMA = {"title": "Weather", "description": "About it.", "type": "object", "properties": {"city": {"type": "string"}}}


class Weather(BaseModel):
    """Where to look."""

    city: str = Field(description="A city.")


@pydantic.dataclasses.dataclass
class Place:
    """Where to go."""

    city: str
    days: int = 1


@dataclasses.dataclass
class Plain:
    city: str


class Typed(TypedDict):
    city: str


def weather(city: str, days: int = 1, *, unit: Literal["C", "F"] = "C") -> dict[str, Any]:
    """Tell the weather.

    In a second paragraph too.

    Args:
        city: A city,
            in any country.
        days (int): How many days: from 1.

    Returns:
        a dict.
    """
    return {"city": city, "days": days, "unit": unit}


def test_a_schema_gives_its_title_and_description() -> None:
    assert function_tool(SCHEMA) == FunctionTool(name="Weather", description="About it.", parameters=SCHEMA)


def test_a_name_and_a_description_that_are_given_win() -> None:
    made = function_tool(SCHEMA, name="w", description="d")
    assert (made.name, made.description, made.parameters) == ("w", "d", SCHEMA)


@pytest.mark.parametrize("kind", [Weather, Place, Plain, Typed], ids=lambda kind: kind.__name__)
def test_a_type_gives_its_schema_and_its_name(kind: type[Any]) -> None:
    made = function_tool(kind)
    assert made.name == kind.__name__
    assert made.parameters["properties"]["city"]["type"] == "string"
    assert "city" in made.parameters["required"]


def test_a_type_gives_its_docstring_as_the_description() -> None:
    assert [function_tool(kind).description for kind in (Weather, Place)] == ["Where to look.", "Where to go."]


def test_a_description_that_is_not_there_is_not_sent() -> None:
    assert function_tool({"type": "object"}, name="f").to_wire() == {"name": "f", "parameters": {"type": "object"}}


def test_a_schema_without_a_title_needs_a_name() -> None:
    with pytest.raises(TypeError, match="a name is missing"):
        function_tool({"type": "object"})


@pytest.mark.parametrize("wrong", [int, BaseModel, "weather", 5, None, [SCHEMA]], ids=repr)
def test_what_is_neither_schema_nor_type_nor_function_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="function tool: expected"):
        function_tool(wrong)


def test_a_type_without_a_schema_is_refused_with_its_name() -> None:
    class Odd(BaseModel):
        run: Callable[[], int]

    with pytest.raises(TypeError, match=r"Odd.* has no JSON schema"):
        function_tool(Odd)


def test_a_function_gives_name_description_and_schema() -> None:
    made = function_tool(weather)
    assert made.name == "weather"
    assert made.description == "Tell the weather.\n\nIn a second paragraph too."
    assert made.parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "A city, in any country."},
            "days": {"type": "integer", "default": 1, "description": "How many days: from 1."},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
        },
        "required": ["city"],
        "additionalProperties": False,
    }


def test_fields_in_a_docstring_describe_parameters_too() -> None:
    def f(a: int, b: str) -> None:
        """Do it.

        :param a: the first
        :param str b: the second
        :returns: nothing
        """

    made = function_tool(f)
    assert made.description == "Do it."
    texts = {name: schema["description"] for name, schema in made.parameters["properties"].items()}
    assert texts == {"a": "the first", "b": "the second"}


def test_what_an_annotation_says_wins_over_the_docstring() -> None:
    def f(a: Annotated[int, Field(description="here", ge=1)]) -> None:
        """Do it.

        Args:
            a: there
        """

    assert function_tool(f).parameters["properties"]["a"] == {"type": "integer", "description": "here", "minimum": 1}


def test_parameters_may_be_called_like_anything() -> None:
    def f(schema: str, model_config: int, _x: int, copy: bool) -> None: ...

    assert list(function_tool(f).parameters["properties"]) == ["schema", "model_config", "_x", "copy"]


def test_a_default_that_is_no_json_is_left_out() -> None:
    marker = object()

    def f(day: date = date(2026, 1, 2), other: Any = marker) -> None: ...

    properties = function_tool(f).parameters["properties"]
    assert properties["day"]["default"] == "2026-01-02"
    assert "default" not in properties["other"]


def test_a_method_a_partial_and_a_callable_object_are_functions() -> None:
    class Shop:
        def price(self, item: str) -> int:
            return 1

        def __call__(self, item: str) -> int:
            return 2

    assert function_tool(Shop().price).parameters["required"] == ["item"]
    assert function_tool(functools.partial(weather, days=2)).name == "weather"
    assert function_tool(Shop(), name="shop").parameters["required"] == ["item"]


@pytest.mark.parametrize("nameless", [lambda city: city, functools.partial(lambda city: city)])
def test_what_has_no_name_needs_one(nameless: Any) -> None:
    with pytest.raises(TypeError, match="has no name"):
        function_tool(nameless)


def test_a_parameter_that_cannot_be_given_by_name_is_refused() -> None:
    def f(a: int, /) -> None: ...

    with pytest.raises(TypeError, match="'a' cannot be given by name"):
        function_tool(f)


def test_hints_that_name_nothing_are_refused() -> None:
    def f(a: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(TypeError, match="its type hints cannot be read"):
        function_tool(f)


def test_a_decorated_function_is_still_the_function() -> None:
    decorated = tool(weather)
    assert isinstance(decorated, ToolFunction)
    assert decorated("Omsk", unit="F") == {"city": "Omsk", "days": 1, "unit": "F"}
    assert (decorated.__name__, decorated.definition) == ("weather", function_tool(weather))
    assert repr(decorated) == "ToolFunction('weather')"


def test_the_decorator_takes_another_name_description_and_schema() -> None:
    @tool(name="w", description="d", parameters=SCHEMA)
    def f(**arguments: Any) -> None: ...

    assert f.definition == FunctionTool(name="w", description="d", parameters=SCHEMA)
    assert function_tool(f, name="x").name == "x"


@pytest.mark.parametrize("wrong", [Weather, 5])
def test_only_a_function_can_be_decorated(wrong: Any) -> None:
    with pytest.raises(TypeError, match="tool: expected a function"):
        tool(wrong)


def test_functions_can_be_passed_as_tools() -> None:
    expected = function_tool(weather)
    assert [made.function for made in tool_list(weather)] == [expected]
    assert [made.function for made in tool_list([weather, tool(weather), expected])] == [expected] * 3


def test_a_type_cannot_be_passed_as_a_tool() -> None:
    with pytest.raises(TypeError, match="tools: expected"):
        tool_list([Weather])


@pytest.mark.parametrize("kind", [Weather, Place, Plain, Typed], ids=lambda kind: kind.__name__)
def test_a_type_is_a_response_format(kind: type[Any]) -> None:
    made = response_format(kind)
    assert made is not None
    assert made.json_schema is not None
    assert made.json_schema.schema_ == function_tool(kind).parameters


@pytest.mark.parametrize("key", ["json_schema", "jsonschema", "schema"])
def test_a_response_format_goes_by_each_key_of_the_official_sdk(key: str) -> None:
    made = response_format({key: SCHEMA, "strict": True, "name": "x"})  # type: ignore[misc,arg-type]
    assert made is not None
    assert made.value == {"json_schema": SCHEMA}


@pytest.mark.parametrize("wrong", ["xml", {}, {"json_schema": {}}, int, BaseModel, 5], ids=repr)
def test_what_is_no_response_format_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="response format: expected"):
        response_format(wrong)
