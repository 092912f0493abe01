"""Errors as the gateway answers them: gRPC codes, their HTTP statuses, and the two JSON bodies in use."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

INVALID_ARGUMENT = 3
NOT_FOUND = 5
FAILED_PRECONDITION = 9
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
UNAUTHENTICATED = 16

_HTTP = {1: 499, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 14: 503, 16: 401}


class GatewayError(Exception):
    """A call is refused. ``code`` is the gRPC code, ``status`` its HTTP status, or another where one is given."""

    def __init__(self, code: int, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status: int = status or http_status(code)


def http_status(code: int) -> int:
    """Give the HTTP status for a gRPC code; 500 for those that have none of their own."""
    return _HTTP.get(code, 500)


def grpc_code(status: int) -> int:
    """Give the likeliest gRPC code for an HTTP status of 400 or more."""
    known = {http: code for code, http in reversed(_HTTP.items())} | {409: 6, 502: UNAVAILABLE}
    return known.get(status, INTERNAL if status >= 500 else FAILED_PRECONDITION)


def invalid(message: str) -> GatewayError:
    """Make the error for arguments that are wrong whatever the gateway's state is."""
    return GatewayError(INVALID_ARGUMENT, message)


def not_found(what: str, name: str) -> GatewayError:
    """Make the error for an object that does not exist."""
    return GatewayError(NOT_FOUND, f"{what} with id {name} not found")


def body(error: GatewayError) -> dict[str, Any]:
    """Give the JSON body of a failed call."""
    return {"code": error.code, "message": error.message, "details": []}


def late_body(error: GatewayError) -> dict[str, Any]:
    """Give the JSON of an error that ends a stream whose HTTP status was sent long ago."""
    try:
        phrase = HTTPStatus(error.status).phrase
    except ValueError:
        phrase = "Client Closed Request"
    inner = {
        "grpcCode": error.code,
        "httpCode": error.status,
        "message": error.message,
        "httpStatus": phrase,
        "details": [],
    }
    return {"error": inner}
