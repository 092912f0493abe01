"""A Python function's type hints -> the model of its arguments. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, PydanticUserError, create_model
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from yc_runs.tools.docstrings import parameter_texts

_PARAMETER_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class _LeanSchema(GenerateJsonSchema):
    """Without titles, which only repeat the names; a default that is no JSON is left out without a warning."""

    ignored_warning_kinds = frozenset({"skipped-choice", "non-serializable-default"})  # type: ignore[assignment]

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class Parameters:
    """The parameters of a function as the model sees them: named, with types from the hints, Any where there is none.

    ``is_typed``: whether the function says anything of its types; one without parameters does.
    Raises ``TypeError`` for a function that cannot be called with named arguments, or whose hints mean nothing here.
    """

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self._name = name
        self._signature = _signature(name, function)
        parameters = list(self._signature.parameters.values())
        self.takes_more: bool = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        self.names: tuple[str, ...] = tuple(
            parameter.name for parameter in parameters if parameter.kind in _PARAMETER_KINDS
        )
        hints = _hints(name, function)
        self.types: dict[str, Any] = {parameter: hints.get(parameter, Any) for parameter in self.names}
        self.is_typed: bool = not parameters or any(parameter in hints for parameter in self._signature.parameters)
        self._texts = parameter_texts(inspect.getdoc(_plain(function)))

    def model(self) -> type[BaseModel]:
        """The model whose fields are the parameters. Their names here are neutral, so that none can clash."""
        fields: dict[str, Any] = {f"p{i}": self._field(name) for i, name in enumerate(self.names)}
        config = ConfigDict(extra="allow" if self.takes_more else "forbid", title=self._name)
        try:
            return create_model("Arguments", __config__=config, **fields)
        except PydanticUserError as error:
            raise TypeError(f"tool {self._name!r}: its type hints cannot be used: {error.message}") from error

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the arguments."""
        try:
            schema = self.model().model_json_schema(schema_generator=_LeanSchema)
        except PydanticInvalidForJsonSchema as error:
            raise TypeError(f"tool {self._name!r}: a type hint has no JSON schema: {error.message}") from error
        schema.pop("title", None)
        return schema

    def named(self, model: BaseModel) -> dict[str, Any]:
        """The arguments to call the function with: those that were given, coerced, under their own names."""
        given = {f"p{i}": name for i, name in enumerate(self.names)}
        arguments = {name: getattr(model, field) for field, name in given.items() if field in model.model_fields_set}
        return arguments | dict(model.model_extra or {})

    def bind(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as they are, if the function can be called with them. Raises ``ValueError``."""
        try:
            self._signature.bind(**arguments)
        except TypeError as error:
            raise ValueError(str(error)) from None
        return dict(arguments)

    def _field(self, name: str) -> tuple[Any, FieldInfo]:
        default = self._signature.parameters[name].default
        options: dict[str, Any] = {"alias": name}
        if default is not inspect.Parameter.empty:
            options["default"] = default
        hint = self.types[name]
        if (text := self._texts.get(name)) and not _has_description(hint):
            options["description"] = text
        return hint, Field(**options)


def _has_description(hint: Any) -> bool:
    metadata = hint.__metadata__ if get_origin(hint) is Annotated else ()
    return any(isinstance(item, FieldInfo) and item.description for item in metadata)


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function that holds the hints: inside a partial, or the ``__call__`` of an object."""
    while isinstance(function, partial):
        function = function.func
    if not (inspect.isroutine(function) or isinstance(function, type)):
        return type(function).__call__
    return function


def _signature(name: str, function: Callable[..., Any]) -> inspect.Signature:
    try:
        signature = inspect.signature(function)
    except ValueError as error:
        raise TypeError(f"tool {name!r}: {error}") from None
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter.default is parameter.empty:
            raise TypeError(f"tool {name!r}: parameter {parameter.name!r} cannot be given by name")
    return signature


def _hints(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    try:
        hints = get_type_hints(inspect.unwrap(_plain(function)), include_extras=True)
    except (NameError, TypeError) as error:
        raise TypeError(f"tool {name!r}: its type hints cannot be read: {error}") from error
    return {parameter: hint for parameter, hint in hints.items() if parameter != "return"}
