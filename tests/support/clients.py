"""Clients made for tests: on a script of answers, or on a ``LocalGateway`` in this process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx

from tests.support.clocks import AsyncFakeClock, FakeClock
from yc_runs import AsyncClient, Client
from yc_runs.testing import LocalGateway

BASE_URL = "https://gateway.test"
SECRET = "AQVN-a-key-that-nobody-may-see"
FOLDER_ID = "local-folder"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Script:
    """A gateway that gives these answers, one a request, and keeps the requests; exceptions are raised.

    With ``forever`` the last answer is given again and again; it must then be made anew, by a function.
    """

    def __init__(self, *answers: Answer, forever: bool = False) -> None:
        self._answers = list(answers)
        self._forever = forever
        self.requests: list[httpx.Request] = []
        # As it came: signing a request anew changes the request itself.
        self.authorizations: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.authorizations.append(request.headers.get("authorization"))
        assert self._answers, f"one request too many: {request.method} {request.url}"
        answer = self._answers[0] if self._forever and len(self._answers) == 1 else self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def request(self) -> httpx.Request:
        """The only request there was."""
        assert len(self.requests) == 1, self.seen
        return self.requests[0]

    @property
    def body(self) -> Any:
        """The JSON of the only request."""
        return json.loads(self.request.content)

    @property
    def seen(self) -> list[str]:
        """Method and target of each request."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]

    @property
    def is_done(self) -> bool:
        """Every answer was asked for."""
        return not self._answers


def make_async_client(handler: Callable[[httpx.Request], httpx.Response], **settings: Any) -> AsyncClient:
    """An ``AsyncClient`` whose requests go to ``handler`` and whose clock is fake."""
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return AsyncClient(**{"http_client": http_client, "clock": AsyncFakeClock(), **_DEFAULTS, **settings})


def make_client(handler: Callable[[httpx.Request], httpx.Response], **settings: Any) -> Client:
    """A ``Client`` whose requests go to ``handler`` and whose clock is fake."""
    http_client = httpx.Client(transport=httpx.MockTransport(handler))
    return Client(**{"http_client": http_client, "clock": FakeClock(), **_DEFAULTS, **settings})


@asynccontextmanager
async def async_gateway_client(gateway: LocalGateway, **settings: Any) -> AsyncIterator[AsyncClient]:
    """An ``AsyncClient`` on a gateway in this process."""
    async with httpx.AsyncClient(transport=gateway.transport()) as http_client:
        given = {"http_client": http_client, "clock": AsyncFakeClock(), **_DEFAULTS, **settings}
        async with AsyncClient(**given) as client:
            yield client


@contextmanager
def gateway_client(gateway: LocalGateway, **settings: Any) -> Iterator[Client]:
    """A ``Client`` on a gateway in this process."""
    with httpx.Client(transport=gateway.sync_transport()) as http_client:
        given = {"http_client": http_client, "clock": FakeClock(), **_DEFAULTS, **settings}
        with Client(**given) as client:
            yield client


_DEFAULTS: dict[str, Any] = {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": BASE_URL}


def connection_of(lease: Any) -> Any:
    """The connection, httpcore's, under what a call was lent."""
    return lease.client._transport._pool._connection
