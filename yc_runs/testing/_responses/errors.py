"""Errors as this dialect answers them."""

from __future__ import annotations

from typing import Any

from yc_runs.testing._errors import INVALID_ARGUMENT, GatewayError

_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


class ParameterError(GatewayError):
    """A call is refused because of one of its parameters."""

    def __init__(self, message: str, param: str | None = None, *, status: int | None = None) -> None:
        super().__init__(INVALID_ARGUMENT, message, status=status)
        self.param = param


def body(error: GatewayError, *, is_flat: bool = False) -> dict[str, Any]:
    """Give the JSON body of a failed call, and of the message that ends a broken stream."""
    inner = {
        "message": error.message,
        "type": _type(error.status),
        "param": error.param if isinstance(error, ParameterError) else None,
        "code": None,
    }
    return inner if is_flat else {"error": inner}


def _type(status: int) -> str:
    return _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
