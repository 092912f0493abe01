"""What every test of the project gets: both event loops, repeatable random data, and no network beyond loopback."""

from __future__ import annotations

import gc
import importlib
import ipaddress
import os
import pkgutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import yc_runs

# A slow or busy machine is not a failure, so no deadline; in CI the same examples come every time.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_collection_finish() -> None:
    """Load all of the package, and have the collector of garbage pass over what is there, and come less often.

    pytest compiles the modules of its plugins anew, and CPython 3.11 may fail where threads do so at the same time; the
    package loads most of itself when it is first used. The collector takes a fifth of the time of small tests; a
    test that is about garbage collects it itself.
    """
    for module in pkgutil.walk_packages(yc_runs.__path__, "yc_runs."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run each test marked with ``anyio`` once on asyncio and once on trio."""
    return str(request.param)


class RemoteConnectionError(Exception):
    """A test tried to leave this machine. Not an ``OSError``, which a client would take for a failed connection."""


def _refuse_remote(host: object) -> None:
    if host in (None, "", b"", "localhost", b"localhost"):
        return
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        loopback = ipaddress.ip_address(text).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise RemoteConnectionError(f"a test tried to reach {text!r}; tests may reach loopback only")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse name look-ups and connections beyond loopback in this process (a child process is on its own)."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_remote(address[0])

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_remote(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield
