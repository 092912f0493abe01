"""What all credentials share: they keep their secret to themselves, and refuse one that cannot be a header's value."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NoReturn

import httpx

from yc_runs.errors import ConfigurationError


class Credentials(httpx.Auth):
    """Base of the credentials here: no secret in ``repr``, no pickles; a copy is the same object."""

    is_stepped = False
    """Whether these credentials may make requests of their own; ``send_signed`` then does best by them."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    def __copy__(self) -> Credentials:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Credentials:
        # Copies of a configuration share one token and one renewal.
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a secret and is not pickled; "
            "make the credentials anew in the other process, or let it find them in its environment"
        )


class SimpleCredentials(Credentials):
    """Credentials that need no request of their own, and no look at the answer."""

    def sign(self, request: httpx.Request) -> None:
        """Leave the request as it is."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request, and ask for no other."""
        self.sign(request)
        yield request


def clean_secret(value: str, what: str) -> str:
    """Return ``value`` without the white space around it.

    ``what`` names the secret in errors, which never show the value itself. Raises ``TypeError`` for anything but
    a string, ``ConfigurationError`` for a value that is empty or cannot stand in a header.
    """
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {type(value).__name__}")
    value = value.strip()
    if not value:
        raise ConfigurationError(f"{what} is empty")
    if not is_header_safe(value):
        raise ConfigurationError(
            f"{what} holds white space, control characters or non-ASCII characters inside, which no key or token does; "
            "give the bare value, without a 'Bearer' or 'Api-Key' before it (an authorised key: ServiceAccountKey)"
        )
    return value


def is_header_safe(value: str) -> bool:
    """Tell whether every character of ``value`` is visible ASCII, so that it can stand in a header as it is."""
    return value.isascii() and all("!" <= character <= "~" for character in value)
