"""TLS: who is trusted, who is not, and who has to show a certificate of his own."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support.answers import RUN_ID, run_json
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.clocks import AsyncFakeClock
from tests.support.raw_server import RawServer, whole
from yc_runs import AsyncClient, ConfigurationError, ConnectionFailedError, RunsError
from yc_runs._settings import _shared_context

pytestmark = pytest.mark.anyio

OURS, OTHER = trustme.CA(), trustme.CA()


def serve(*, name: str = "127.0.0.1", ca: trustme.CA = OURS, wants: trustme.CA | None = None) -> RawServer:
    """A server with a certificate for ``name``, which asks clients for one of ``wants``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    if wants:
        context.verify_mode = ssl.CERT_REQUIRED
        wants.configure_trust(context)
    return RawServer(lambda request: [whole(run_json())], tls=context)


def trusting(path: Path, shows: trustme.CA | None = None) -> ssl.SSLContext:
    """The context that the guide tells to make: one's own CA, and perhaps a client's certificate."""
    OURS.cert_pem.write_to_path(str(path / "ca.pem"))
    context = ssl.create_default_context(cafile=str(path / "ca.pem"))
    if shows:
        shows.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(str(path / "client.pem"))
        context.load_cert_chain(str(path / "client.pem"))
    return context


async def get(server: RawServer, verify: Any = True) -> str:
    """The id of the run that the server shows."""
    settings = {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url, "clock": AsyncFakeClock()}
    async with AsyncClient(verify=verify, **settings) as client:
        return (await client.runs.get(RUN_ID)).id


async def test_a_server_of_an_unknown_ca_is_refused_and_sees_no_request() -> None:
    with serve() as server:
        with pytest.raises(ConnectionFailedError, match=r"(?i)certificate verify failed.*verify, or SSL_CERT_FILE"):
            await get(server)
        assert server.seen == []
        assert 1 <= server.connections <= 4


async def test_ones_own_ca_is_trusted_by_a_context(tmp_path: Path) -> None:
    with serve() as server:
        assert await get(server, trusting(tmp_path)) == RUN_ID


async def test_a_ca_that_is_not_ones_own_is_refused(tmp_path: Path) -> None:
    with serve(ca=OTHER) as server:
        with pytest.raises(ConnectionFailedError, match=r"(?i)certificate verify failed"):
            await get(server, trusting(tmp_path))
        assert server.seen == []


async def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    with serve(name="elsewhere.test") as server:
        with pytest.raises(ConnectionFailedError, match=r"(?i)certificate verify failed.*mismatch"):
            await get(server, trusting(tmp_path))
        assert server.seen == []


async def test_a_client_certificate_is_shown_to_a_server_that_asks_for_it(tmp_path: Path) -> None:
    with serve(wants=OURS) as server:
        assert await get(server, trusting(tmp_path, shows=OURS)) == RUN_ID


@pytest.mark.parametrize("shows", [None, OTHER], ids=["none", "of another CA"])
async def test_a_server_that_asks_for_a_certificate_takes_no_other(tmp_path: Path, shows: trustme.CA | None) -> None:
    with serve(wants=OURS) as server:
        with pytest.raises(RunsError):
            await get(server, trusting(tmp_path, shows))
        assert server.seen == []


async def test_verify_false_trusts_anybody() -> None:
    with serve(ca=OTHER, name="elsewhere.test") as server:
        assert await get(server, verify=False) == RUN_ID


@pytest.fixture
def fresh() -> Iterator[None]:
    """No certificates are loaded yet, and those of the test stay with it."""
    _shared_context.cache_clear()
    yield
    _shared_context.cache_clear()


@pytest.mark.usefixtures("fresh")
async def test_the_environment_may_name_the_ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serve() as server, serve(ca=OTHER) as other:
        assert await get(server) == RUN_ID
        with pytest.raises(ConnectionFailedError):
            await get(other)


@pytest.mark.usefixtures("fresh")
async def test_the_environment_may_name_several_folders_of_cas_of_which_some_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'missing'}{os.pathsep}{tmp_path}")
    with serve() as server, pytest.raises(ConnectionFailedError, match=r"(?i)certificate verify failed"):
        await get(server)


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("variable", "name", "problem"),
    [
        ("SSL_CERT_FILE", "missing.pem", "No such file"),
        ("SSL_CERT_FILE", "empty.pem", "no certificate"),
        ("SSL_CERT_FILE", "garbage.pem", "(?i)no certificate|PEM"),
        ("SSL_CERT_DIR", "missing", "no such folder"),
    ],
)
async def test_cas_of_the_environment_that_cannot_be_read_are_told_by_variable_and_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, name: str, problem: str
) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "garbage.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for each in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(variable, str(tmp_path / name))
    with serve() as server:
        with pytest.raises(ConfigurationError, match=problem) as caught:
            await get(server)
        assert str(caught.value).startswith(f"{variable} names CA certificates")
        assert repr(str(tmp_path / name)) in str(caught.value)
        assert (server.seen, server.wait_until_closed()) == ([], 0)


async def test_all_clients_that_name_no_context_share_one() -> None:
    settings = {"folder_id": FOLDER_ID, "auth": SECRET}
    async with AsyncClient(**settings) as one, AsyncClient(**settings) as other:
        contexts = [client._pool._make()._transport._pool._context for client in (one, other)]
    assert contexts == [_shared_context()] * 2
    assert contexts[0] is contexts[1]
