"""The metadata service of virtual machines and functions, which gives out the attached service account's token."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

import httpx

from yc_runs.auth._cache import Token
from yc_runs.auth._exchange import Exchange, as_seconds, ask, token_text, unusable
from yc_runs.auth._hosts import secure_url
from yc_runs.auth._iam import ASSUMED_LIFE
from yc_runs.auth._renewing import RenewingAuth
from yc_runs.auth._steps import Steps

ADDRESS = "169.254.169.254"
"""Where the metadata service is, unless ``YC_METADATA_ADDR`` says otherwise."""

_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"
# The service is next door, so that no answer means no service.
LIMITS: Mapping[str, float] = {"connect": 1.0, "write": 1.0, "read": 5.0, "pool": 10.0}
_TOLD = Exchange(
    "The metadata service gave no token",
    "Attach a service account to the virtual machine or function; where a proxy is set, exempt the metadata service "
    "with NO_PROXY.",
)


class Metadata(RenewingAuth):
    """The service account attached to this virtual machine or function, by way of the metadata service.

    ``address`` is a host, ``host:port`` or URL; without it ``YC_METADATA_ADDR``, and else 169.254.169.254. Plain
    http is taken for loopback and link-local addresses only. ``clock`` is the wall clock in seconds since the epoch.
    """

    _limits = LIMITS

    def __init__(self, address: str | None = None, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self._url = _url(address or os.environ.get("YC_METADATA_ADDR", "").strip() or ADDRESS)

    def __repr__(self) -> str:
        return f"Metadata({self.origin!r})"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the metadata service."""
        return str(self._url.copy_with(path="", query=None)).rstrip("/")

    @property
    def served(self) -> bool:
        """Whether it ever gave a token, which proves that it is there."""
        return self._cache.served

    def _exchange(self, request: httpx.Request) -> Steps[Token]:
        answer = yield from ask(_TOLD, self._exchange_request())
        value = token_text(_TOLD, answer, "access_token")
        if value.startswith("ya29."):
            raise unusable(_TOLD, "it is another cloud's, whose token is not for Yandex Cloud")
        life = as_seconds(answer.get("expires_in"))
        now = self._clock()
        return Token.issued(value, now=now, expires_at=now + (ASSUMED_LIFE if life is None else life))

    def _exchange_request(self) -> httpx.Request:
        # Its limits are short, and its own: a hurried call must not take a slow answer for a missing service.
        extensions = {"timeout": dict(LIMITS)}
        return httpx.Request("GET", self._url, headers={"Metadata-Flavor": "Google"}, extensions=extensions)


def _url(address: str) -> httpx.URL:
    if isinstance(address, str) and "://" not in (address := address.strip()):
        address = f"http://{address}"
    base = secure_url(address, "the metadata service's address", link_local=True)
    return base.copy_with(path=_PATH, query=None, fragment=None)
