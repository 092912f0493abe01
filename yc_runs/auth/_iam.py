"""The IAM service, which gives an IAM token for a proof of who is asking; here, a user's OAuth token."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

import httpx

from yc_runs.auth._base import clean_secret
from yc_runs.auth._cache import Token
from yc_runs.auth._exchange import Exchange, ask, limits, token_text
from yc_runs.auth._hosts import secure_url
from yc_runs.auth._renewing import RenewingAuth
from yc_runs.auth._steps import Steps

IAM_URL = "https://iam.api.cloud.yandex.net/iam/v1/tokens"
"""Where IAM tokens are given out."""

ASSUMED_LIFE = 3600.0
"""Seconds a token is taken to live where the answer does not say: IAM tokens live up to 12 h."""

_OAUTH = Exchange(
    "The OAuth token was not exchanged for an IAM token",
    "The OAuth token may be wrong, expired or revoked: get a new one.",
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.IGNORECASE | re.ASCII)


class IAMExchange(RenewingAuth):
    """Base of the credentials that are exchanged at the IAM service."""

    _told: Exchange

    def __init__(self, iam_url: str, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._iam_url = secure_url(iam_url, "iam_url")

    def _proof(self) -> Mapping[str, str]:
        """Return the body of the exchange's request."""
        raise NotImplementedError

    def _exchange(self, request: httpx.Request) -> Steps[Token]:
        answer = yield from ask(self._told, self._exchange_request(request))
        value = token_text(self._told, answer, "iamToken", "iam_token")
        now = self._clock()
        expires_at = _timestamp(answer.get("expiresAt", answer.get("expires_at")))
        return Token.issued(value, now=now, expires_at=now + ASSUMED_LIFE if expires_at is None else expires_at)

    def _exchange_request(self, request: httpx.Request) -> httpx.Request:
        return httpx.Request(
            "POST",
            self._iam_url,
            json=dict(self._proof()),
            headers={"Accept": "application/json"},
            extensions={"timeout": limits(request)},
        )


class OAuthToken(IAMExchange):
    """A user's OAuth token, exchanged for an IAM token, which is cached and renewed in time.

    ``iam_url`` is the exchange's address, ``clock`` the wall clock in seconds since the epoch. A request whose
    exchange fails raises ``CredentialsError``.
    """

    _told = _OAUTH

    def __init__(self, token: str, *, iam_url: str = IAM_URL, clock: Callable[[], float] = time.time) -> None:
        super().__init__(iam_url, clock)
        self._token = clean_secret(token, "the OAuth token")

    def _proof(self) -> Mapping[str, str]:
        return {"yandexPassportOauthToken": self._token}


def _timestamp(value: Any) -> float | None:
    """Return an RFC 3339 time with up to nine fraction digits as seconds since the epoch, None for anything else."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    moment, fraction, zone = match.groups()
    offset = "+00:00" if zone in "Zz" else zone
    try:
        whole = datetime.fromisoformat(moment.upper() + offset).astimezone(timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None
    return whole + float(f"0.{fraction or 0}")
