"""Credentials that need no exchange: a key or token as it is, one read from the environment, and none at all."""

from __future__ import annotations

import os
from collections.abc import Mapping

import httpx

from yc_runs.auth._base import SimpleCredentials, clean_secret
from yc_runs.errors import ConfigurationError


class APIKey(SimpleCredentials):
    """A service account's API key, sent as ``Authorization: Api-Key …``."""

    def __init__(self, key: str) -> None:
        self._header = f"Api-Key {clean_secret(key, 'the API key')}"

    def sign(self, request: httpx.Request) -> None:
        """Add the header."""
        request.headers["Authorization"] = self._header


class IAMToken(SimpleCredentials):
    """An IAM token that somebody else obtained and renews, sent as ``Authorization: Bearer …``.

    It lives at most 12 hours; afterwards the gateway answers 401. In a Cloud Function the token of the call is
    ``context.token["access_token"]``.
    """

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {clean_secret(token, 'the IAM token')}"

    def sign(self, request: httpx.Request) -> None:
        """Add the header."""
        request.headers["Authorization"] = self._header


class EnvToken(SimpleCredentials):
    """An IAM token in an environment variable, read anew for every request.

    For places that keep the variable up to date, such as DataSphere notebooks. A request made while the variable
    is unset or empty raises ``ConfigurationError``. Raises ``TypeError`` or ``ValueError`` for what names none.
    """

    def __init__(self, variable: str = "YC_TOKEN", *, environ: Mapping[str, str] | None = None) -> None:
        if not isinstance(variable, str):
            raise TypeError(f"the name of an environment variable must be a str, not {type(variable).__name__}")
        if not variable:
            raise ValueError("the name of an environment variable is empty")
        self._variable = variable
        self._environ = os.environ if environ is None else environ

    def __repr__(self) -> str:
        return f"EnvToken({self._variable!r})"

    def sign(self, request: httpx.Request) -> None:
        """Read the variable and add the header."""
        token = self._environ.get(self._variable)
        if token is None:
            raise ConfigurationError(f"the environment variable {self._variable}, which holds the token, is not set")
        request.headers["Authorization"] = f"Bearer {clean_secret(token, f'the environment variable {self._variable}')}"


class NoAuth(SimpleCredentials):
    """No credentials: requests go out unsigned, for a local gateway or a proxy that signs them."""

    def __repr__(self) -> str:
        return "NoAuth()"
