"""Bodies and documents -> objects of the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from pydantic import ValidationError
from typing_extensions import ParamSpec

from yc_runs.models._base import first_problem
from yc_runs.wire._reading import read_model
from yc_runs.wire._request import check_id
from yc_runs.wire.responses._objects import ResponseObject

P = ParamSpec("P")
T = TypeVar("T")


def read(function: Callable[P, T]) -> Callable[P, T]:
    """Have a function that reads raise nothing but ``ValueError`` for what it cannot read, without quoting it."""

    @wraps(function)
    def reader(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except ValidationError as error:
            raise ValueError(first_problem(error)) from None
        except (OverflowError, OSError, RecursionError) as error:
            raise ValueError(f"it holds what cannot be: {type(error).__name__}") from None

    return reader


@read
def read_response(body: bytes) -> ResponseObject:
    """The response that a body holds. Raises ``ValueError``."""
    return known(read_model(ResponseObject, body))


def known(response: ResponseObject) -> ResponseObject:
    """The response itself, if it has an id that can be asked for. Raises ``ValueError``."""
    if not response.id:
        raise ValueError("a response without an id")
    check_id("response", response.id)
    return response
