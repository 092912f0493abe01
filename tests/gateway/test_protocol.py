"""What holds for every call: routes, error bodies, request ids, sign-in. And the gateway's own methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import BASE, Api
from tests.support.patience import HANGING
from yc_runs.testing import GatewayError, LocalGateway
from yc_runs.testing import _app as app_module

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/runs", {"assistantId": "nosuch", "threadId": "THREAD"}, 404, 5),
        ("POST", "/runs", {"assistantId": "echo", "threadId": "nosuch"}, 404, 5),
        ("POST", "/runs", {"assistantId": "echo"}, 400, 3),
        ("POST", "/runs", {"threadId": "THREAD"}, 400, 3),
        ("POST", "/runs", {"assistantId": "echo", "threadId": "THREAD", "speed": 1}, 400, 3),
        ("POST", "/runs", [], 400, 3),
        ("PATCH", "/runs/submit", {}, 400, 3),
        ("GET", "/runs/nosuch", None, 404, 5),
        ("GET", "/runs/nosuch?speed=1", None, 400, 3),
        ("GET", "/runs/..%2Fthreads", None, 404, 5),
        ("GET", "/runs/a%3Fb", None, 404, 5),
        ("GET", "/runs", None, 400, 3),
        ("GET", "/runs/listen", None, 400, 3),
        ("GET", "/runs/listen?runId=nosuch", None, 404, 5),
        ("GET", "/runs/listen?runId=nosuch&eventsStartIdx=-1", None, 400, 3),
        ("GET", "/runs/listen?runId=nosuch&eventsStartIdx=one", None, 400, 3),
        ("GET", "/runs:getByThread", None, 400, 3),
        ("GET", "/runs:getByThread?threadId=nosuch", None, 404, 5),
        ("GET", "/messages?threadId=nosuch", None, 404, 5),
        ("GET", "/messages", None, 400, 3),
        ("POST", "/threads", {}, 400, 3),
        ("GET", "/assistants:listVersions?assistantId=nosuch", None, 404, 5),
        ("GET", "/nosuch", None, 404, 5),
        ("GET", "/runs/", None, 404, 5),
        ("DELETE", "/runs/x", None, 404, 5),
        ("POST", "/runs/submit", {}, 404, 5),
        ("PUT", "/threads", {}, 404, 5),
    ],
)
async def test_a_call_that_fails_says_so_as_a_gateway_does(
    api: Api, method: str, path: str, body: Any, status: int, code: int
) -> None:
    if isinstance(body, dict) and body.get("threadId") == "THREAD":
        body["threadId"] = api.gateway.add_thread("?")
    response = await api.http.request(method, path, json=body)
    answer = response.json()
    assert (response.status_code, answer["code"]) == (status, code)
    assert answer["message"]
    assert answer["details"] == []


@pytest.mark.parametrize("body", [b"{", b"\xff", b"null", b"1", b'{"assistantId":NaN}', b'"x"'])
async def test_a_malformed_body_is_refused(api: Api, body: bytes) -> None:
    response = await api.http.post("/runs", content=body)
    assert (response.status_code, response.json()["code"]) == (400, 3)


async def test_an_id_with_a_slash_is_looked_for_as_it_is(api: Api) -> None:
    answer = (await api.http.get("/runs/a%2Fb%3Fc%25d")).json()
    assert answer["message"] == "Run with id a/b?c%d not found"


async def test_every_answer_has_ids_of_its_own(api: Api) -> None:
    answers = [await api.http.get("/runs/x"), await api.http.get("/nosuch"), await api.http.get("/runs/x")]
    for name in ("x-request-id", "x-server-trace-id"):
        assert len({answer.headers[name] for answer in answers}) == 3


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        ("Api-Key wrong", 401),
        ("Api-Key ключ".encode(), 401),
        ("Basic secret", 401),
        ("Bearer ", 401),
        ("Api-Key secret", 404),
        ("api-key secret", 404),
        ("Bearer t1.anything", 404),
    ],
)
async def test_with_a_key_set_a_request_needs_credentials(api: Api, header: Any, status: int) -> None:
    api.gateway.api_key = "secret"
    headers = {} if header is None else {"Authorization": header}
    response = await api.http.get("/runs/nosuch", headers=headers)
    assert response.status_code == status
    assert response.json()["code"] == (16 if status == 401 else 5)
    assert "secret" not in response.text


async def test_the_gateway_remembers_requests_but_shows_no_headers(api: Api) -> None:
    await api.http.get("/runs", params={"folderId": "f"}, headers={"Authorization": "Api-Key secret"})
    (seen,) = api.gateway.requests
    assert (seen.method, seen.path, seen.query) == ("GET", "/assistants/v1/runs", "folderId=f")
    assert seen.headers["authorization"] == "Api-Key secret"
    assert "secret" not in repr(seen)


def raise_error(*arguments: Any) -> Any:
    raise ArithmeticError("inner trouble")


async def test_a_fault_of_the_gateway_itself_is_a_500_without_a_traceback(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "render", raise_error)
    response = await api.http.get("/runs", params={"folderId": "f"})
    assert response.status_code == 500
    assert response.json() == {"code": 13, "message": "ArithmeticError: inner trouble", "details": []}


async def test_a_fault_in_mid_stream_is_the_streams_last_message(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = await api.run("echo", api.gateway.add_thread("?"))
    monkeypatch.setattr("yc_runs.testing._streams.render", raise_error)
    (last,) = await api.events(run_id)
    assert last["error"]["grpcCode"] == 13


async def test_the_app_serves_httpx_own_transport_too(gateway: LocalGateway) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gateway.app), base_url=BASE) as http:
        body = {"assistantId": "echo", "threadId": gateway.add_thread("hi")}
        run_id = (await http.post("/runs", json=body)).json()["id"]
        assert "DONE" in (await http.get("/runs/listen", params={"runId": run_id})).text


async def test_the_app_takes_part_in_a_servers_lifespan(gateway: LocalGateway) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await gateway.app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_new_gateway_has_an_assistant_for_each_script() -> None:
    gateway = LocalGateway(scripts={"my_own": lambda messages, tools: "x"}, folder_id="mine")
    with httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING) as http:
        listed = http.get("/assistants", params={"folderId": "mine"}).json()["assistants"]
    assert [a["id"] for a in listed] == ["my-own", "structured", "failing", "tool-caller", "slow", "echo"]
    assert listed[0]["modelUri"] == "gpt://mine/my-own/latest"


def test_ids_are_the_same_for_the_same_calls() -> None:
    assert LocalGateway().add_thread() == LocalGateway().add_thread()


def test_scripts_of_the_same_name_do_not_replace_each_other() -> None:
    gateway = LocalGateway()
    scripts: list[Callable[..., Any]] = []
    for number in range(3):

        def script(messages: Any, tools: Any, number: int = number) -> str:
            return str(number)

        scripts.append(script)
        gateway.add_assistant(script)
    gateway.add_assistant(scripts[1])
    names = [name for name in gateway._backend.scripts if name.startswith("script")]
    assert names == ["script", "script-2", "script-3"]


def test_wrong_settings_and_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="framing"):
        LocalGateway(framing="x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="spelling"):
        LocalGateway().spelling = "x"  # type: ignore[assignment]
    with pytest.raises(KeyError, match="nosuch"):
        LocalGateway().add_assistant("nosuch")
    with pytest.raises(GatewayError, match="speed"):
        LocalGateway().add_assistant("echo", speed=1)
