"""Gateways that mean harm, and secrets that stay where they belong."""

from __future__ import annotations

import copy
import gzip
import json
import logging
import pickle
import traceback
import zlib
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.answers import (
    ASSISTANT_ID,
    LEFT_UNREAD,
    RUN_ID,
    THREAD_ID,
    Body,
    calls_json,
    events_answer,
    ok,
    run_json,
)
from tests.support.clients import FOLDER_ID, SECRET, Script, make_async_client
from tests.support.clocks import AsyncFakeClock
from tests.support.raw_server import Act, RawRequest, RawServer, chunk, endless, head, whole
from yc_runs import APIError, AsyncClient, AsyncRun, DecodeError, OAuthToken, RunsError
from yc_runs.wire.assistants import AssistantsDialect

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]

BEARER = "t1.9euelZqSecretSecretSecret.signature"


def raw(server: RawServer, **more: Any) -> dict[str, Any]:
    return {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url, "clock": AsyncFakeClock(), **more}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("own", [False, True], ids=["our client", "one that follows redirects"])
async def test_redirects_are_not_followed_and_no_other_host_sees_the_key(status: int, own: bool) -> None:
    other = RawServer(lambda request: [whole(run_json())])
    server = RawServer(lambda request: [whole(b"", status, location=f"{other.url}/steal")])
    http_client = httpx.AsyncClient(follow_redirects=True)
    with other, server:
        async with http_client, AsyncClient(**raw(server, http_client=http_client if own else None)) as client:
            for call in (get, create):
                with pytest.raises(APIError) as caught:
                    await call(client)
                assert caught.value.status == status
                assert f"It points to {other.url}/steal. Redirects are not followed" in str(caught.value)
        assert other.seen == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("status", [200, 500])
async def test_compressed_bombs_are_left_at_the_limit(encoding: str, status: int) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    body = pack(b" " * 3_000_000)
    with RawServer(lambda request: [whole(body, status, content_encoding=encoding)]) as server:
        async with AsyncClient(**raw(server)) as client:
            _limit(client, 1_000_000)
            with pytest.raises(DecodeError if status == 200 else APIError):
                await client.runs.get(RUN_ID)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,deflate,gzip", "br", "zstd", "compress"])
@pytest.mark.parametrize("status", [200, 500])
async def test_compression_that_was_not_asked_for_is_not_unpacked(encoding: str, status: int) -> None:
    def unpacked() -> None:
        raise AssertionError("the body was read")

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"content-encoding": encoding}, stream=Body([unpacked]))

    expected, words = (DecodeError, "not asked for") if status == 200 else (APIError, "500")
    for call in CALLS.values():
        with pytest.raises(expected, match=words):
            await call(make_async_client(answer))


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("path", ["get", "list", "create", "listen"])
async def test_endless_bodies_are_left_at_the_limit(path: str, status: int) -> None:
    acts: list[Act] = [head(status), endless(chunk(b" " * 60_000))]
    if path == "listen":
        acts = [head(status), chunk(b'{"a": "'), endless(chunk(b" " * 60_000))]
    with RawServer(lambda request: acts) as server:
        async with AsyncClient(**raw(server)) as client:
            _limit(client, 1_000_000)
            with pytest.raises(DecodeError if status == 200 else APIError):
                await CALLS[path](client)
        assert server.wait_until_closed() == 0


def _limit(client: AsyncClient, size: int) -> None:
    object.__setattr__(client._transport, "max_body", size)
    object.__setattr__(client._transport, "max_event", size)


async def get(client: AsyncClient) -> None:
    await client.runs.get(RUN_ID)


async def create(client: AsyncClient) -> None:
    await client.runs.create(ASSISTANT_ID, THREAD_ID)


async def list_all(client: AsyncClient) -> None:
    async for _ in client.runs.list():
        pass


