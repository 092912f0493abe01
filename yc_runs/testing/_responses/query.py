"""Reads query parameters."""

from __future__ import annotations

from starlette.requests import Request

from yc_runs.testing._responses.errors import ParameterError


def truth(request: Request, name: str) -> bool:
    """Read a parameter that is true or false, false where it is missing. Raises ParameterError."""
    text = request.query_params.get(name, "false").lower()
    if text not in ("true", "false"):
        raise ParameterError(f"Invalid value for '{name}': expected true or false, got {text!r}.", name)
    return text == "true"


def number(request: Request, name: str, default: int) -> int:
    """Read a parameter that counts. Raises ParameterError."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ParameterError(f"Invalid value for '{name}': expected a number from 0, got {text!r}.", name)
    return int(text)


def page_options(request: Request) -> tuple[int, str, str | None]:
    """Read which page of a list is asked for: limit, order, and the id of the item before it. Raises ParameterError."""
    limit, order = number(request, "limit", 20), request.query_params.get("order", "desc")
    if not 1 <= limit <= 100:
        raise ParameterError(f"Invalid value for 'limit': expected 1 to 100, got {limit}.", "limit")
    if order not in ("asc", "desc"):
        raise ParameterError(f"Invalid value for 'order': expected asc or desc, got {order!r}.", "order")
    return limit, order, request.query_params.get("after")
