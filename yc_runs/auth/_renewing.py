"""The flow of credentials that hold a token for a while: get one, sign, and renew it once where it is refused.

Subclasses say how one token is had (``_exchange``); when, and by whom, is decided here and in the cache.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import httpx

from yc_runs.auth._cache import Join, Renewal, Token, TokenCache
from yc_runs.auth._exchange import LIMITS, hasty
from yc_runs.auth._flows import SteppedAuth
from yc_runs.auth._steps import Read, Steps, Wait
from yc_runs.errors import CredentialsError, RunsError

RENEWAL_LIMIT = 30.0
"""Seconds after which a renewal that has not ended is taken for dead, and somebody else renews."""


class RenewingAuth(SteppedAuth):
    """Base of the credentials whose token is obtained, shared and renewed. ``clock`` is the wall clock, in seconds."""

    _renewal_limit = RENEWAL_LIMIT
    _limits: Mapping[str, float] = LIMITS

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._cache = TokenCache()

    def _exchange(self, request: httpx.Request) -> Steps[Token]:
        """Obtain a new token for the sake of ``request``."""
        raise NotImplementedError

    def _steps(self, request: httpx.Request) -> Steps[None]:
        token = yield from self.obtain(request)
        yield from self.sign(request, token)

    def sign(self, request: httpx.Request, token: Token) -> Steps[None]:
        """Send ``request`` with ``token``, and on a 401 once more with a newer one."""
        request.headers["Authorization"] = token.header
        response = yield request
        # A body that is being produced while it is sent cannot be sent twice.
        if response.status_code != 401 or not isinstance(request.stream, httpx.ByteStream):
            return
        # Its connection may be the very one that the exchange needs.
        yield Read(response)
        renewed = yield from self.obtain(request, rejected=token)
        request.headers["Authorization"] = renewed.header
        yield request

    def obtain(self, request: httpx.Request, rejected: Token | None = None) -> Steps[Token]:
        """Return the token to sign ``request`` with: the shared one, or a new one in place of ``rejected``."""
        while True:
            claim = self._cache.claim(self._clock(), rejected)
            if isinstance(claim, Token):
                return claim
            if not isinstance(claim, Join):
                return (yield from self._renew(claim.renewal, request))
            joined = yield from self._join(claim.renewal, request)
            if joined is not None:
                return joined

    def _renew(self, renewal: Renewal, request: httpx.Request) -> Steps[Token]:
        try:
            token = yield from self._exchange(request)
        except RunsError as error:
            shared = not hasty(error, request, self._limits)
            if (old := self._cache.fail(renewal, error, self._clock(), shared=shared)) is None:
                raise
            return old
        except BaseException:
            self._cache.abandon(renewal)
            raise
        self._cache.store(renewal, token)
        return token

    def _join(self, renewal: Renewal, request: httpx.Request) -> Steps[Token | None]:
        patience = _patience(request)
        remaining = self._renewal_limit - renewal.age
        yield Wait(renewal, max(0.0, min(patience, remaining)))
        if isinstance(renewal.outcome, RunsError):
            raise _again(renewal.outcome)
        if renewal.over:
            return renewal.outcome
        if renewal.age < self._renewal_limit:
            raise CredentialsError(
                f"another request has been renewing the token of {self!r} for {renewal.age:.1f} s, longer than this "
                "one may wait; give it a longer timeout, or try again later",
                retryable=True,
            )
        self._cache.abandon(renewal)
        return None


def _patience(request: httpx.Request) -> float:
    # Like a free connection, a token is a thing to wait for before anything is sent.
    pool: float | None = request.extensions.get("timeout", {}).get("pool")
    return RENEWAL_LIMIT if pool is None else pool


def _again(error: RunsError) -> RunsError:
    # An exception raised in several threads at once would mix up their tracebacks.
    fresh = copy.copy(error)
    fresh.__cause__ = error.__cause__
    return fresh
