"""The cloud as credentials see it: an IAM service, a metadata service and a gateway behind one mock transport."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone

import httpx

NOW = 1_800_000_000.0
GATEWAY = "https://gateway.test/assistants/v1/runs"
OAUTH = "y0_not-a-real-oauth-token"


class FakeClock:
    """A wall clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


Reply = httpx.Response | Exception


class Cloud:
    """Gives out tokens ``t1.1``, ``t1.2``, … and remembers what it was asked.

    ``replies`` are given to the next exchanges in place of tokens; ``rejected`` tokens get a 401 from the gateway;
    ``on_exchange`` is called before each exchange is answered.
    """

    def __init__(self, clock: FakeClock | None = None, *, life: float = 3600.0) -> None:
        self.clock = clock or FakeClock()
        self.life = life
        self.exchanges: list[httpx.Request] = []
        self.signed: list[str | None] = []
        self.replies: list[Reply] = []
        self.rejected: set[str] = set()
        self.on_exchange: Callable[[], None] = lambda: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "gateway.test":
            return self._gateway(request)
        self.exchanges.append(request)
        self.on_exchange()
        if self.replies:
            reply = self.replies.pop(0)
            if isinstance(reply, Exception):
                raise reply
            return reply
        return self._token(request)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))

    def async_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))

    def _gateway(self, request: httpx.Request) -> httpx.Response:
        header = request.headers.get("authorization")
        self.signed.append(header)
        if header is not None and header.removeprefix("Bearer ") in self.rejected:
            return httpx.Response(401, json={"code": 16, "message": "expired"})
        return httpx.Response(200, json={})

    def _token(self, request: httpx.Request) -> httpx.Response:
        token = f"t1.{len(self.exchanges)}"
        if request.method == "GET":
            return httpx.Response(200, json={"access_token": token, "expires_in": self.life, "token_type": "Bearer"})
        expires = datetime.fromtimestamp(self.clock.now + self.life, timezone.utc)
        return httpx.Response(
            200, json={"iamToken": token, "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%S.000000000Z")}
        )

    @property
    def bodies(self) -> list[dict[str, str]]:
        return [json.loads(request.content) for request in self.exchanges]


def get() -> httpx.Request:
    return httpx.Request("GET", GATEWAY)
