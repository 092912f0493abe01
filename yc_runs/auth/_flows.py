"""Carries out the steps of credentials for httpx, by blocking or by awaiting.

To httpx the two flows look like the generators that an ``httpx.Auth`` returns. httpx tells such a generator nothing
of a request that failed: it just closes it while the exception travels on. So a flow that is closed looks at that
exception, and if it ended a request of the credentials' own, lets the credentials say what it means. What it cannot
do then is go on, say with an old token that is still good; ``send_signed`` can, by handing the exception in.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

import httpx

from yc_runs.auth._base import Credentials
from yc_runs.auth._steps import Ask, Call, Errand, Outgoing, Read, Steps, advance
from yc_runs.errors import ConfigurationError, CredentialsError


class SteppedAuth(Credentials):
    """Credentials whose flows are made of steps."""

    is_stepped = True

    def _steps(self, request: httpx.Request) -> Steps[None]:
        raise NotImplementedError

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Return the flow for ``httpx.Client``."""
        return SyncFlow(self._steps(request))

    def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Return the flow for ``httpx.AsyncClient``."""
        return AsyncFlow(self._steps(request))


class SyncFlow(Generator[httpx.Request, httpx.Response, None]):
    """Carries out steps by blocking."""

    def __init__(self, steps: Steps[None]) -> None:
        self._steps = steps
        self._sent: Outgoing | None = None

    def send(self, value: httpx.Response | None) -> httpx.Request:
        """Take the answer to the last request and return the next request to send."""
        try:
            if value is not None and isinstance(self._sent, Ask):
                value.read()
        except Exception as error:
            return self._proceed(None, error)
        return self._proceed(value, None)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> httpx.Request:
        """Take the exception that the last request ended in and return the next request to send."""
        return self._proceed(None, _exception(typ, val))

    def close(self) -> None:
        """End the work, wherever it is."""
        _end(self._steps, self._sent, sys.exc_info()[1])

    def _proceed(self, answer: Any, error: BaseException | None) -> httpx.Request:
        self._sent = None
        while (step := advance(self._steps, answer, error)) is not None:
            if isinstance(step, Outgoing):
                self._sent = step
                return step.request if isinstance(step, Ask) else step
            answer, error = _attempt(step)
        raise StopIteration


class AsyncFlow(AsyncGenerator[httpx.Request, httpx.Response]):
    """Carries out steps by awaiting."""

    def __init__(self, steps: Steps[None]) -> None:
        self._steps = steps
        self._sent: Outgoing | None = None

    async def asend(self, value: httpx.Response | None) -> httpx.Request:
        """Take the answer to the last request and return the next request to send."""
        try:
            if value is not None and isinstance(self._sent, Ask):
                await value.aread()
        except Exception as error:
            return await self._proceed(None, error)
        return await self._proceed(value, None)

    async def athrow(self, typ: Any, val: Any = None, tb: Any = None) -> httpx.Request:
        """Take the exception that the last request ended in and return the next request to send."""
        return await self._proceed(None, _exception(typ, val))

    async def aclose(self) -> None:
        """End the work, wherever it is."""
        _end(self._steps, self._sent, sys.exc_info()[1])

    async def _proceed(self, answer: Any, error: BaseException | None) -> httpx.Request:
        self._sent = None
        while (step := advance(self._steps, answer, error)) is not None:
            if isinstance(step, Outgoing):
                self._sent = step
                return step.request if isinstance(step, Ask) else step
            answer, error = await _async_attempt(step)
        raise StopAsyncIteration


def _attempt(errand: Errand) -> tuple[Any, Exception | None]:
    try:
        if isinstance(errand, Call):
            return _call(errand.function), None
        if isinstance(errand, Read):
            errand.response.read()
        else:
            errand.renewal.wait(errand.patience)
    except Exception as error:
        return None, error
    return None, None


async def _async_attempt(errand: Errand) -> tuple[Any, Exception | None]:
    try:
        if isinstance(errand, Call):
            return await _async_call(errand.function), None
        if isinstance(errand, Read):
            await errand.response.aread()
        else:
            await errand.renewal.async_wait(errand.patience)
    except Exception as error:
        return None, error
    return None, None


def _call(function: Callable[[], Any]) -> Any:
    result = function()
    if not inspect.isawaitable(result):
        return result
    if inspect.iscoroutine(result):
        result.close()
    raise ConfigurationError(
        "the token callable is asynchronous: use it with AsyncClient, or give one that returns a token"
    )


async def _async_call(function: Callable[[], Any]) -> Any:
    if _is_async(function):
        return await function()
    # A plain function may ask a vault over the network: the event loop must not stand still meanwhile.
    from anyio import to_thread

    # In a tuple, because trio takes a coroutine that comes out of a thread for a mistake.
    (result,) = await to_thread.run_sync(lambda: (function(),), abandon_on_cancel=True)
    return await result if inspect.isawaitable(result) else result


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(function.__call__)


def _exception(typ: Any, val: Any) -> BaseException:
    error: BaseException = typ() if val is None and isinstance(typ, type) else val or typ
    return error


def _end(steps: Steps[None], sent: Outgoing | None, failure: BaseException | None) -> None:
    try:
        lost = isinstance(sent, Ask) and _ended_in(sent.request, failure)
        if lost and advance(steps, None, failure) is not None:
            raise CredentialsError(
                "a token could not be renewed, and this request was given up; send it again, and it goes out "
                "with the credentials that are left",
                retryable=True,
            ) from failure
    finally:
        steps.close()


def _ended_in(request: httpx.Request, failure: BaseException | None) -> bool:
    # `failure.request` raises where httpx set none, and the exception may have nothing to do with this request.
    return isinstance(failure, httpx.RequestError) and getattr(failure, "_request", None) is request
