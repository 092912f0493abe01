"""The text of an answer -> the object that was asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import PydanticUserError, TypeAdapter, ValidationError

_FENCE = re.compile(r"\s*```[A-Za-z0-9_-]*[ \t]*\n(.*?)\n?\s*```\s*", re.DOTALL)
_MOST_PROBLEMS = 5


def parse_json(text: str, kind: Any) -> Any:
    """The object of a type that a JSON text holds; the text may stand in a Markdown fence.

    Raises ``ValueError`` with what is wrong, ``TypeError`` for what is no type to read.
    """
    if isinstance(kind, Mapping):
        raise TypeError(
            "parse: expected a type, such as a pydantic model class, not a schema; json.loads(text) gives a dict"
        )
    try:
        adapter = adapter_of(kind)
    except PydanticUserError as error:
        raise TypeError(f"parse: {kind!r:.100} cannot be read from JSON: {error.message}") from error
    fenced = _FENCE.fullmatch(text)
    try:
        return adapter.validate_json(fenced[1] if fenced else text)
    except ValidationError as error:
        raise ValueError(problems_of(error)) from error
    except PydanticUserError as error:
        raise TypeError(f"parse: {kind!r:.100} cannot be read from JSON") from error


def adapter_of(kind: Any) -> TypeAdapter[Any]:
    """What reads a type, made once for each, since that takes milliseconds. Raises ``PydanticUserError``."""
    try:
        hash(kind)
    except TypeError:  # as of Annotated[…, {…}]
        return TypeAdapter(kind)
    return _adapter(kind)


@lru_cache(maxsize=256)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def name_of(kind: Any) -> str:
    """The name of a type, fit for an error."""
    return getattr(kind, "__name__", None) or repr(kind)


def problems_of(error: ValidationError) -> str:
    """What is wrong, field by field, without the values."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    texts = [f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}".removeprefix(": ") for problem in problems]
    more = len(texts) - _MOST_PROBLEMS
    return "; ".join(texts[:_MOST_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
