"""What all of these tests share: the stacks, which run for as long as a worker does, and clients on them."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

from tests.interop.driving import DRIVERS, Gateway, connected
from tests.interop.stacks import Envoy, envoy_stack, local_gateway
from tests.interop.styles import ENVOY_STYLES, LOCAL_STYLES, Style
from tests.support.patience import HANGING

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("interop", deadline=None, suppress_health_check=_SLOW, max_examples=60, database=None)
settings.register_profile("interop-ci", settings.get_profile("interop"), derandomize=True, print_blob=True)
settings.load_profile("interop-ci" if os.environ.get("CI") else "interop")

LONGEST = int(HANGING)
_STACKS = [("envoy", style) for style in ENVOY_STYLES] + [("local", style) for style in LOCAL_STYLES]


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """No test goes on for ever: after ``LONGEST`` seconds it fails where it stands."""

    def fail(number: int, frame: object) -> None:
        raise TimeoutError(f"the test took more than {LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def envoy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Envoy]:
    """The service behind Envoy."""
    with envoy_stack(tmp_path_factory.mktemp("envoy")) as stack:
        yield stack


@pytest.fixture(scope="session")
def local_urls() -> Iterator[dict[Style, str]]:
    """A ``LocalGateway`` for each style."""
    with ExitStack() as stack:
        yield {style: stack.enter_context(local_gateway(style)) for style in LOCAL_STYLES}


@pytest.fixture(scope="session", params=_STACKS, ids=lambda stack: f"{stack[0]}-{stack[1]}")
def place(request: pytest.FixtureRequest) -> tuple[str, Style]:
    """Which gateway, and in which style it writes."""
    kind, style = request.param
    return kind, style


@pytest.fixture(scope="session")
def url(place: tuple[str, Style], request: pytest.FixtureRequest) -> str:
    """Where that gateway is."""
    kind, style = place
    found: str = (request.getfixturevalue("envoy").urls if kind == "envoy" else request.getfixturevalue("local_urls"))[
        style
    ]
    return found


@pytest.fixture(scope="session", params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    """Which client, and what drives it."""
    return str(request.param)


@pytest.fixture(scope="session")
def anyio_backend(driver: str) -> str:
    """The event loop of a driver; the synchronous client has one too, but does not know it."""
    return "trio" if driver == "trio" else "asyncio"


@pytest.fixture
async def gateway(url: str, driver: str) -> AsyncIterator[Gateway]:
    """A client on that gateway, in a folder that nobody else uses."""
    async with connected(url, driver) as gateway:
        yield gateway
