"""Arguments as the model gave them -> the arguments to call a function with. Pure.

Each kind of check is a function from the call's JSON object to positional and named arguments. It raises
``ValueError`` with what is wrong, in words fit for the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from yc_runs.errors import ConfigurationError
from yc_runs.models._parsing import adapter_of, problems_of
from yc_runs.tools.signature import Parameters

Arguments = Mapping[str, Any]
Bound = tuple[tuple[Any, ...], dict[str, Any]]
Check = Callable[[Arguments], Bound]

_MOST_PROBLEMS = 5


def by_hints(parameters: Parameters) -> Check:
    """Coerced to the types of the function's hints; a parameter that was not given keeps the function's default."""
    model = parameters.model()

    def check(arguments: Arguments) -> Bound:
        return (), parameters.named(_read(model.model_validate_json, arguments))

    return check


def as_object(kind: type[Any]) -> Check:
    """All arguments together as one object of a type."""
    adapter = adapter_of(kind)

    def check(arguments: Arguments) -> Bound:
        return (_read(adapter.validate_json, arguments),), {}

    return check


def by_schema(name: str, schema: Mapping[str, Any], parameters: Parameters) -> Check:
    """As they are, once they match a JSON schema.

    Raises ``ConfigurationError`` where the library for it is not installed, ``ValueError`` for what is no schema.
    """
    problems_in = _validator(name, schema)

    def check(arguments: Arguments) -> Bound:
        if problems := problems_in(arguments):
            raise ValueError("; ".join(problems[:_MOST_PROBLEMS]))
        return (), parameters.bind(arguments)

    return check


def by_signature(parameters: Parameters) -> Check:
    """As they are, if the function can be called with them."""
    return lambda arguments: ((), parameters.bind(arguments))


def _read(read: Callable[[bytes], Any], arguments: Arguments) -> Any:
    try:
        # As JSON, which they were on the wire: a date, say, is a str there, even for a strict type.
        return read(to_json(dict(arguments)))
    except ValidationError as error:
        raise ValueError(problems_of(error)) from None


def _validator(name: str, schema: Mapping[str, Any]) -> Callable[[Arguments], list[str]]:
    try:
        from jsonschema import SchemaError
        from jsonschema.validators import validator_for
        from referencing import Registry
        from referencing.exceptions import Unresolvable
    except ImportError as error:
        raise ConfigurationError(
            f"tool {name!r}: checking arguments against a JSON schema needs jsonschema: pip install 'yc-runs[tools]'; "
            "or give the function type hints. Nothing was sent."
        ) from error
    kind = validator_for(schema)
    try:
        kind.check_schema(dict(schema))
    except SchemaError as error:
        raise ValueError(f"tool {name!r}: its parameters are no JSON schema: {error.message:.200}") from None
    # With an empty registry nothing is ever fetched for a $ref.
    validator = kind(dict(schema), registry=Registry())

    def problems(arguments: Arguments) -> list[str]:
        try:
            return [_words(problem) for problem in validator.iter_errors(dict(arguments))]
        except Unresolvable as error:
            return [f"the schema refers to what is not in it: {error}"]

    return problems


def _words(problem: Any) -> str:
    place = ".".join(map(str, problem.absolute_path))
    return f"{place}: {problem.message:.200}" if place else f"{problem.message:.200}"
