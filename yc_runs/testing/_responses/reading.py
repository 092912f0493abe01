"""Reads the bodies of requests, and says what is wrong with them as this dialect does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from yc_runs.testing._responses.errors import ParameterError

_TAGS = ("message", "function_call", "function_call_output", "function", "hosted")
_M = TypeVar("_M", bound=BaseModel)


def read(model: type[_M], body: bytes) -> _M:
    """Read a request's body; an empty one is an empty object. Raises ParameterError that names the first mistake."""
    try:
        return model.model_validate_json(body.strip() or b"{}")
    except ValidationError as error:
        mistake = error.errors(include_url=False, include_context=False)[0]
    path = _path(mistake["loc"])
    raise ParameterError(_words(mistake["type"], path, mistake["msg"]), path or None)


def _words(kind: str, path: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"Unknown parameter: '{path}'."
    if kind == "none_required":
        return f"Unsupported parameter: '{path}'."
    return f"Invalid value for '{path}': {message}." if path else f"Invalid request: {message}."


def _path(location: Sequence[str | int]) -> str:
    """Write where a mistake is as ``input[0].content``; the tags of a union's members are no part of it."""
    path = ""
    for before, part in zip((None, *location), location, strict=False):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (isinstance(before, int) and part in _TAGS):
            path += f".{part}" if path else part
    return path
