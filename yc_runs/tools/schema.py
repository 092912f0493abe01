"""Types -> JSON schemas. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from pydantic import BaseModel, PydanticUserError
from pydantic.errors import PydanticInvalidForJsonSchema
from typing_extensions import is_typeddict

from yc_runs.models._parsing import adapter_of

SchemaLike = Mapping[str, Any] | type[Any]
"""A JSON schema, or a type that has one: a pydantic model class, any dataclass, a TypedDict."""

_EXPECTED = "a JSON schema dict, a pydantic model class, a dataclass or a TypedDict"


def is_structured(value: object) -> bool:
    """Whether a type is one with named fields: a pydantic model class, a dataclass or a TypedDict."""
    if not isinstance(value, type) or value is BaseModel:
        return is_typeddict(value)
    return issubclass(value, BaseModel) or is_dataclass(value) or is_typeddict(value)


def schema_of(what: str, value: SchemaLike) -> dict[str, Any]:
    """The JSON schema that ``value`` is, or that its type has; ``what`` names it in an error.

    Raises ``TypeError`` for anything else, and for a type of which pydantic cannot make a schema.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if not is_structured(value):
        raise TypeError(f"{what}: expected {_EXPECTED}, got {value!r:.100}")
    return type_schema(what, value)


def type_schema(what: str, value: type[Any]) -> dict[str, Any]:
    """The JSON schema of any type that pydantic knows. Raises ``TypeError``."""
    try:
        return adapter_of(value).json_schema()
    except (PydanticUserError, PydanticInvalidForJsonSchema) as error:
        raise TypeError(f"{what}: {value.__name__} has no JSON schema: {error.message}") from error
