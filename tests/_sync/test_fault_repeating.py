# Generated from tests/_async/test_fault_repeating.py by tools/generate_sync.py; do not edit.
"""A gateway that repeats the key in its answers: the key shows in no error, and no hook is told."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import LEFT_UNREAD, RUN_ID, ok, run_json
from tests.support.clients import make_client
from yc_runs import RetryPolicy, RunsError

pytestmark = [LEFT_UNREAD]

KEY = "AQVN-0123456789-abcdefghij"


def refused(body: Any = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(404, json=body or {"message": "no"}, headers=named)


def stream(content: str, kind: str = "text/event-stream") -> httpx.Response:
    return httpx.Response(200, content=content, headers={"content-type": kind})


def broken() -> httpx.Response:
    raise httpx.RemoteProtocolError(f"illegal header line {KEY}")


ANSWERS: dict[str, Callable[[], httpx.Response]] = {
    "request id": lambda: refused(x_request_id=KEY),
    "trace id": lambda: refused(x_server_trace_id=KEY),
    "message": lambda: refused({"message": f"bad {KEY}"}),
    "escaped": lambda: httpx.Response(404, content=b'{"message": "\\u0041%s"}' % KEY[1:].encode()),
    "details": lambda: refused({"message": "no", "details": [{KEY: [KEY]}]}),
    "code": lambda: refused({"message": "no", "code": KEY}),
    "page": lambda: httpx.Response(200, text=f"<html>{KEY}", headers={"x-request-id": KEY}),
    "cut page": lambda: httpx.Response(200, text="x" * 180 + KEY),
    "error in the stream": lambda: stream(f"data: {json.dumps({'error': {'message': KEY, 'code': 13}})}\n\n"),
    "event": lambda: stream(f'data: "{KEY}"\n\n'),
    "page in the stream": lambda: stream(f"[<html>{KEY}", "application/json"),
    "cut page in the stream": lambda: stream(f"[<html>{'x' * 175}{KEY}", "application/json"),
    "broken": broken,
}


@pytest.mark.parametrize("place", ANSWERS)
def test_a_key_that_is_repeated_shows_in_no_error_and_to_no_hook(place: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_asked = request.url.path.endswith("/listen") == ("stream" in place or place == "event")
        return ANSWERS[place]() if is_asked else ok(run_json())

    seen: list[Any] = []
    client = make_client(answer, auth=KEY, hook=seen.append, retry=RetryPolicy(attempts=1))
    with pytest.raises(RunsError) as caught:
        _ = [event for event in client.runs.get(RUN_ID).listen()]
    shown = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(seen)
    assert KEY[:16] not in shown
