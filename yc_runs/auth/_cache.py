"""Which token to use, and who renews it: decisions over one shared token, without I/O and without a clock.

A token is fresh, then due (still good, but somebody should renew it), then expired:

* fresh: everybody uses it;
* due: the first to come renews it, all others use it meanwhile; where the renewal fails, it stays in use and the
  next attempt waits a little;
* expired, or rejected by the gateway: the first to come renews it, all others wait for that renewal.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from yc_runs.auth._flight import Flight
from yc_runs.errors import RunsError

PAUSE = 30.0
"""Seconds between two attempts to renew a token that is still good."""


@dataclass(frozen=True, eq=False)
class Token:
    """A token as it goes into the header. Times are seconds since the epoch."""

    header: str = field(repr=False)
    refresh_at: float
    expires_at: float

    @classmethod
    def issued(cls, value: str, *, now: float, expires_at: float) -> Token:
        """Return the token ``value``: due in the last 10 % or 5 minutes of its life, at most the last half."""
        life = max(expires_at - now, 0.0)
        margin = min(max(300.0, life / 10), life / 2)
        return cls(f"Bearer {value}", expires_at - margin, expires_at)


Renewal = Flight["Token | RunsError"]


@dataclass(frozen=True)
class Lead:
    """The caller is to renew the token, and to end this renewal whatever happens."""

    renewal: Renewal


@dataclass(frozen=True)
class Join:
    """Somebody else is renewing the token: wait for that."""

    renewal: Renewal


class TokenCache:
    """One token shared by every thread and task that uses one credentials object."""

    def __init__(self) -> None:
        # Reentrant for the same reason as the flight's.
        self._lock = threading.RLock()
        self._token: Token | None = None
        self._renewal: Renewal | None = None
        self._pause_until = 0.0
        self.served = False
        """Whether there ever was a token."""

    def claim(self, now: float, rejected: Token | None = None) -> Token | Lead | Join:
        """Return the token to use now, or what to do to get one. ``rejected`` is one that the gateway refused."""
        token = self._token
        if token is not None and token is not rejected and now < token.refresh_at:
            return token
        with self._lock:
            if rejected is not None and self._token is rejected:
                self._token = None
            return self._decide(now)

    def _decide(self, now: float) -> Token | Lead | Join:
        token, renewal = self._good(now), self._renewal
        if renewal is not None and renewal.orphaned:
            renewal = None
        if token is not None and (now < token.refresh_at or renewal is not None or now < self._pause_until):
            return token
        if renewal is not None:
            return Join(renewal)
        self._renewal = Flight()
        return Lead(self._renewal)

    def store(self, renewal: Renewal, token: Token) -> None:
        """End ``renewal`` with its new token."""
        with self._lock:
            self._forget(renewal)
            self._token, self._pause_until, self.served = token, 0.0, True
        renewal.land(token)

    def fail(self, renewal: Renewal, error: RunsError, now: float, *, shared: bool = True) -> Token | None:
        """End ``renewal`` with ``error`` and return the old token where it is still good.

        Those who wait get the same error, or try for themselves where it is not ``shared``.
        """
        with self._lock:
            self._forget(renewal)
            self._pause_until = now + PAUSE
            token = self._good(now)
        renewal.land(error if shared else None)
        return token

    def abandon(self, renewal: Renewal) -> None:
        """End ``renewal`` without an outcome: one of those who wait renews instead."""
        with self._lock:
            self._forget(renewal)
        renewal.land(None)

    def _good(self, now: float) -> Token | None:
        return self._token if self._token is not None and now < self._token.expires_at else None

    def _forget(self, renewal: Renewal) -> None:
        if self._renewal is renewal:
            self._renewal = None
