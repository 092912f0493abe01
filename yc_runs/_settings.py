"""A client's settings, checked and made ready once, so that no call pays for them. Pure, but for the CA files."""

from __future__ import annotations

import inspect
import os
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx

from yc_runs.auth import NoAuth
from yc_runs.auth._base import is_header_safe
from yc_runs.auth._hosts import is_loopback
from yc_runs.errors import ConfigurationError

_LONGEST_LABEL = 63
"""The most characters between two dots of a host's name; a resolver would raise ``UnicodeError`` for more."""


def check_base_url(base_url: str | httpx.URL, credentials: httpx.Auth, allow_plain_http: bool) -> httpx.URL:
    """The URL of the gateway. Raises ``ConfigurationError`` where it is none, or where it would give secrets away."""
    if not isinstance(base_url, (str, httpx.URL)):
        raise ConfigurationError(f"base_url must be a str, not {type(base_url).__name__}")
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"base_url{_quoted(base_url)} is not a URL: {type(error).__name__}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(f"base_url{_quoted(base_url)} must begin with https:// (or http://) and name a host")
    if not is_host(url):
        raise ConfigurationError(f"base_url{_quoted(base_url)} names a host that no name can be: look at its dots")
    if (url.port or 0) > 65535:
        raise ConfigurationError(f"base_url{_quoted(base_url)} names a port above 65535")
    if url.userinfo or url.query or url.fragment or url.path.strip("/"):
        raise ConfigurationError(
            "base_url must be a scheme, a host and perhaps a port, and nothing more: paths, such as /v1, are added here"
        )
    if url.scheme == "http" and not (allow_plain_http or isinstance(credentials, NoAuth) or is_loopback(url.host)):
        raise ConfigurationError(
            f"base_url {base_url!r} would send the credentials over plain http; use https, or allow_plain_http=True"
        )
    return url


def is_host(url: httpx.URL) -> bool:
    """Whether the host that a URL names is there, and of a length that a resolver takes."""
    return all(0 < len(label) <= _LONGEST_LABEL for label in url.raw_host.removesuffix(b".").split(b"."))


def _quoted(base_url: object) -> str:
    """The URL for an error, but for one that may hold a password or a token."""
    text = repr(base_url)
    return "" if any(mark in text for mark in "@?#") else f" {text:.200}"


def check_settings(*checks: tuple[bool, str]) -> None:
    """Raise ``ConfigurationError`` with the words of the first check that does not hold."""
    for holds, words in checks:
        if not holds:
            raise ConfigurationError(words)


def is_seconds(value: object) -> bool:
    """Whether a value is a number of seconds from 0."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def is_size(value: object) -> bool:
    """Whether a value is a number of bytes above 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def check_flags(**flags: object) -> None:
    """Raise ``ConfigurationError`` for what is not True or False: a text such as "no" would count as True."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise ConfigurationError(f"{name} must be True or False, not {value!r:.100}")


def check_hook(hook: object) -> None:
    """Raise ``ConfigurationError`` for what would be told of nothing when it is called with an observation."""
    if hook is None:
        return
    from yc_runs.observe import to_logging, to_opentelemetry

    if any(hook is maker for maker in (to_logging, to_opentelemetry)):
        raise ConfigurationError("hook: to_logging and to_opentelemetry make hooks: call them, to_logging(logger)")
    if not callable(hook) or isinstance(hook, type):
        raise ConfigurationError(f"hook must be a function that takes an Observation, not {hook!r:.100}")
    if any(map(_is_async, (hook, getattr(hook, "func", None), getattr(type(hook), "__call__", None)))):  # noqa: B004
        raise ConfigurationError(
            "hook must be a plain function, for AsyncClient too: nobody would await an async one. To do more with an "
            "observation, put it into a queue"
        )


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def folder_of(folder_id: str | None) -> str | None:
    """The folder, else that of the environment, None where there is none.

    Raises ``ConfigurationError`` for an id that no header can hold.
    """
    given, name = (folder_id, "folder_id") if folder_id else (os.environ.get("YC_FOLDER_ID"), "YC_FOLDER_ID")
    if not given:
        return None
    if not isinstance(given, str):
        raise ConfigurationError(f"{name} must be a str, not {type(given).__name__}")
    if not is_header_safe(given):
        raise ConfigurationError(f"{name} {given!r:.100} holds white space or other characters that no folder id has")
    return given


def check_http_client(given: object, kind: type) -> None:
    """Raise ``ConfigurationError`` where one's own HTTP client is of the other kind, or cannot send at all."""
    is_foreign = isinstance(given, (httpx.Client, httpx.AsyncClient, type)) or not callable(
        getattr(given, "send", None)
    )
    if given is not None and not isinstance(given, kind) and is_foreign:
        found = f"{type(given).__module__.partition('.')[0]}.{type(given).__qualname__}"
        raise ConfigurationError(
            f"http_client must be an httpx.{kind.__name__} here, not {found}: AsyncClient takes an httpx.AsyncClient, "
            "Client an httpx.Client"
        )


