"""Credentials in plain httpx clients and in the transport's own way to send, sync and on both event loops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest

from tests.auth.double import OAUTH, Cloud, FakeClock, Reply, get
from yc_runs.auth import APIKey, Metadata, OAuthToken, async_send_signed, send_signed
from yc_runs.auth._cache import PAUSE
from yc_runs.errors import CredentialsError

Send = Callable[[Cloud, httpx.Auth], Awaitable[httpx.Response]]


async def through_client(cloud: Cloud, auth: httpx.Auth) -> httpx.Response:
    with cloud.client() as client:
        return client.send(get(), auth=auth)


async def through_async_client(cloud: Cloud, auth: httpx.Auth) -> httpx.Response:
    async with cloud.async_client() as client:
        return await client.send(get(), auth=auth)


async def through_send(cloud: Cloud, auth: httpx.Auth) -> httpx.Response:
    with cloud.client() as client:
        return send_signed(client, get(), auth)


async def through_async_send(cloud: Cloud, auth: httpx.Auth) -> httpx.Response:
    async with cloud.async_client() as client:
        return await async_send_signed(client, get(), auth)


pytestmark = pytest.mark.anyio
every_way = pytest.mark.parametrize("send", [through_client, through_async_client, through_send, through_async_send])
plain_httpx = pytest.mark.parametrize("send", [through_client, through_async_client])
own_way = pytest.mark.parametrize("send", [through_send, through_async_send])


async def due_for_renewal(send: Send, reply: Reply) -> tuple[Cloud, OAuthToken]:
    """A token that is still good, but whose renewal is due, and will meet with this reply."""
    cloud = Cloud(life=1000)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    await send(cloud, auth)
    cloud.clock.now += 800
    cloud.replies = [reply]
    return cloud, auth


@every_way
async def test_a_key_is_sent_as_it_is(send: Send) -> None:
    cloud = Cloud()
    assert (await send(cloud, APIKey("AQVNkey"))).status_code == 200
    assert cloud.signed == ["Api-Key AQVNkey"]


@every_way
async def test_a_token_is_exchanged_once_and_then_kept(send: Send) -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    for _ in range(3):
        await send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1"] * 3
    assert cloud.bodies == [{"yandexPassportOauthToken": OAUTH}]


@every_way
async def test_metadata_gives_tokens_for_as_long_as_it_says(send: Send) -> None:
    cloud = Cloud(life=1000)
    auth = Metadata("127.0.0.1", clock=cloud.clock)
    for seconds in (0, 699, 1):
        cloud.clock.now += seconds
        await send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.1", "Bearer t1.2"]


@every_way
async def test_a_token_is_renewed_well_before_it_expires(send: Send) -> None:
    cloud = Cloud(life=36000)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    for seconds in (0, 32399, 1):
        cloud.clock.now += seconds
        await send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.1", "Bearer t1.2"]


@every_way
async def test_a_clock_that_is_far_ahead_costs_an_exchange_each_time_but_works(send: Send) -> None:
    cloud = Cloud()
    ahead = FakeClock()
    ahead.now += 86400
    auth = OAuthToken(OAUTH, clock=ahead)
    await send(cloud, auth)
    await send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.2"]


@every_way
async def test_a_401_renews_the_token_once(send: Send) -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    await send(cloud, auth)
    cloud.rejected = {"t1.1"}
    assert (await send(cloud, auth)).status_code == 200
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.1", "Bearer t1.2"]


@every_way
async def test_a_second_401_is_the_answer(send: Send) -> None:
    cloud = Cloud()
    cloud.rejected = {"t1.1", "t1.2", "t1.3"}
    assert (await send(cloud, OAuthToken(OAUTH, clock=cloud.clock))).status_code == 401
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.2"]


@every_way
async def test_a_401_to_a_fixed_key_is_the_answer(send: Send) -> None:
    cloud = Cloud()
    cloud.rejected = {"Api-Key AQVNkey"}
    assert (await send(cloud, APIKey("AQVNkey"))).status_code == 401
    assert len(cloud.signed) == 1


@every_way
async def test_a_refused_exchange_sends_nothing_to_the_gateway(send: Send) -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(401, json={"message": "no"})]
    with pytest.raises(CredentialsError, match="HTTP 401"):
        await send(cloud, OAuthToken(OAUTH))
    assert cloud.signed == []


@every_way
async def test_an_exchange_that_finds_nobody_is_a_retryable_credentials_error(send: Send) -> None:
    cloud = Cloud()
    cloud.replies = [httpx.ConnectError("nobody")]
    auth = OAuthToken(OAUTH)
    with pytest.raises(CredentialsError, match="was not reached") as caught:
        await send(cloud, auth)
    assert caught.value.retryable
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert (await send(cloud, auth)).status_code == 200


@every_way
async def test_a_renewal_after_a_401_that_fails_is_told(send: Send) -> None:
    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    await send(cloud, auth)
    cloud.rejected = {"t1.1"}
    cloud.replies = [httpx.Response(503)]
    with pytest.raises(CredentialsError, match="HTTP 503"):
        await send(cloud, auth)


@every_way
async def test_a_refused_renewal_leaves_a_good_token_in_use(send: Send) -> None:
    cloud, auth = await due_for_renewal(send, httpx.Response(503))
    await send(cloud, auth)
    await send(cloud, auth)
    cloud.clock.now += PAUSE
    await send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1"] * 3 + ["Bearer t1.3"]
    assert len(cloud.exchanges) == 3


@every_way
async def test_an_expired_token_is_not_used_when_its_renewal_fails(send: Send) -> None:
    cloud = Cloud(life=1000)
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    await send(cloud, auth)
    cloud.clock.now += 1000
    cloud.replies = [httpx.Response(503)]
    with pytest.raises(CredentialsError):
        await send(cloud, auth)


@own_way
async def test_a_renewal_that_finds_nobody_leaves_a_good_token_in_use(send: Send) -> None:
    cloud, auth = await due_for_renewal(send, httpx.ConnectError("nobody"))
    assert (await send(cloud, auth)).status_code == 200
    assert cloud.signed == ["Bearer t1.1"] * 2


@plain_httpx
async def test_plain_httpx_gives_that_call_up_but_not_the_next(send: Send) -> None:
    cloud, auth = await due_for_renewal(send, httpx.ConnectError("nobody"))
    with pytest.raises(CredentialsError, match="send it again") as caught:
        await send(cloud, auth)
    assert caught.value.retryable
    assert (await send(cloud, auth)).status_code == 200


@every_way
async def test_a_gateway_that_is_not_there_is_httpx_own_error(send: Send) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no gateway")

    cloud = Cloud()
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    await send(cloud, auth)
    cloud._gateway = handler  # type: ignore[method-assign]
    with pytest.raises(httpx.ConnectError, match="no gateway"):
        await send(cloud, auth)


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __iter__(self) -> Iterator[bytes]:
        yield b'{"iamToken"'
        raise httpx.ReadError("broke off")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"iamToken"'
        raise httpx.ReadError("broke off")


@every_way
async def test_an_exchange_that_breaks_off_is_a_retryable_credentials_error(send: Send) -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(200, stream=Broken())]
    with pytest.raises(CredentialsError, match="ReadError: broke off") as caught:
        await send(cloud, OAuthToken(OAUTH))
    assert caught.value.retryable


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that must not be read, and tells whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("the user's own answer was read")

    def __aiter__(self) -> AsyncIterator[bytes]:
        raise AssertionError("the user's own answer was read")

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


@own_way
async def test_the_users_own_answer_comes_back_open_and_unread(send: Send) -> None:
    cloud, body = Cloud(), Endless()
    cloud._gateway = lambda request: httpx.Response(200, stream=body)  # type: ignore[method-assign]
    response = await send(cloud, OAuthToken(OAUTH))
    assert not response.is_closed
    assert not body.closed


@own_way
async def test_an_answer_that_the_call_ends_without_is_closed(send: Send) -> None:
    class Refusal(Endless):
        def __iter__(self) -> Iterator[bytes]:
            yield b"{}"

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{}"

    cloud, body = Cloud(), Refusal()
    cloud._gateway = lambda request: httpx.Response(401, stream=body)  # type: ignore[method-assign]
    auth = OAuthToken(OAUTH, clock=cloud.clock)
    cloud.on_exchange = lambda: cloud.replies.append(httpx.Response(403)) if len(cloud.exchanges) > 1 else None
    with pytest.raises(CredentialsError, match="HTTP 403"):
        await send(cloud, auth)
    assert body.closed


@own_way
async def test_a_refusal_of_the_exchange_is_never_redirected(send: Send) -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(307, headers={"location": "https://thief.test/"})]
    with pytest.raises(CredentialsError, match="redirect"):
        await send(cloud, OAuthToken(OAUTH))
    assert [request.url.host for request in cloud.exchanges] == ["iam.api.cloud.yandex.net"]


@own_way
async def test_any_httpx_auth_signs_too(send: Send) -> None:
    cloud = Cloud()
    await send(cloud, httpx.BasicAuth("user", "password"))
    assert cloud.signed[0] is not None
    assert cloud.signed[0].startswith("Basic ")


def test_a_redirect_is_not_followed_even_where_the_client_would() -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(307, headers={"location": "https://thief.test/"})]
    client = httpx.Client(transport=httpx.MockTransport(cloud), follow_redirects=True)
    with client, pytest.raises(CredentialsError, match="redirect"):
        send_signed(client, get(), OAuthToken(OAUTH))
    assert len(cloud.exchanges) == 1
