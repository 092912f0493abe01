"""One exchange of a long-lived credential for a token: the request's limits, the answer read, the failure told."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from yc_runs.auth._base import is_header_safe
from yc_runs.auth._steps import Ask, Steps
from yc_runs.errors import CredentialsError

LIMITS: Mapping[str, float] = {"connect": 5.0, "write": 5.0, "read": 10.0, "pool": 10.0}
"""Seconds for each phase of an exchange, as in httpx's ``timeout`` extension."""

_TIMEOUTS: Mapping[str, type[httpx.TimeoutException]] = {
    "connect": httpx.ConnectTimeout,
    "write": httpx.WriteTimeout,
    "read": httpx.ReadTimeout,
    "pool": httpx.PoolTimeout,
}
_SECRETS = re.compile(r"\b(?:t\d\.|y[0-3]_|AQVN|eyJ|ya29\.)[\w.=~+/-]+")
_SHOWN = 300


@dataclass(frozen=True)
class Exchange:
    """What an exchange's errors say: ``subject`` is what was to be had from what, ``advice`` what to do about it."""

    subject: str
    advice: str


def limits(request: httpx.Request, own: Mapping[str, float] = LIMITS) -> dict[str, float]:
    """Return the limits of an exchange made for the sake of ``request``: its own, where those are shorter."""
    asked = request.extensions.get("timeout", {})
    return {phase: _shorter(seconds, asked.get(phase)) for phase, seconds in own.items()}


def _shorter(seconds: float, asked: float | None) -> float:
    return seconds if asked is None else min(seconds, asked)


def hasty(error: Exception, request: httpx.Request, own: Mapping[str, float] = LIMITS) -> bool:
    """Tell whether an exchange ran out of time only because ``request`` had little: that proves nothing to others."""
    for phase, kind in _TIMEOUTS.items():
        if isinstance(error.__cause__, kind):
            return limits(request, own)[phase] < own[phase]
    return False


def ask(exchange: Exchange, request: httpx.Request) -> Steps[dict[str, Any]]:
    """Send ``request`` and return the JSON object it is answered with; ``CredentialsError`` for anything else."""
    try:
        response = yield Ask(request)
    except httpx.RequestError as error:
        kind = type(error).__name__
        raise CredentialsError(
            f"{exchange.subject}: {_target(request)} was not reached ({kind}: {_redact(str(error))}). "
            f"Check the network and the proxy settings, or try again later.",
            retryable=True,
        ) from error
    return _read(exchange, request, response)


def _read(exchange: Exchange, request: httpx.Request, response: httpx.Response) -> dict[str, Any]:
    if response.status_code != 200:
        raise refusal(exchange, request, response)
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise unusable(exchange, "the answer is not a JSON object")
    return answer


def refusal(exchange: Exchange, request: httpx.Request, response: httpx.Response) -> CredentialsError:
    """Return the error for an answer other than HTTP 200."""
    status = response.status_code
    retryable = status == 429 or status >= 500
    if response.is_redirect:
        advice = "A redirect is not followed with a secret: check the address."
    else:
        advice = "This may pass: try again later." if retryable else exchange.advice
    request_id = _without_secrets(response.headers.get("x-request-id", ""), request)
    identified = f" (request id {request_id})" if request_id else ""
    return CredentialsError(
        f"{exchange.subject}: {_target(request)} answered HTTP {status}{_said(request, response)}{identified}. "
        f"{advice}",
        retryable=retryable,
    )


def unusable(exchange: Exchange, why: str) -> CredentialsError:
    """Return the error for an HTTP 200 that holds no token."""
    return CredentialsError(f"{exchange.subject}: {why}. Check the address: something else may be answering there.")


def token_text(exchange: Exchange, answer: Mapping[str, Any], *names: str) -> str:
    """Return the token that ``answer`` holds under one of ``names``."""
    for name in names:
        value = answer.get(name)
        if isinstance(value, str) and value and is_header_safe(value):
            return value
    raise unusable(exchange, f"the answer holds no usable {names[0]!r}")


def as_seconds(value: Any) -> float | None:
    """Return ``value`` as a finite number of seconds, None where it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _target(request: httpx.Request) -> str:
    return f"{request.method} {request.url.copy_with(query=None)}"


def _said(request: httpx.Request, response: httpx.Response) -> str:
    text = " ".join(_without_secrets(_message(response), request).split())
    return f': "{text[:_SHOWN]}"' if text else ""


def _without_secrets(text: str, request: httpx.Request) -> str:
    for secret in _sent_secrets(request):
        text = text.replace(secret, "***")
    return _redact(text)


def _sent_secrets(request: httpx.Request) -> list[str]:
    """Return what an answer might echo: every text in the request's body, a flat JSON object."""
    return [value for value in json.loads(request.content or b"{}").values() if value]


def _message(response: httpx.Response) -> str:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return response.text
    for place in (body, body.get("error") if isinstance(body, dict) else None):
        if isinstance(place, dict) and isinstance(place.get("message"), str):
            return str(place["message"])
        if isinstance(place, str):
            return place
    return response.text


def _redact(text: str) -> str:
    return _SECRETS.sub("***", text)
