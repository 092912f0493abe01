"""Tokens from a function of the user's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from tests.auth.double import NOW, Cloud, get
from yc_runs.auth import TokenProvider, async_send_signed, send_signed
from yc_runs.errors import ConfigurationError, CredentialsError, RateLimitError


class Vault:
    """Gives ``t1.1``, ``t1.2``, … through ``shape`` and counts the calls."""

    def __init__(self, shape: Callable[[str], Any] = lambda token: token) -> None:
        self.shape = shape
        self.calls = 0

    def __call__(self) -> Any:
        self.calls += 1
        return self.shape(f"t1.{self.calls}")


class AsyncVault(Vault):
    async def __call__(self) -> Any:
        return super().__call__()


def send(cloud: Cloud, auth: httpx.Auth) -> None:
    with cloud.client() as client:
        send_signed(client, get(), auth)


def failing(error: Exception) -> Callable[[], str]:
    def function() -> str:
        raise error

    return function


def test_a_bare_token_is_kept_for_five_minutes_at_most() -> None:
    cloud, vault = Cloud(), Vault()
    auth = TokenProvider(vault, clock=cloud.clock)
    for seconds in (0, 149, 151):
        cloud.clock.now += seconds
        send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.1", "Bearer t1.2"]


def test_no_age_at_all_means_a_call_for_every_request() -> None:
    cloud = Cloud()
    auth = TokenProvider(Vault(), max_age=0, clock=cloud.clock)
    send(cloud, auth)
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.2"]


@pytest.mark.parametrize(
    "expires",
    [NOW + 3600, int(NOW + 3600), datetime.fromtimestamp(NOW, timezone.utc) + timedelta(hours=1)],
    ids=["float", "int", "datetime"],
)
def test_a_token_is_kept_until_it_is_due(expires: Any) -> None:
    cloud = Cloud()
    auth = TokenProvider(Vault(lambda token: (token, expires)), clock=cloud.clock)
    for seconds in (0, 3239, 1):
        cloud.clock.now += seconds
        send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.1", "Bearer t1.2"]


def test_a_pair_may_leave_the_time_open() -> None:
    cloud = Cloud()
    send(cloud, TokenProvider(Vault(lambda token: (token, None)), clock=cloud.clock))
    assert cloud.signed == ["Bearer t1.1"]


def test_white_space_around_a_token_is_dropped() -> None:
    cloud = Cloud()
    send(cloud, TokenProvider(lambda: " t1.x\n"))
    assert cloud.signed == ["Bearer t1.x"]


def test_a_rejected_token_is_asked_for_anew_once() -> None:
    cloud = Cloud()
    cloud.rejected = {"t1.1"}
    send(cloud, TokenProvider(Vault(), clock=cloud.clock))
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.2"]


def test_a_coroutine_function_needs_the_async_client() -> None:
    auth = TokenProvider(AsyncVault())
    with pytest.raises(ConfigurationError, match="use it with AsyncClient"):
        send(Cloud(), auth)


def test_an_awaitable_that_is_no_coroutine_needs_it_too() -> None:
    class Later:
        def __await__(self) -> Any:
            return iter(())

    with pytest.raises(ConfigurationError, match="use it with AsyncClient"):
        send(Cloud(), TokenProvider(Later))


@pytest.mark.anyio
async def test_a_coroutine_function_is_awaited_in_the_event_loop() -> None:
    cloud = Cloud()
    threads = []

    async def token() -> str:
        await anyio.lowlevel.checkpoint()
        threads.append(threading.current_thread())
        return "t1.async"

    async with cloud.async_client() as client:
        await async_send_signed(client, get(), TokenProvider(token))
        await async_send_signed(client, get(), TokenProvider(AsyncVault()))
        await async_send_signed(client, get(), TokenProvider(lambda: token()))
    assert cloud.signed == ["Bearer t1.async", "Bearer t1.1", "Bearer t1.async"]
    assert threads == [threading.current_thread()] * 2


@pytest.mark.anyio
async def test_a_plain_function_is_called_beside_the_event_loop() -> None:
    cloud = Cloud()
    threads = []

    def token() -> str:
        threads.append(threading.current_thread())
        return "t1.plain"

    async with cloud.async_client() as client:
        await async_send_signed(client, get(), TokenProvider(token))
    assert cloud.signed == ["Bearer t1.plain"]
    assert threads != [threading.current_thread()]


@pytest.mark.anyio
async def test_many_tasks_call_the_function_once() -> None:
    cloud, vault = Cloud(), AsyncVault()
    auth = TokenProvider(vault, clock=cloud.clock)
    async with cloud.async_client() as client, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(async_send_signed, client, get(), auth)
    assert vault.calls == 1
    assert cloud.signed == ["Bearer t1.1"] * 20


@pytest.mark.parametrize(
    ("error", "retryable"),
    [(KeyError("sesame"), False), (StopIteration("sesame"), False), (ConnectionError("sesame"), True)],
)
def test_what_the_function_raises_is_the_cause_of_a_credentials_error(error: Exception, retryable: bool) -> None:
    with pytest.raises(CredentialsError, match=f"the token function raised {type(error).__name__}") as caught:
        send(Cloud(), TokenProvider(failing(error)))
    assert caught.value.__cause__ is error
    assert caught.value.retryable is retryable
    assert "sesame" not in str(caught.value)


@pytest.mark.anyio
async def test_what_the_function_raises_is_told_in_async_code_too() -> None:
    async with Cloud().async_client() as client:
        with pytest.raises(CredentialsError, match="the token function raised KeyError"):
            await async_send_signed(client, get(), TokenProvider(failing(KeyError("x"))))


def test_this_packages_own_errors_come_out_as_they_are() -> None:
    error = RateLimitError("slow down")
    with pytest.raises(RateLimitError) as caught:
        send(Cloud(), TokenProvider(failing(error)))
    assert caught.value is error


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "not NoneType"),
        ("", "a text that is empty"),
        ("t1.a\nb", "cannot stand in a header"),
        (b"t1.sesame", "not bytes"),
        (("t1.sesame", 1, 2), r"not \(str, int, int\)"),
        ((b"t1.sesame", 1), r"not \(bytes, int\)"),
        (("t1.sesame", "tomorrow"), "expires_at must be seconds since the epoch"),
        (("t1.sesame", True), "not bool"),
        (("t1.sesame", float("nan")), "not float"),
        (("t1.sesame", datetime(2030, 1, 1)), "a datetime with a time zone"),  # noqa: DTZ001 - that is the point
    ],
)
def test_a_wrong_answer_of_the_function_is_told_without_its_content(given: Any, words: str) -> None:
    with pytest.raises(CredentialsError, match=words) as caught:
        send(Cloud(), TokenProvider(lambda: given))
    assert "sesame" not in str(caught.value)


def test_what_cannot_be_called_is_refused_at_once() -> None:
    function: Any = "t1.a"
    with pytest.raises(TypeError, match="must be callable, which str is not"):
        TokenProvider(function)
