"""No credentials given: the metadata service if there is one, else ``YC_TOKEN``."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import httpx
import pytest

from tests.auth.double import Cloud, Reply, get
from yc_runs.auth import async_send_signed, resolve, send_signed
from yc_runs.auth._environment import LOOK_AGAIN, Surroundings
from yc_runs.errors import ConfigurationError, CredentialsError

NOBODY = httpx.ConnectTimeout("nobody there")


def surroundings(cloud: Cloud, **environ: str) -> Surroundings:
    return Surroundings(environ, clock=cloud.clock)


def send(cloud: Cloud, auth: httpx.Auth, request: httpx.Request | None = None) -> httpx.Response:
    with cloud.client() as client:
        return send_signed(client, request or get(), auth)


def test_resolving_asks_nothing() -> None:
    cloud = Cloud()
    surroundings(cloud, YC_TOKEN="t1.env")
    assert isinstance(resolve(None, {}), Surroundings)
    assert cloud.exchanges == []


def test_a_metadata_service_that_is_there_comes_before_the_variable() -> None:
    cloud = Cloud()
    auth = surroundings(cloud, YC_TOKEN="t1.env")
    send(cloud, auth)
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1"] * 2
    assert [str(request.url) for request in cloud.exchanges] == [
        "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token"
    ]


def test_it_is_given_a_second_to_connect() -> None:
    cloud = Cloud()
    send(cloud, surroundings(cloud))
    assert cloud.exchanges[0].extensions["timeout"]["connect"] == 1.0


@pytest.mark.parametrize(
    "reply",
    [
        NOBODY,
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("silent"),
        httpx.Response(404),
        httpx.Response(403, text="a proxy's refusal"),
        httpx.Response(200, text="<html>a page of something else</html>"),
        httpx.Response(200, json={"access_token": "ya29.of-another-cloud", "expires_in": 3599}),
    ],
    ids=lambda reply: type(reply).__name__ if isinstance(reply, Exception) else str(reply.status_code),
)
def test_where_there_is_none_the_variable_serves_and_that_is_remembered(reply: Reply) -> None:
    cloud = Cloud()
    cloud.replies = [reply]
    environ = {"YC_TOKEN": "t1.env"}
    auth = Surroundings(environ, clock=cloud.clock)
    send(cloud, auth)
    cloud.clock.now += 1_000_000
    environ["YC_TOKEN"] = "t1.new"
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.env", "Bearer t1.new"]
    assert len(cloud.exchanges) == 1


def test_a_remembered_absence_reads_the_variable_even_when_it_is_gone_later() -> None:
    cloud = Cloud()
    cloud.replies = [NOBODY]
    environ = {"YC_TOKEN": "t1.env"}
    auth = Surroundings(environ, clock=cloud.clock)
    send(cloud, auth)
    environ.clear()
    with pytest.raises(ConfigurationError, match="YC_TOKEN are not set"):
        send(cloud, auth)


def test_where_there_is_nothing_the_error_lists_the_places_and_the_remedies() -> None:
    cloud = Cloud()
    cloud.replies = [NOBODY]
    with pytest.raises(ConfigurationError) as caught:
        send(cloud, surroundings(cloud, YC_TOKEN=" "))
    text = str(caught.value)
    for part in (
        "YC_API_KEY, YC_IAM_TOKEN, YC_OAUTH_TOKEN and YC_TOKEN",
        "http://169.254.169.254/",
        "ConnectTimeout",
        "auth=",
        "NoAuth()",
    ):
        assert part in text
    assert cloud.signed == []


def test_nothing_found_is_remembered_for_a_while_and_then_looked_for_again() -> None:
    cloud = Cloud()
    cloud.replies = [NOBODY]
    auth = surroundings(cloud)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="ConnectTimeout"):
            send(cloud, auth)
    assert len(cloud.exchanges) == 1
    cloud.clock.now += LOOK_AGAIN
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.2"]


def test_a_service_that_falters_is_not_taken_for_absent() -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(503)]
    auth = surroundings(cloud)
    with pytest.raises(CredentialsError, match="HTTP 503") as caught:
        send(cloud, auth)
    assert caught.value.retryable
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.2"]


def test_the_variable_helps_out_while_the_service_falters() -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(429)]
    auth = surroundings(cloud, YC_TOKEN="t1.env")
    send(cloud, auth)
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.env", "Bearer t1.2"]


def test_a_full_connection_pool_says_nothing_about_the_service() -> None:
    cloud = Cloud()
    cloud.replies = [httpx.PoolTimeout("full")]
    with pytest.raises(CredentialsError, match="PoolTimeout"):
        send(cloud, surroundings(cloud))


def test_a_call_in_haste_proves_nothing() -> None:
    cloud = Cloud()
    cloud.replies = [NOBODY]
    auth = surroundings(cloud)
    hasty = httpx.Request("GET", get().url, extensions={"timeout": {"connect": 0.1, "read": 0.1}})
    with pytest.raises(CredentialsError, match="ConnectTimeout"):
        send(cloud, auth, hasty)
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.2"]


def test_a_service_that_was_there_once_is_not_given_up() -> None:
    cloud = Cloud(life=1000)
    auth = surroundings(cloud, YC_TOKEN="t1.env")
    send(cloud, auth)
    cloud.clock.now += 1000
    cloud.replies = [NOBODY]
    with pytest.raises(CredentialsError, match="was not reached"):
        send(cloud, auth)
    send(cloud, auth)
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.3"]


def test_its_token_is_renewed_on_a_401() -> None:
    cloud = Cloud()
    cloud.rejected = {"t1.1"}
    assert send(cloud, surroundings(cloud)).status_code == 200
    assert cloud.signed == ["Bearer t1.1", "Bearer t1.2"]


def test_in_plain_httpx_the_first_call_fails_where_there_is_nothing() -> None:
    cloud = Cloud()
    cloud.replies = [NOBODY]
    with cloud.client() as client, pytest.raises(ConfigurationError, match="no credentials were given and none found"):
        client.send(get(), auth=surroundings(cloud))


def test_in_plain_httpx_the_variable_serves_from_the_second_call_on() -> None:
    cloud = Cloud()
    cloud.replies = [NOBODY]
    auth = surroundings(cloud, YC_TOKEN="t1.env")
    with cloud.client() as client:
        with pytest.raises(CredentialsError, match="send it again") as caught:
            client.send(get(), auth=auth)
        assert caught.value.retryable
        client.send(get(), auth=auth)
    assert cloud.signed == ["Bearer t1.env"]


@pytest.mark.anyio
async def test_many_tasks_look_for_the_service_once() -> None:
    cloud = Cloud()
    auth = surroundings(cloud, YC_TOKEN="t1.env")

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.host == "169.254.169.254":
                cloud.replies = [NOBODY]
                await anyio.lowlevel.checkpoint()
            return cloud(request)

    async with httpx.AsyncClient(transport=Slow()) as client, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(async_send_signed, client, get(), auth)
    assert cloud.signed == ["Bearer t1.env"] * 20
    assert len(cloud.exchanges) == 1
