"""Tokens that a function of the user's hands out."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx

from yc_runs._arguments.checks import seconds as check_seconds
from yc_runs.auth._base import is_header_safe
from yc_runs.auth._cache import Token
from yc_runs.auth._exchange import as_seconds
from yc_runs.auth._renewing import RenewingAuth
from yc_runs.auth._steps import Call, Steps
from yc_runs.errors import CredentialsError, RunsError

Given = str | tuple[str, "float | datetime"]
"""What a token function returns: an IAM token, alone or with the time it expires at."""

TokenFunction = Callable[[], "Given | Awaitable[Given]"]
"""A token function, plain or (for ``AsyncClient``) a coroutine function."""


class TokenProvider(RenewingAuth):
    """IAM tokens from a function, called when a new one is due, by one request at a time.

    ``function`` returns the token, or the token and the time it expires at: seconds since the epoch or an aware
    ``datetime``. Where it does not say, its token is used for ``max_age`` seconds at most (0: for one request) and
    renewed on a 401. In an ``AsyncClient`` it may be a coroutine function, and a plain one is called in a worker
    thread. What it raises comes out as ``CredentialsError``, this package's own errors as they are.
    """

    def __init__(
        self, function: TokenFunction, *, max_age: float = 300.0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(clock)
        if not callable(function):
            raise TypeError(f"a token function must be callable, which {type(function).__name__} is not")
        check_seconds("max_age", max_age, needed=True)
        self._function = function
        self._max_age = max_age

    def _exchange(self, request: httpx.Request) -> Steps[Token]:
        try:
            given = yield Call(self._function)
        except RunsError:
            raise
        except Exception as error:
            # Only the kind: the text may hold what the function was given.
            raise CredentialsError(
                f"the token function raised {type(error).__name__}; see that exception, which caused this one",
                retryable=isinstance(error, (OSError, httpx.TransportError)),
            ) from error
        return self._token(given)

    def _token(self, given: Any) -> Token:
        value, expires_at = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
        if not isinstance(value, str) or not is_header_safe(value := value.strip()) or not value:
            raise CredentialsError(
                f"the token function must return a token or (token, expires_at), not {_shape(given)}"
            )
        now = self._clock()
        return Token.issued(
            value, now=now, expires_at=now + self._max_age if expires_at is None else _epoch(expires_at)
        )


def _epoch(expires_at: Any) -> float:
    if isinstance(expires_at, datetime) and expires_at.tzinfo is not None:
        return expires_at.timestamp()
    number = None if isinstance(expires_at, (str, bool)) else as_seconds(expires_at)
    if number is None:
        raise CredentialsError(
            "the token function's expires_at must be seconds since the epoch or a datetime with a time zone, "
            f"not {type(expires_at).__name__}"
        )
    return number


def _shape(given: Any) -> str:
    if isinstance(given, str):
        return "a text that is empty or cannot stand in a header"
    if isinstance(given, tuple):
        return f"({', '.join(type(part).__name__ for part in given)})"
    return type(given).__name__
