"""When to send again, and after how long. Pure decisions: the clock and the dice belong to the caller.

The rules for sending again:

- What surely was not carried out may always be sent again: the gateway was never reached, the token could not be
  had for the moment, or the gateway refused with 429.
- What may have been carried out is sent again only if it changes nothing: a GET whose connection broke, or that
  a 502, 503 or 504 answered.
- Everything else is final.

Attempts and total time are both bounded, and every pause has jitter.
"""

from __future__ import annotations

from dataclasses import dataclass

from yc_runs._arguments.checks import seconds, whole
from yc_runs.errors import (
    APIError,
    ConnectionFailedError,
    ConnectionLostError,
    CredentialsError,
    RateLimitError,
    RequestTimeoutError,
)

_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """How failed requests are sent again.

    ``attempts``: the most a request is sent, the first time included (1: never again). ``total``: the most seconds
    all attempts and pauses of one call may take, None for the call's ``timeout`` alone. ``backoff``: the first
    pause in seconds; each further one is twice as long, up to ``max_backoff``. ``max_retry_after``: the longest
    ``Retry-After`` in seconds that is waited for; a longer one ends the call at once with the gateway's error.
    ``attempt_timeout``: the most seconds one attempt may take, None for no limit of its own.
    """

    attempts: int = 4
    total: float | None = None
    backoff: float = 0.25
    max_backoff: float = 8.0
    max_retry_after: float = 60.0
    attempt_timeout: float | None = None

    def __post_init__(self) -> None:
        whole("RetryPolicy.attempts", self.attempts, least=1)
        for name in ("backoff", "max_backoff", "max_retry_after"):
            seconds(f"RetryPolicy.{name}", getattr(self, name), needed=True)
        for name in ("total", "attempt_timeout"):
            seconds(f"RetryPolicy.{name}", getattr(self, name), above=True)

    def may_resend(self, error: BaseException, *, is_write: bool) -> bool:
        """Whether a request that failed with ``error`` may be sent again, as the rules above say."""
        if isinstance(error, APIError) and (error.retry_after or 0) > self.max_retry_after:
            return False
        if isinstance(error, (RateLimitError, ConnectionFailedError)):
            return True
        if isinstance(error, CredentialsError):
            return error.retryable
        if isinstance(error, RequestTimeoutError) and error.phase == "connect":
            return True
        return not is_write and is_passing(error)

    def pause(self, attempt: int, error: BaseException | None, dice: float) -> float:
        """Seconds to wait after the ``attempt``-th failure (from 1). ``dice`` is a random number from 0 to 1."""
        longest = min(self.max_backoff, self.backoff * 2.0 ** min(attempt - 1, 30))
        jittered = longest * (0.5 + dice / 2)
        asked = error.retry_after if isinstance(error, APIError) else None
        return jittered if asked is None else min(asked, self.max_retry_after) + jittered * 0.5


def is_passing(error: BaseException) -> bool:
    """Whether a failure is of the kind that passes: a connection, a time limit, a gateway without its backend."""
    if isinstance(error, APIError):
        return error.status in _PASSING
    if isinstance(error, CredentialsError):
        return error.retryable
    return isinstance(error, (ConnectionFailedError, ConnectionLostError, RequestTimeoutError))
