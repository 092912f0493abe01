"""Errors: their kind, what they say, the ids they carry, and what they never show."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import ASSISTANT_ID, LEFT_UNREAD, RUN_ID, THREAD_ID, Body, done_event, ok, refusal, run_json
from tests.support.clients import SECRET, Script, make_async_client
from tests.support.clocks import AsyncFakeClock
from yc_runs import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    DecodeError,
    NoAuth,
    NotFoundError,
    NotImplementedByGatewayError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    RunsError,
    ServerError,
)

pytestmark = pytest.mark.anyio

ONCE = RetryPolicy(attempts=1)
KINDS = [
    (400, BadRequestError),
    (401, AuthenticationError),
    (403, PermissionDeniedError),
    (404, NotFoundError),
    (409, ConflictError),
    (429, RateLimitError),
    (500, ServerError),
    (501, NotImplementedByGatewayError),
    (502, ServerError),
    (503, ServerError),
    (504, ServerError),
    (418, APIError),
    (302, APIError),
]


async def failing(answer: Any, **settings: Any) -> RunsError:
    """The error of a get that is answered so."""
    with pytest.raises(RunsError) as caught:
        await make_async_client(Script(answer), retry=ONCE, **settings).runs.get(RUN_ID)
    return caught.value


@pytest.mark.parametrize(("status", "kind"), KINDS)
async def test_each_status_has_its_kind_and_its_own_words(status: int, kind: type[APIError]) -> None:
    body = {"code": 7, "message": "a message of the gateway", "details": [{"@type": "x", "n": 1}]}
    error = await failing(refusal(status, body))
    assert type(error) is kind
    assert (error.status, error.code, error.message) == (status, 7, "a message of the gateway")
    assert list(error.details) == [{"@type": "x", "n": 1}]
    assert "a message of the gateway" in str(error)
    assert RUN_ID in str(error)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": 5, "message": "m", "details": []}, 5, "m"),
        ({"error": {"grpcCode": 8, "httpCode": 429, "message": "m", "httpStatus": "Too Many"}}, 8, "m"),
        ({"error": "m", "code": 16, "message": "m"}, 16, "m"),
        ({"error": "m"}, None, "m"),
        ([{"error": {"code": 3, "message": "m"}}], 3, "m"),
        ("upstream connect error or disconnect", None, "upstream connect error or disconnect"),
        ("<!doctype html><html><title>502 Bad Gateway</title></html>", None, "an HTML page, titled '502 Bad Gateway'"),
        ("", None, ""),
        ({}, 13, "no luck"),
    ],
)
async def test_every_shape_of_error_body_is_read(body: Any, code: int | None, message: str) -> None:
    error = await failing(refusal(400, body))
    assert isinstance(error, BadRequestError)
    assert (error.code, error.message) == (code, message)


BROKEN_BODIES: dict[str, Callable[[], httpx.Response]] = {
    "cut": lambda: broken(429, httpx.ReadError("reset")),
    "late": lambda: broken(429, httpx.ReadTimeout("late")),
    "no HTTP": lambda: broken(429, httpx.RemoteProtocolError("chunk")),
    "not decodable": lambda: httpx.Response(429, headers={"content-encoding": "gzip"}, stream=Body([b"no gzip"])),
}


def broken(status: int, error: Exception) -> httpx.Response:
    """An error answer whose body breaks."""
    return httpx.Response(status, headers={"x-request-id": "request-1"}, stream=Body([b'{"code": 8, "mess', error]))


@pytest.mark.parametrize("case", BROKEN_BODIES)
async def test_the_status_stands_where_the_body_of_an_error_cannot_be_read(case: str) -> None:
    error = await failing(BROKEN_BODIES[case]())
    assert isinstance(error, RateLimitError)
    assert (error.status, error.code, error.message) == (429, None, "")
    assert "answered 429, but its message could not be read. Wait" in str(error)


async def test_a_write_that_was_refused_with_a_body_that_breaks_was_not_carried_out_and_is_sent_again() -> None:
    script = Script(broken(429, httpx.ReadError("reset")), ok(run_json()))
    await make_async_client(script).runs.create(ASSISTANT_ID, THREAD_ID)
    assert len(script.requests) == 2


async def test_an_error_answer_that_time_ends_in_is_still_that_error() -> None:
    clock = AsyncFakeClock()
    body = Body([b'{"code": 8', lambda: clock.advance(10), b', "message": "m"}'])
    client = make_async_client(Script(httpx.Response(429, stream=body)), clock=clock)
    with pytest.raises(RateLimitError) as caught:
        await client.messages.create("hi", thread_id=THREAD_ID, timeout=5)
    assert not caught.value.maybe_applied


async def test_an_error_carries_all_ids() -> None:
    script = Script(refusal(403, x_request_id="request-1", x_server_trace_id="trace-1"))
    with pytest.raises(PermissionDeniedError, match="request-1") as caught:
        await make_async_client(script).runs.get(RUN_ID)
    error = caught.value
    assert (error.request_id, error.trace_id) == ("request-1", "trace-1")
    assert error.client_request_id == script.request.headers["x-client-request-id"]


async def test_where_the_gateway_gives_no_id_the_error_names_the_clients_own() -> None:
    script = Script(refusal(403))
    with pytest.raises(PermissionDeniedError, match=r"client request id [0-9a-f-]{36}"):
        await make_async_client(script).runs.get(RUN_ID)


async def test_an_error_of_a_write_names_what_was_to_be_written() -> None:
    with pytest.raises(BadRequestError) as caught:
        await make_async_client(Script(refusal(400))).runs.create(ASSISTANT_ID, THREAD_ID)
    assert ASSISTANT_ID in str(caught.value)
    assert THREAD_ID in str(caught.value)
    assert "POST /assistants/v1/runs" in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    script = Script(refusal(status, "", location="https://elsewhere.test/"))
    with pytest.raises(APIError) as caught:
        await make_async_client(script).runs.get(RUN_ID)
    assert caught.value.status == status
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"run"',
        b"<html>welcome</html>",
        b'{"id": 5}',
        b'{"id": "r", "state": []}',
        b'{"id": "r", "createdAt": "yesterday"}',
        b'{"id": "r", "usage": {"totalTokens": "many"}}',
        b'{"id": "r", "usage": {"totalTokens": 1' + b"0" * 5000 + b"}}",
        b'{"id": "r"',
        b'{"id": "\xff"}',
        b'{"id": "r"} trailing',
        b'{"x":' * 3000 + b"1" + b"}" * 3000,
    ],
)
async def test_an_answer_that_is_no_run_is_a_decode_error_that_quotes_its_beginning(body: bytes) -> None:
    error = await failing(httpx.Response(200, content=body, headers={"x-request-id": "request-1"}))
    assert isinstance(error, DecodeError)
    assert error.excerpt == body[:200].decode("utf-8", "replace")
    assert error.request_id == "request-1"
    assert not error.maybe_applied
    assert len(str(error)) < 1500


async def test_an_answer_that_cannot_be_read_names_its_request_and_what_to_check() -> None:
    error = await failing(httpx.Response(200))
    assert isinstance(error, DecodeError)
    assert "It is empty. Check the base URL and any proxy." in str(error)
    assert error.client_request_id
    assert f"client request id {error.client_request_id})" in str(error)


async def test_an_unreadable_answer_to_a_write_says_to_look_first() -> None:
    with pytest.raises(DecodeError, match="may have been carried out all the same: look before") as caught:
        await make_async_client(Script(ok({}))).runs.create(ASSISTANT_ID, THREAD_ID)
    assert caught.value.maybe_applied


@LEFT_UNREAD
async def test_broken_compression_is_a_decode_error() -> None:
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Body([b"not gzip at all"]))
    assert isinstance(await failing(answer), DecodeError)


@LEFT_UNREAD
async def test_an_error_body_with_broken_compression_still_gives_its_status() -> None:
    answer = httpx.Response(403, headers={"content-encoding": "gzip"}, stream=Body([b"not gzip at all"]))
    assert isinstance(await failing(answer), PermissionDeniedError)


async def test_a_long_error_message_is_cut() -> None:
    error = await failing(refusal(400, "x" * 100_000))
    assert len(str(error)) < 1500


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: refusal(429, retry_after="5", x_request_id="r1"),
        lambda request: httpx.Response(200, text="nothing"),
        lambda request: _raise(httpx.ConnectError("refused")),
        lambda request: _raise(httpx.ReadTimeout("late")),
        lambda request: _raise(httpx.ReadError("reset")),
    ],
)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
async def test_errors_pickle_and_copy_whole(answer: Any, again: Any) -> None:
    error = await failing(answer)
    other = again(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert vars(other) == vars(error)


def _raise(error: Exception) -> httpx.Response:
    raise error


@pytest.mark.parametrize(
    "answer",
    [
        refusal(401, {"code": 16, "message": "bad key"}),
        httpx.Response(200, text="no run"),
        httpx.ConnectError("refused"),
        httpx.LocalProtocolError(f"Illegal header value b'Api-Key {SECRET}'"),
    ],
)
async def test_no_error_shows_the_key(answer: Any) -> None:
    if isinstance(answer, httpx.Response):
        answer = httpx.Response(answer.status_code, content=answer.content)
    error = await failing(answer)
    assert SECRET not in f"{error} {error!r} {vars(error)!r} {pickle.dumps(error)!r}"


@pytest.mark.parametrize("again", [repr, str])
async def test_nothing_that_a_user_holds_shows_the_key_or_a_header(again: Any) -> None:
    client = make_async_client(Script(ok(run_json())), headers={"x-proxy-token": "another-secret"})
    run = await client.runs.get(RUN_ID)
    for thing in (client, client.runs, run, vars(client), vars(run), run.data):
        assert SECRET not in again(thing)
        assert "another-secret" not in again(thing)


async def test_what_is_logged_names_the_call_and_shows_neither_ids_nor_the_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    client = make_async_client(Script(refusal(503), ok(run_json())))
    await client.runs.get(RUN_ID)
    lines = [record.getMessage() for record in caplog.records if record.name == "yc_runs"]
    assert len(lines) == 2
    assert lines[0].startswith("GET /assistants/v1/runs/{run_id}: 503 in ")
    assert lines[1].startswith("GET /assistants/v1/runs/{run_id}: 200 in ")
    assert SECRET not in caplog.text


@pytest.mark.parametrize("header", ["line\nbreak", "bell\x07", "é", ""])
async def test_a_header_that_cannot_be_sent_is_refused_when_the_client_is_made(header: str) -> None:
    with pytest.raises(ConfigurationError, match="header") as caught:
        make_async_client(Script(), headers={header or "": "a"})
    assert "secret" not in str(caught.value)
    if header:
        with pytest.raises(ConfigurationError, match="x-extra") as caught:
            make_async_client(Script(), headers={"x-extra": f"secret{header}"})
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://gateway.test", "http://10.0.0.1", "http://[2001:db8::1]:80"])
async def test_credentials_do_not_go_over_plain_http_unless_the_user_says_so(url: str) -> None:
    with pytest.raises(ConfigurationError, match="plain http") as caught:
        make_async_client(Script(), base_url=url)
    assert SECRET not in str(caught.value)
    for settings in ({"allow_plain_http": True}, {"auth": NoAuth()}):
        script = Script(ok(run_json()))
        await make_async_client(script, base_url=url, **settings).runs.get(RUN_ID)
        assert script.is_done


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1", "http://127.8.7.6", "http://[::1]:80"])
async def test_plain_http_to_this_machine_is_fine(url: str) -> None:
    script = Script(ok(run_json()))
    await make_async_client(script, base_url=url).runs.get(RUN_ID)
    assert script.request.headers["authorization"].endswith(SECRET)


@pytest.mark.parametrize(
    "url",
    [
        "gateway.test",
        "ftp://gateway.test",
        "https://",
        "https://user:hidden@gateway.test",
        "https://gateway.test/v1?a=b",
    ],
)
async def test_a_base_url_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        make_async_client(Script(), base_url=url)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
async def test_every_answer_of_the_200s_is_read(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/listen"):
            return httpx.Response(status, json=done_event(0))
        return httpx.Response(status, json=run_json())

    run = await make_async_client(answer).runs.create(ASSISTANT_ID, THREAD_ID)
    assert run.id == RUN_ID
    assert [event.is_last async for event in run.listen()] == [True]


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_an_empty_answer_is_enough_for_calls_that_give_nothing_and_for_no_other(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return ok(run_json()) if request.method == "GET" else httpx.Response(status)

    client = make_async_client(answer)
    await (await client.runs.get(RUN_ID)).submit_tool_results({"name": "f", "content": "1"})
    with pytest.raises(DecodeError) as caught:
        await client.runs.create(ASSISTANT_ID, THREAD_ID)
    assert caught.value.maybe_applied
