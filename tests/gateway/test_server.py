"""The gateway on a socket, its pytest plugin, and what importing it costs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.support.patience import HANGING, until
from yc_runs.testing import LocalGateway
from yc_runs.testing.server import _listen, url_of

ROOT = Path(__file__).parents[2]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=HANGING,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )


def start_run(http: httpx.Client, gateway: LocalGateway, assistant: str) -> str:
    body = {
        "assistantId": assistant,
        "threadId": gateway.add_thread("one two"),
        "stream": True,
        "tools": [{"function": {"name": "f"}}],
    }
    return http.post("/assistants/v1/runs", json=body).json()["id"]


def test_a_run_streams_over_a_socket() -> None:
    gateway = LocalGateway(framing="lines")
    with gateway.serve() as url, httpx.Client(base_url=url, timeout=HANGING) as http:
        run_id = start_run(http, gateway, "echo")
        with http.stream("GET", "/assistants/v1/runs/listen", params={"runId": run_id}) as response:
            lines = list(response.iter_lines())
    assert len(lines) == 3
    assert "DONE" in lines[-1]


def test_open_streams_and_idle_connections_do_not_hold_up_the_stop() -> None:
    gateway = LocalGateway()
    threads = set(threading.enumerate())
    with httpx.Client(timeout=HANGING) as http:
        with gateway.serve() as url:
            http.base_url = httpx.URL(url)
            run_id = start_run(http, gateway, "tool-caller")
            idle = socket.create_connection((http.base_url.host, http.base_url.port or 0))
            request = http.build_request("GET", "/assistants/v1/runs/listen", params={"runId": run_id})
            response = http.send(request, stream=True)
            chunks = response.iter_raw()
            assert b"TOOL_CALLS" in next(chunks)
            began = time.monotonic()
        assert time.monotonic() - began < HANGING
        assert list(chunks) == []
        idle.close()
    assert set(threading.enumerate()) <= threads


def test_a_client_that_goes_away_ends_its_stream() -> None:
    gateway = LocalGateway()
    bell = gateway._backend.bell
    with gateway.serve() as url, httpx.Client(base_url=url, timeout=HANGING) as http:
        run_id = start_run(http, gateway, "tool-caller")
        with http.stream("GET", "/assistants/v1/runs/listen", params={"runId": run_id}) as response:
            next(response.iter_raw())
        until(lambda: not bell._waiters)


def test_a_gateway_can_be_served_again_and_twice_at_once() -> None:
    gateway = LocalGateway()
    with gateway.serve():
        pass
    with gateway.serve() as one, gateway.serve() as two:
        assert one != two
        with httpx.Client(timeout=HANGING) as http:
            assert http.get(f"{one}/nosuch").status_code == http.get(f"{two}/nosuch").status_code == 404


def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    with LocalGateway().serve() as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), LocalGateway().serve(port=port):
            pass


def test_the_socket_names_its_protocol_or_each_answer_waits_for_an_acknowledgement() -> None:
    with _listen("127.0.0.1", 0) as sock:
        assert sock.proto == socket.IPPROTO_TCP


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_an_ipv6_address_is_written_in_brackets() -> None:
    try:
        sock = _listen("::1", 0)
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with sock:
        assert url_of(sock).startswith("http://[::1]:")


def test_serve_forever_says_where_it_is_and_stops_on_a_signal() -> None:
    code = "from yc_runs.testing import LocalGateway, serve_forever; serve_forever(LocalGateway(), port=0)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            with httpx.Client(timeout=HANGING) as http:
                assert http.get(f"{url}/nosuch").status_code == 404
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=HANGING) == 0


def test_the_plugin_gives_a_gateway_in_process_and_on_a_socket(tmp_path: Path) -> None:
    test = tmp_path / "test_user.py"
    source = """
        import time

        import httpx

        from yc_runs import Clock

        def test_url(local_gateway, local_gateway_url):
            thread = local_gateway.add_thread("hi")
            url = f"{local_gateway_url}/assistants/v1/threads/{thread}"
            assert httpx.get(url, timeout=300).json()["id"] == thread

        def test_fresh(local_gateway):
            assert not local_gateway.requests

        def test_no_sleep(yc_runs_no_sleep):
            started = time.monotonic()
            Clock().sleep(60)
            assert time.monotonic() - started < 30
    """
    test.write_text(textwrap.dedent(source))
    result = python(
        *("-m", "pytest", "-q", "-p", "yc_runs.testing.pytest_plugin", "--rootdir", str(tmp_path), "-c", os.devnull),
        str(test),
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTHONPATH=str(ROOT),
    )
    assert "3 passed" in result.stdout, result.stdout + result.stderr


def test_the_plugin_loads_nothing_before_it_is_used() -> None:
    code = """
        import sys
        import pytest
        before = set(sys.modules)
        import yc_runs.testing.pytest_plugin
        heavy = {"httpx", "starlette", "uvicorn", "anyio", "asyncio", "pydantic"}
        print(sorted(heavy & (set(sys.modules) - before)))
    """
    assert python("-c", textwrap.dedent(code)).stdout == "[]\n"


def test_without_the_extra_the_import_says_what_to_install() -> None:
    code = """
        import sys
        sys.modules["starlette"] = None
        from yc_runs.testing import Final, no_sleep
        import yc_runs.testing
        assert "LocalGateway" in dir(yc_runs.testing)
        try:
            from yc_runs.testing import LocalGateway
        except ImportError as error:
            print(error)
        try:
            yc_runs.testing.nosuch
        except AttributeError as error:
            print(error)
    """
    lines = python("-c", textwrap.dedent(code)).stdout.splitlines()
    assert "pip install 'yc-runs[gateway]'" in lines[0]
    assert "nosuch" in lines[1]
