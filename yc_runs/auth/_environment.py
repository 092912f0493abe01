"""Credentials that are found where the program runs: the metadata service, or ``YC_TOKEN``."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

import httpx

from yc_runs.auth._exchange import hasty
from yc_runs.auth._flows import SteppedAuth
from yc_runs.auth._metadata import ADDRESS, LIMITS, Metadata
from yc_runs.auth._static import EnvToken
from yc_runs.auth._steps import Steps
from yc_runs.errors import ConfigurationError, CredentialsError

SEARCHED = ("YC_API_KEY", "YC_IAM_TOKEN", "YC_OAUTH_TOKEN")
"""The environment variables that come before the metadata service, in their order."""

LOOK_AGAIN = 30.0
"""Seconds after which a metadata service that was not there is looked for again, if nothing else was found either."""


class Surroundings(SteppedAuth):
    """The metadata service where there is one, else ``YC_TOKEN``: found out at the first request, and remembered."""

    def __init__(self, environ: Mapping[str, str], *, clock: Callable[[], float] = time.time) -> None:
        self._environ = environ
        self._clock = clock
        self._metadata = Metadata(environ.get("YC_METADATA_ADDR", "").strip() or ADDRESS, clock=clock)
        self._variable = EnvToken(environ=environ)
        self._absence = ""
        self._absent_until = -math.inf

    def __repr__(self) -> str:
        return f"Surroundings({self._metadata!r}, {self._variable!r})"

    def _steps(self, request: httpx.Request) -> Steps[None]:
        if self._clock() >= self._absent_until:
            try:
                token = yield from self._metadata.obtain(request)
            except CredentialsError as error:
                self._note(error, request)
            else:
                yield from self._metadata.sign(request, token)
                return
        yield from self._fall_back(request)

    def _note(self, error: CredentialsError, request: httpx.Request) -> None:
        """Remember that there is no metadata service; re-raise where that does not follow from ``error``."""
        if self._metadata.served:
            raise error
        if _means_absence(error) and not hasty(error, request, LIMITS):
            self._absence = str(error)
            # Where the variable serves, the question is settled. Where nothing does, the service may still be starting.
            self._absent_until = math.inf if self._has_token() else self._clock() + LOOK_AGAIN
        elif not self._has_token():
            raise error

    def _fall_back(self, request: httpx.Request) -> Steps[None]:
        if not self._has_token():
            raise ConfigurationError(self._nothing_found())
        yield from self._variable.auth_flow(request)

    def _has_token(self) -> bool:
        return bool(self._environ.get("YC_TOKEN", "").strip())

    def _nothing_found(self) -> str:
        return (
            f"no credentials were given and none found: {', '.join(SEARCHED)} and YC_TOKEN are not set, and there is "
            f"no metadata service to ask. {self._absence} Give auth=…, an API key for instance, or set YC_API_KEY; "
            "where none are needed, auth=NoAuth()."
        )


def _means_absence(error: CredentialsError) -> bool:
    if isinstance(error.__cause__, httpx.PoolTimeout):
        return False
    # No connection, or an answer that no trying again will change: 404, a page of something else.
    return isinstance(error.__cause__, httpx.TransportError) or not error.retryable