def common_headers(
    version: str, dialect: Mapping[str, str], data_logging: bool | None, extra: Mapping[str, str] | None
) -> dict[str, str]:
    """The headers of every request, those of the dialect included. Raises ``ConfigurationError`` for what is none."""
    headers = {"accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": f"yc-runs/{version}"}
    headers |= dialect
    if data_logging is not None:
        headers["x-data-logging-enabled"] = "true" if data_logging else "false"
    if not isinstance(extra, (Mapping, type(None))):
        raise ConfigurationError(f"headers must be a dict of str to str, not {type(extra).__name__}")
    for name in extra or {}:
        if not isinstance(name, str):
            raise ConfigurationError(f"headers: the header {name!r:.100} must be named by a str")
    headers |= {name.lower(): value for name, value in (extra or {}).items()}
    for name, value in headers.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"header {name!r} must be a str, not {type(value).__name__}")
        if not (value.isprintable() and value.isascii() and name.isascii() and name.isprintable() and name):
            raise ConfigurationError(f"header {name!r} holds characters that cannot be sent")
    return headers


class LazyContext(ssl.SSLContext):
    """Reads the CA certificates at the first handshake: they take up to a tenth of a second, and http needs none."""

    _is_loaded = False

    def load(self) -> None:
        """Read them now. Raises ``ConfigurationError`` for those of the environment that cannot be read."""
        if not self._is_loaded:
            _load_authorities(self)
            self._is_loaded = True

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        self.load()
        return super().wrap_bio(*args, **kwargs)

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        self.load()
        return super().wrap_socket(*args, **kwargs)


def _load_authorities(context: ssl.SSLContext) -> None:
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        try:
            context.load_verify_locations(cafile=file, capath=folder or None)
        except OSError as error:
            raise _no_authorities("SSL_CERT_FILE", file, error.strerror or "it holds no certificate") from error
    elif folder:
        # OpenSSL takes several, and passes over those that are not there; without any, it would trust nobody.
        if not any(os.access(each, os.R_OK | os.X_OK) for each in folder.split(os.pathsep)):
            raise _no_authorities("SSL_CERT_DIR", folder, "there is no such folder, or it cannot be read")
        context.load_verify_locations(capath=folder)
    else:
        import certifi

        context.load_verify_locations(cafile=certifi.where())


def _no_authorities(variable: str, path: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"{variable} names CA certificates that cannot be read: {path!r} ({problem}). Nothing was sent. Correct it, "
        "unset it, or give the client verify=ssl.create_default_context(cafile=…)"
    )


@lru_cache(maxsize=1)
def _shared_context() -> ssl.SSLContext:
    context = LazyContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def tls_context(verify: ssl.SSLContext | bool) -> ssl.SSLContext | bool:
    """What httpx is given: the one context that all clients share, False, or the caller's own context."""
    if verify is True:
        return _shared_context()
    if verify is False or isinstance(verify, ssl.SSLContext):
        return verify
    raise ConfigurationError(
        f"verify must be True, False or an ssl.SSLContext, not {type(verify).__name__}; for a CA file: "
        "verify=ssl.create_default_context(cafile=…)"
    )
