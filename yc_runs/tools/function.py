"""Function tools: the definition that the model sees, and the Python function that does the work. Pure."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from typing_extensions import ParamSpec

from yc_runs.models import FunctionTool
from yc_runs.tools.docstrings import summary
from yc_runs.tools.schema import SchemaLike, schema_of
from yc_runs.tools.signature import Parameters

P = ParamSpec("P")
R = TypeVar("R")


class ToolFunction(Generic[P, R]):
    """A Python function together with its definition for the model. It is called like the function itself.

    ``parameters`` is the type or the schema that was given, None where the function's hints are the schema.
    """

    def __init__(self, function: Callable[P, R], definition: FunctionTool, parameters: SchemaLike | None) -> None:
        self.function = function
        self.definition = definition
        self.parameters = parameters
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"ToolFunction({self.definition.name!r})"


def function_tool(
    parameters: SchemaLike | Callable[..., Any], *, name: str | None = None, description: str | None = None
) -> FunctionTool:
    """The definition of a function tool from what its arguments are.

    ``parameters`` is a JSON schema, a type with named fields (a pydantic model class, a dataclass, a TypedDict), or a
    Python function whose type hints and docstring tell. ``name`` and ``description`` are, unless given, the schema's
    title and description; of a function, its name and the beginning of its docstring.

    Raises ``TypeError`` for anything else, and where there is no name.
    """
    if isinstance(parameters, ToolFunction):
        made = parameters.definition
        return make_definition(name or made.name, description or made.description, made.parameters)
    if callable(parameters) and not isinstance(parameters, type):
        return _definition_of(parameters, name, description)
    schema = schema_of("function tool", parameters)
    found = name or schema.get("title")
    if not found or not isinstance(found, str):
        raise TypeError("function tool: a name is missing: give name=…, or parameters that have a title")
    return make_definition(found, description or schema.get("description"), schema)


def make_definition(name: str, description: object, schema: dict[str, Any]) -> FunctionTool:
    """A definition without a description where there is none. Raises ``TypeError`` for one that is no str."""
    if not isinstance(name, str) or not isinstance(description, (str, type(None))):
        raise TypeError("function tool: name and description must be str")
    given = {"description": description} if description else {}
    return FunctionTool(name=name, parameters=schema, **given)


def _definition_of(function: Callable[..., Any], name: str | None, description: str | None) -> FunctionTool:
    found = name or name_of(function)
    schema = Parameters(found, function).schema()
    return make_definition(found, description or summary(inspect.getdoc(_documented(function))), schema)


def _documented(function: Callable[..., Any]) -> Any:
    return function.func if isinstance(function, functools.partial) else function


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function. Raises ``TypeError`` for a lambda or an object, which have none to call them by."""
    found = getattr(_documented(function), "__name__", "")
    if not found or found == "<lambda>":
        raise TypeError(f"function tool: {function!r:.100} has no name; give name=…, or a dict of names and functions")
    return str(found)


@overload
def tool(function: Callable[P, R], /) -> ToolFunction[P, R]: ...


@overload
def tool(
    *, name: str | None = None, description: str | None = None, parameters: SchemaLike | None = None
) -> Callable[[Callable[P, R]], ToolFunction[P, R]]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: SchemaLike | None = None,
) -> Any:
    """Decorate a function to be a tool; it stays callable as it was, and keeps its signature.

    Plain functions with type hints need no decorator. It serves to give another name or description, or other
    ``parameters``: with a JSON schema the function is called with the arguments by name; with a type it is called with
    one object of this type.
    """
    if function is None:
        return functools.partial(_decorate, name=name, description=description, parameters=parameters)
    return _decorate(function, name, description, parameters)


def _decorate(
    function: Callable[..., Any], name: str | None, description: str | None, parameters: SchemaLike | None
) -> ToolFunction[Any, Any]:
    if not callable(function) or isinstance(function, type):
        raise TypeError(f"tool: expected a function, got {function!r:.100}")
    if parameters is None:
        return ToolFunction(function, function_tool(function, name=name, description=description), None)
    text = description or summary(inspect.getdoc(_documented(function)))
    definition = function_tool(parameters, name=name or name_of(function), description=text or None)
    return ToolFunction(function, definition, parameters)