async def listen(client: AsyncClient) -> None:
    data = AssistantsDialect().get_run(RUN_ID).decode(b'{"id": "r"}')
    async for _ in AsyncRun(data, client._transport, AssistantsDialect().run(data)).listen():
        pass


CALLS = {"get": get, "create": create, "list": list_all, "listen": listen}

_DEEP = b'{"toolCallList":{"toolCalls":[{"functionCall":{"arguments":%s}}]}}' % (b'{"a":' * 5000 + b"1" + b"}" * 5000)

MALICE: dict[str, bytes] = {
    "nested lists": b'{"id": "r", "runs": %s, "labels": %s}' % ((b"[" * 100_000 + b"]" * 100_000,) * 2),
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested arguments": b'{"id":"r","state":%s,"runs":[{"state":%s}],"toolCallList":%s,"eventType":"TOOL_CALLS"}'
    % (_DEEP, _DEEP, _DEEP),
    "huge number": b'{"id": "r", "usage": {"totalTokens": 1%s}, "runs": 1, "streamCursor": {"currentEventIdx": 1%s}}'
    % (b"0" * 5000, b"0" * 5000),
    "beyond int64": b'{"id":"r","usage":{"totalTokens":"9223372036854775808"},"runs":[1],'
    b'"streamCursor":{"currentEventIdx":"9223372036854775808"}}',
    "wrong types": b'{"id": {"a": 1}, "runs": {"a": 1}, "streamCursor": [1], "eventType": {}}',
    "not UTF-8": b'{"id": "\xff\xfe", "runs": "\xff", "eventType": "\xff"}',
    "half a pair": b'{"id": "\\ud800", "runs": "\\ud800", "eventType": "\\ud800"}',
    "NaN": b'{"id": "r", "usage": {"totalTokens": NaN}, "runs": NaN, "streamCursor": {"currentEventIdx": NaN}}',
    "infinity": b'{"id":"r","usage":{"totalTokens":1e999},"runs":1e999,"streamCursor":{"currentEventIdx":1e999}}',
    "keys twice": b'{"id": "r", "id": 7, "runs": [], "runs": 7, "eventType": "DONE", "eventType": {}}',
    "a text": b'{"text}',
    "nothing but a brace": b"}",
    "a number": b"12",
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("malice", MALICE)
async def test_malicious_answers_are_decode_errors(malice: str, call: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_stream = call == "listen"
        body = b"data: " + MALICE[malice] + b"\n\n" if is_stream else MALICE[malice]
        kind = "text/event-stream" if is_stream else "application/json"
        return httpx.Response(200, headers={"content-type": kind, "x-request-id": "id-7"}, stream=Body([body]))

    with pytest.raises(DecodeError) as caught:
        await CALLS[call](make_async_client(answer))
    assert len(caught.value.excerpt) <= 200
    assert caught.value.request_id in ("id-7", None)
    assert len(str(caught.value)) < 3000


TWICE: dict[str, bytes] = {
    "at the top": b'{"id":"r","state":{},"state":{"status":"FAILED"},"runs":[],"runs":[],"eventType":"DONE",'
    b'"streamCursor":{},"streamCursor":{}}',
    "the same value": b'{"id":"r","id":"r","runs":[],"runs":[],"eventType":"DONE","eventType":"DONE"}',
    "of which one is escaped": b'{"id":"r","\\u0069d":"s","runs":[],"eventType":"DONE"}',
    "unknown": b'{"id":"r","runs":[],"eventType":"DONE","later":{"x":1,"x":2}}',
    "two spellings": b'{"id":"r","assistantId":"a","assistant_id":"b","runs":[{"id":"r","assistantId":"a",'
    b'"assistant_id":"b"}],"eventType":"DONE","event_type":"ERROR"}',
    "two spellings inside": b'{"id":"r","runs":[{"id":"r","state":%s}],"state":%s,%s,"eventType":"TOOL_CALLS"}'
    % (
        b"{%s}" % (_CALLS := b'"toolCallList":{"toolCalls":[{"functionCall":{},"function_call":{}}]}'),
        b"{%s}" % _CALLS,
        _CALLS,
    ),
    "in arguments": b'{"id":"r","runs":[{"id":"r","state":%s}],"state":%s,%s,"eventType":"TOOL_CALLS"}'
    % (
        b"{%s}" % (_ARGS := b'"toolCallList":{"toolCalls":[{"functionCall":{"arguments":{"a":1,"a":2}}}]}'),
        b"{%s}" % _ARGS,
        _ARGS,
    ),
}


@pytest.mark.parametrize(
    ("call", "wrap"), [*((call, b"%s") for call in CALLS), ("listen", b'{"result": %s}')], ids=[*CALLS, "wrapped"]
)
@pytest.mark.parametrize("twice", TWICE)
async def test_members_that_come_twice_are_decode_errors(twice: str, call: str, wrap: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "application/json"}, content=wrap % TWICE[twice])

    with pytest.raises(DecodeError, match=r"comes (twice in one object|in both its spellings)"):
        await CALLS[call](make_async_client(answer))


async def test_a_piece_of_a_text_with_a_member_twice_is_a_decode_error_too() -> None:
    piece = b'data: {"eventType": "PARTIAL_MESSAGE", "x": 1, "x": 2}\n\n'
    client = make_async_client(Script(ok(run_json()), events_answer(piece), events_answer(piece)))
    run = await client.runs.get(RUN_ID)
    with pytest.raises(DecodeError, match="comes twice in one object"):
        _ = [event async for event in run.listen()]


async def test_what_is_spelled_twice_in_free_json_or_unknown_is_no_harm() -> None:
    arguments = {"user_id": 1, "userId": 2, "n": 10**40, "x": [1e99, {"a_b": None, "aB": None}]}
    state = {"status": "TOOL_CALLS", "toolCallList": calls_json("f", **arguments)}
    client = make_async_client(lambda request: ok({**run_json(), "state": state, "new_member": 1, "newMember": 2}))
    calls = (await (await client.runs.get(RUN_ID)).get_result()).tool_calls
    assert calls is not None
    assert calls[0].function is not None
    assert calls[0].function.arguments == arguments


_KNOWN = ["id", "state", "status", "runs", "error", "code", "message", "eventType", "streamCursor", "result", "usage"]
_KNOWN += ["currentEventIdx", "completedMessage", "partialMessage", "content", "toolCallList", "toolCalls", "labels"]
KEYS = st.sampled_from([*_KNOWN, "nextPageToken", "functionCall", "createdAt", "tools"]) | st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


BODIES = st.binary(max_size=200) | JSON.map(json.dumps).map(str.encode)


@given(body=BODIES, call=st.sampled_from(sorted(CALLS)), sse=st.booleans())
@settings(max_examples=60)
async def test_whatever_the_gateway_answers_comes_out_as_a_value_or_as_our_error(
    body: bytes, call: str, sse: bool
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if sse:
            data = b"data: " + body.replace(b"\n", b"").replace(b"\r", b"") + b"\n\n"
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Body([data]))
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=Body([body]))

    try:
        await CALLS[call](make_async_client(answer))
    except RunsError as error:
        str(error).encode()
        pickle.loads(pickle.dumps(error))


