"""What a failed exchange says."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import httpx
import pytest

from yc_runs.auth import Metadata, OAuthToken
from yc_runs.errors import CredentialsError

SECRET = "y0_secret-of-mine"


def fail(reply: httpx.Response | Exception, auth: Any = None) -> CredentialsError:
    flow = (auth or OAuthToken(SECRET)).sync_auth_flow(httpx.Request("GET", "https://gateway.test/runs"))
    next(flow)
    with pytest.raises(CredentialsError) as caught:
        flow.throw(reply) if isinstance(reply, Exception) else flow.send(reply)
    return caught.value


def answer(status: int, **parts: Any) -> httpx.Response:
    return httpx.Response(status, **parts)


def test_it_says_what_was_tried_what_was_answered_and_what_to_do() -> None:
    body = {"code": 16, "message": "OAuth token is invalid"}
    error = fail(answer(401, json=body, headers={"x-request-id": "request-7"}))
    assert str(error) == (
        "The OAuth token was not exchanged for an IAM token: POST https://iam.api.cloud.yandex.net/iam/v1/tokens "
        'answered HTTP 401: "OAuth token is invalid" (request id request-7). '
        "The OAuth token may be wrong, expired or revoked: get a new one."
    )
    assert not error.retryable
    assert not error.maybe_applied


def test_a_secret_that_comes_back_as_an_id_is_not_shown() -> None:
    error = fail(answer(401, headers={"x-request-id": f"id-of-{SECRET}"}))
    assert "(request id id-of-***)" in str(error)


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (403, False), (404, False), (429, True), (500, True), (502, True), (503, True)],
)
def test_only_what_may_pass_is_retryable(status: int, retryable: bool) -> None:
    error = fail(answer(status))
    assert error.retryable is retryable
    assert ("try again later" in str(error)) is retryable


@pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_no_connection_is_retryable_and_keeps_its_cause(kind: type[httpx.TransportError]) -> None:
    cause = kind("broken")
    error = fail(cause)
    assert error.retryable
    assert error.__cause__ is cause
    assert f"was not reached ({kind.__name__}: broken)" in str(error)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure(status: int) -> None:
    error = fail(answer(status, headers={"location": "https://elsewhere.test/"}))
    assert "A redirect is not followed with a secret" in str(error)
    assert not error.retryable


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"json": {"message": "flat"}}, "flat"),
        ({"json": {"error": {"message": "nested", "grpcCode": 8}}}, "nested"),
        ({"json": {"error": "text", "code": 16}}, "text"),
        ({"text": "upstream connect error\nor disconnect"}, "upstream connect error or disconnect"),
        ({"json": ["odd"]}, '["odd"]'),
        ({"json": "bare"}, "bare"),
    ],
)
def test_the_servers_words_are_quoted_whatever_their_shape(parts: dict[str, Any], words: str) -> None:
    assert f'answered HTTP 400: "{words}". ' in str(fail(answer(400, **parts)))


def test_an_empty_answer_is_not_quoted() -> None:
    assert "answered HTTP 400. " in str(fail(answer(400)))


def test_a_long_answer_is_cut() -> None:
    assert len(str(fail(answer(502, text="x " * 100_000)))) < 700


@pytest.mark.parametrize("echo", [SECRET, "y0_part-of-it", "t1.9euel-abc", "eyJhbGciOi.J9.x", "AQVNabcdef"])
def test_what_looks_like_a_secret_is_not_quoted(echo: str) -> None:
    error = fail(answer(400, json={"message": f"cannot take {echo}!"}))
    assert "cannot take ***!" in str(error)


def test_a_secret_of_any_look_is_not_quoted_back() -> None:
    error = fail(answer(400, json={"message": "cannot take plain-looking"}), OAuthToken("plain-looking"))
    assert "plain-looking" not in str(error)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"text": "<html>welcome</html>"}, "the answer is not a JSON object"),
        ({"json": ["t1.a"]}, "the answer is not a JSON object"),
        ({"json": {}}, "no usable 'iamToken'"),
        ({"json": {"iamToken": ""}}, "no usable 'iamToken'"),
        ({"json": {"iamToken": 5}}, "no usable 'iamToken'"),
        ({"json": {"iamToken": "t1.a\r\nX-Evil: 1"}}, "no usable 'iamToken'"),
        ({"content": b"\xff\xfe"}, "the answer is not a JSON object"),
    ],
)
def test_a_success_without_a_token_is_a_failure(parts: dict[str, Any], why: str) -> None:
    error = fail(answer(200, **parts))
    assert why in str(error)
    assert "something else may be answering there" in str(error)
    assert not error.retryable


def test_a_metadata_service_without_an_account_says_how_to_attach_one() -> None:
    error = fail(answer(404, text="no such thing"), Metadata("127.0.0.1"))
    assert "The metadata service gave no token: GET http://127.0.0.1/computeMetadata/" in str(error)
    assert "Attach a service account" in str(error)


def test_another_clouds_token_is_not_taken() -> None:
    error = fail(answer(200, json={"access_token": "ya29.foreign", "expires_in": 3599}), Metadata("127.0.0.1"))
    assert "another cloud's" in str(error)
    assert "foreign" not in str(error)


def test_the_error_can_be_pickled_and_copied() -> None:
    error = fail(answer(503))
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert isinstance(twin, CredentialsError)
        assert str(twin) == str(error)
        assert twin.retryable
