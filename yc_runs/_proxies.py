"""The proxies that the environment names, looked at before they are used. Pure, but for the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from urllib.request import getproxies

import httpx

from yc_runs._settings import is_host
from yc_runs.errors import ConfigurationError

_KINDS = ("http", "https", "all")
_SCHEMES = ("http", "https", "socks5", "socks5h")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
_INSTEAD = "Correct it, unset it, or give the client an http_client of your own."


def named_proxies() -> dict[str, str]:
    """What the environment names, or the system's settings: the proxies by "http", "https" and "all"."""
    found = getproxies()
    is_off = "*" in (host.strip() for host in found.get("no", "").split(","))
    return {} if is_off else {kind: found[kind] for kind in _KINDS if found.get(kind)}


def check_proxies(proxies: Mapping[str, str]) -> None:
    """Raise ``ConfigurationError`` for a proxy that cannot be used, without its text, which may hold a password."""
    for kind, proxy in proxies.items():
        if problem := _problem(proxy):
            raise ConfigurationError(f"{_variable(kind)} names a proxy that cannot be used: {problem}. {_INSTEAD}")


def unusable_exceptions() -> ConfigurationError:
    """The error for hosts that are not to be reached by proxy, and that httpx cannot read."""
    return ConfigurationError(
        f"{_variable('no')} names a host that cannot be read. It takes hosts, domains and addresses, with commas "
        f"between them and without ports or brackets. {_INSTEAD}"
    )


def _problem(proxy: str) -> str | None:
    before, mark, _ = proxy.partition("://")
    scheme = before if mark else "http"
    if scheme.lower() not in _SCHEMES:
        shown = f" {scheme!r}" if _SCHEME.fullmatch(scheme) else ""
        return f"its scheme{shown} is none of {', '.join(_SCHEMES)}"
    try:
        url = httpx.URL(proxy if mark else f"http://{proxy}")
    except httpx.InvalidURL:
        return "it is not a URL; one such as http://proxy.example:3128 is"
    if not is_host(url) or any(mark in url.raw_host for mark in (b"%", b"[", b"]")):
        return "it names no host, or one that no name can be"
    if not 0 < (url.port or 1) < 65536:
        return "its port is none of 1 to 65535"
    if scheme.lower().startswith("socks") and find_spec("socksio") is None:
        return "SOCKS needs the package socksio, and that is not installed: pip install 'httpx[socks]'"
    return None


def _variable(kind: str) -> str:
    """Where the setting comes from: of several spellings, the lower case counts."""
    names = [name for name in os.environ if name.lower() == f"{kind}_proxy"]
    return min(names, key=lambda name: name != name.lower(), default=f"the system's setting of {kind} proxies")
