"""Where a secret may travel: over TLS anywhere, in the clear only to this machine or its link-local neighbour."""

from __future__ import annotations

import ipaddress

import httpx

from yc_runs.errors import ConfigurationError


def secure_url(address: str, what: str, *, link_local: bool = False) -> httpx.URL:
    """Return ``address`` as a URL to which secrets may be sent.

    ``what`` names the setting in errors. Plain http is taken for loopback hosts, and with ``link_local`` for
    169.254.0.0/16 and fe80::/10; anything else raises ``ConfigurationError``, and ``TypeError`` what is no text.
    """
    if not isinstance(address, str):
        raise TypeError(f"{what} must be a str, not {type(address).__name__}")
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"{what} is not a URL: {error}") from None
    if not url.host or url.scheme not in ("http", "https"):
        raise ConfigurationError(f"{what} must be an http(s) URL with a host")
    if url.userinfo:
        raise ConfigurationError(f"{what} must not hold a user name or password")
    if url.scheme == "http" and not (is_loopback(url.host) or (link_local and is_link_local(url.host))):
        raise ConfigurationError(
            f"{what} leads over plain http to {url.host}, where others could read the secret; use https"
        )
    return url


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` (a name or an address, as in ``httpx.URL.host``) is this machine."""
    address = _address(host)
    if address is None:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback


def is_link_local(host: str) -> bool:
    """Tell whether ``host`` is a link-local address, such as the metadata service's 169.254.169.254."""
    address = _address(host)
    return address is not None and address.is_link_local


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
