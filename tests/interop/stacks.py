"""What the suite runs against: the service behind Envoy, and ``LocalGateway``, each in every style it has; and a server
of the Responses API that others wrote."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.interop import envoy
from tests.interop.local import scripts
from tests.interop.processes import child
from tests.interop.styles import ENVOY_STYLES, Style
from tests.support.patience import HANGING
from yc_runs.testing import LocalGateway

_ROOT = Path(__file__).parents[2]
_OTHERS = _ROOT / ".venv-interop" / "server" / "bin" / "python"


class Service:
    """The gRPC service in a process of its own, which can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._journal = folder / "journal"
        self._stack = ExitStack()
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it, with all that was written before."""
        command = [sys.executable, "-m", "tests.interop.backend", str(self.port), str(self._journal)]
        process = self._stack.enter_context(child(command, stdout=subprocess.PIPE, cwd=_ROOT))
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self._process = process

    def kill(self) -> None:
        """Kill it on the spot."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it."""
        self._stack.close()


class Envoy:
    """The service and, before it, Envoy."""

    def __init__(self, service: Service, urls: dict[Style, str]) -> None:
        self.service = service
        self.urls = urls


@contextmanager
def envoy_stack(folder: Path) -> Iterator[Envoy]:
    """Run both while the block lasts."""
    service = Service(folder)
    try:
        service.start()
        with envoy.running(service.port, ENVOY_STYLES, folder) as urls:
            yield Envoy(service, urls)
    finally:
        service.close()


@contextmanager
def local_gateway(style: Style) -> Iterator[str]:
    """Serve a ``LocalGateway`` while the block lasts; gives its URL."""
    gateway = LocalGateway(
        framing=style.framing,  # type: ignore[arg-type]
        spelling=style.spelling,  # type: ignore[arg-type]
        print_defaults=style.print_defaults,
        scripts=scripts(),
    )
    with gateway.serve() as url:
        yield url


@contextmanager
def responses_server(folder: Path) -> Iterator[str]:
    """Run the server that others wrote while the block lasts, in its own environment; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(_OTHERS), str(Path(__file__).with_name("responses_server.py")), str(port)]
    environment = {**os.environ, "AGENTSERVER_STATE_ROOT": str(folder), "OTEL_SDK_DISABLED": "true"}
    with (
        (folder / "log").open("w") as log,
        child(command, cwd=folder, env=environment, stdout=log, stderr=log) as server,
    ):
        end = time.monotonic() + HANGING
        while not _answers(port):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
