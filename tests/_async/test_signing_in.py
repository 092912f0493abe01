"""Sign-in as the client does it: the right header, a renewal on a 401, and no secret anywhere else."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import ASSISTANT_ID, RUN_ID, THREAD_ID, ok, refusal, run_json
from tests.support.clients import Script, make_async_client
from yc_runs import (
    APIKey,
    AuthenticationError,
    ConfigurationError,
    CredentialsError,
    EnvToken,
    IAMToken,
    RetryPolicy,
)

pytestmark = pytest.mark.anyio

ENVIRONMENT = ["YC_API_KEY", "YC_IAM_TOKEN", "YC_OAUTH_TOKEN", "YC_TOKEN", "YC_METADATA_ADDR"]


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ("AQVNkey", "Api-Key AQVNkey"),
        ("  AQVNkey\n", "Api-Key AQVNkey"),
        ("t1.9euelZ", "Bearer t1.9euelZ"),
        (APIKey("t1.odd"), "Api-Key t1.odd"),
        (IAMToken("odd"), "Bearer odd"),
        (EnvToken("MY_TOKEN", environ={"MY_TOKEN": "mine"}), "Bearer mine"),
        (lambda: "t1.from-a-function", "Bearer t1.from-a-function"),
    ],
)
async def test_each_kind_of_credentials_has_its_header(auth: Any, header: str) -> None:
    script = Script(ok(run_json()))
    await make_async_client(script, auth=auth).runs.get(RUN_ID)
    assert script.request.headers["authorization"] == header


@pytest.mark.parametrize(
    ("variables", "header"),
    [
        ({"YC_API_KEY": "key", "YC_IAM_TOKEN": "iam"}, "Api-Key key"),
        ({"YC_IAM_TOKEN": "iam", "YC_TOKEN": "env"}, "Bearer iam"),
        ({"YC_API_KEY": " ", "YC_IAM_TOKEN": "iam"}, "Bearer iam"),
    ],
)
async def test_the_environment_is_asked_in_order(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], header: str
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    script = Script(ok(run_json()))
    await make_async_client(script, auth=None).runs.get(RUN_ID)
    assert script.request.headers["authorization"] == header


async def test_a_token_is_renewed_once_on_a_401_and_the_call_succeeds() -> None:
    tokens = (f"t1.number-{number}" for number in itertools.count())
    script = Script(refusal(401), ok(run_json()), ok(run_json()))
    client = make_async_client(script, auth=lambda: next(tokens))
    await client.runs.get(RUN_ID)
    await client.runs.get(RUN_ID)
    assert script.authorizations == ["Bearer t1.number-0", "Bearer t1.number-1", "Bearer t1.number-1"]


async def test_a_write_is_sent_again_after_a_401_with_the_same_body() -> None:
    tokens = (f"t1.number-{number}" for number in itertools.count())
    script = Script(refusal(401), ok(run_json()))
    await make_async_client(script, auth=lambda: next(tokens)).runs.create(ASSISTANT_ID, THREAD_ID)
    assert script.requests[0].content == script.requests[1].content != b""


async def test_a_second_401_is_the_error() -> None:
    tokens = (f"t1.number-{number}" for number in itertools.count())
    script = Script(refusal(401), refusal(401))
    with pytest.raises(AuthenticationError) as caught:
        await make_async_client(script, auth=lambda: next(tokens)).runs.get(RUN_ID)
    assert "t1.number" not in f"{caught.value!r} {vars(caught.value)!r}"
    assert script.is_done


async def test_an_oauth_token_is_exchanged_over_the_same_http_client() -> None:
    exchange = ok({"iamToken": "t1.exchanged", "expiresAt": "2999-01-01T00:00:00Z"})
    script = Script(exchange, ok(run_json()), ok(run_json()))
    client = make_async_client(script, auth="y0_an-oauth-token")
    await client.runs.get(RUN_ID)
    await client.runs.get(RUN_ID)
    first, second, third = script.requests
    assert str(first.url) == "https://iam.api.cloud.yandex.net/iam/v1/tokens"
    assert "authorization" not in first.headers
    assert second.headers["authorization"] == third.headers["authorization"] == "Bearer t1.exchanged"


async def test_an_exchange_that_fails_for_the_moment_is_tried_again_also_for_a_write() -> None:
    exchange = ok({"iamToken": "t1.exchanged", "expiresAt": "2999-01-01T00:00:00Z"})
    script = Script(refusal(503), exchange, ok(run_json()))
    await make_async_client(script, auth="y0_token").runs.create(ASSISTANT_ID, THREAD_ID)
    assert script.is_done


async def test_an_exchange_that_is_refused_ends_the_call_before_it_is_sent() -> None:
    script = Script(refusal(401, {"code": 16, "message": "OAuth token is invalid"}))
    with pytest.raises(CredentialsError) as caught:
        await make_async_client(script, auth="y0_secret-token").runs.create(ASSISTANT_ID, THREAD_ID)
    assert "y0_secret" not in f"{caught.value!r} {vars(caught.value)!r}"
    assert not caught.value.maybe_applied
    assert script.seen == ["POST /iam/v1/tokens"]


async def test_a_token_function_that_fails_ends_the_call_before_it_is_sent() -> None:
    def broken() -> str:
        raise KeyError("vault password 1234")

    with pytest.raises(CredentialsError, match="KeyError") as caught:
        await make_async_client(Script(), auth=broken).runs.get(RUN_ID)
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize("auth", ["", " ", "Bearer t1.x", "key\nx", "ключ"])
async def test_what_cannot_be_a_key_is_refused_when_the_client_is_made(auth: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_async_client(Script(), auth=auth)
    assert not auth.strip() or auth not in str(caught.value)


@pytest.mark.parametrize("auth", [5, b"key", APIKey])
async def test_what_cannot_be_credentials_is_refused_when_the_client_is_made(auth: Any) -> None:
    with pytest.raises(TypeError):
        make_async_client(Script(), auth=auth)


@pytest.mark.parametrize("trouble", [httpx.ConnectError("t1.secret-7"), refusal(500)])
async def test_no_token_shows_in_the_log(
    trouble: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("DEBUG")
    answer: Callable[[httpx.Request], httpx.Response] = lambda request: refusal(500)  # noqa: E731
    client = make_async_client(Script(answer), auth="t1.secret-7", retry=RetryPolicy(attempts=1))
    with pytest.raises(Exception, match="500"):
        await client.runs.get(RUN_ID)
    assert "t1.secret-7" not in caplog.text
    assert "t1.secret-7" not in repr(client.__dict__)
