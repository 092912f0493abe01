"""The pytest plugin that comes with the package: a fresh gateway for each test, and no sleeping.

It loads nothing until one of its fixtures is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from yc_runs.testing.gateway import LocalGateway


@pytest.fixture
def local_gateway() -> LocalGateway:
    """Give a new ``LocalGateway`` with the default settings, to be used in process."""
    from yc_runs.testing import LocalGateway

    return LocalGateway()


@pytest.fixture
def local_gateway_url(local_gateway: LocalGateway) -> Iterator[str]:
    """Serve the test's ``local_gateway`` on a free loopback port; gives the URL."""
    with local_gateway.serve() as url:
        yield url


@pytest.fixture
def yc_runs_no_sleep() -> Iterator[None]:
    """Let no client of this package sleep during the test; see ``yc_runs.testing.no_sleep``."""
    from yc_runs.testing import no_sleep

    with no_sleep():
        yield