@given(body=BODIES, status=st.integers(300, 599))
@settings(max_examples=40)
async def test_whatever_an_error_answer_holds_it_comes_out_as_our_error(body: bytes, status: int) -> None:
    client = make_async_client(lambda request: httpx.Response(status, content=body))
    with pytest.raises(APIError) as caught:
        await client.runs.create(ASSISTANT_ID, THREAD_ID)
    str(caught.value).encode()
    assert caught.value.status == status
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(copy.deepcopy(caught.value))


async def test_details_nested_without_end_do_not_stop_an_error_from_being_copied() -> None:
    for depth in (100, 400, 900, 3000, 50_000):
        body = b'{"message": "no", "details": %s}' % (b"[" * depth + b"]" * depth)
        with pytest.raises(APIError) as caught:
            await make_async_client(lambda request, body=body: httpx.Response(400, content=body)).runs.get(RUN_ID)
        assert pickle.loads(pickle.dumps(caught.value)).status == 400
        assert copy.deepcopy(caught.value).status == 400
        repr(caught.value.details)


AUTHS = {"key": SECRET, "token": BEARER, "function": lambda: BEARER, "oauth": "y0_SecretSecretSecretSecret"}


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("failure", ["401", "reset", "page", "late", "closed"])
async def test_secrets_are_nowhere_to_be_seen(
    auth: str, failure: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "Secret" in request.headers["authorization"] or SECRET in request.headers["authorization"]
        if failure == "reset":
            raise httpx.ReadError("reset")
        if failure == "late":
            raise httpx.ReadTimeout("late")
        return httpx.Response(200, text="<html>") if failure == "page" else httpx.Response(401, json={"message": "who"})

    credentials: Any = AUTHS[auth]
    if auth == "oauth":
        credentials = OAuthToken(credentials, iam_url="https://gateway.test/iam")

    def with_tokens(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/iam":
            return ok({"iamToken": BEARER, "expiresAt": "2100-01-01T00:00:00Z"})
        return answer(request)

    caplog.set_level(logging.DEBUG, logger="yc_runs")
    seen: list[Any] = []
    client = make_async_client(with_tokens, auth=credentials, hook=seen.append)
    if failure == "closed":
        await client.aclose()
    with pytest.raises(RunsError) as caught:
        await client.runs.get(RUN_ID)
    error = caught.value
    shown = [repr(error), str(error), "".join(traceback.format_exception(error)), repr(vars(error)), repr(seen)]
    shown += [repr(each) for each in (client, client._transport, client.runs, client.raw_response, pickle.dumps(error))]
    shown += [record.getMessage() + repr(record.args) for record in caplog.records if record.name == "yc_runs"]
    for secret in (SECRET, BEARER, "Secret"):
        assert not [text for text in shown if secret in text]


@pytest.mark.parametrize("bad", ["a\r\nx: y", "a\x00b", "a\nb", "\x7f", "a\u2028b", "a\x85b", ""])
async def test_ids_with_control_characters_are_refused_before_anything_is_sent(bad: str) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError("sent")

    client = make_async_client(never)
    with pytest.raises(ValueError, match="id"):
        await client.runs.get(bad)
    with pytest.raises(ValueError, match="id"):
        await client.runs.create(bad, THREAD_ID)
    with pytest.raises(ValueError, match="id"):
        await client.runs.create(ASSISTANT_ID, bad)
    with pytest.raises(ValueError, match="id"):
        await client.runs.get_last_by_thread(bad)


@pytest.mark.parametrize("bad", ["k\r\nx: y", "k\x00", "k\n\x0b"])
async def test_tokens_with_control_characters_are_refused_without_being_shown(bad: str) -> None:
    with RawServer(lambda request: [whole(run_json())]) as server:
        for auth in (f"{SECRET}{bad}x", lambda: f"{SECRET}{bad}x"):
            with pytest.raises((RunsError, ValueError)) as caught:
                async with AsyncClient(**raw(server, auth=auth)) as client:
                    await client.runs.get(RUN_ID)
            assert SECRET not in "".join(traceback.format_exception(caught.value)).replace(repr(auth), "")
        assert server.seen == []


async def test_a_key_that_the_gateway_repeats_is_not_repeated_by_us() -> None:
    def echo(request: RawRequest) -> list[Act]:
        return [whole({"message": f"bad {request.headers['authorization']}"}, 401)]

    with RawServer(echo) as server:
        async with AsyncClient(**raw(server)) as client:
            with pytest.raises(RunsError) as caught:
                await client.runs.get(RUN_ID)
    assert SECRET not in str(caught.value) + repr(vars(caught.value))
