"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from yc_runs._async.transport import AsyncTransport
from yc_runs._unset import Timeout
from yc_runs.errors import DecodeError
from yc_runs.wire import PageCalls, Paging

T = TypeVar("T")
R = TypeVar("R")


async def read_pages(
    transport: AsyncTransport,
    page_call: PageCalls[T],
    make: Callable[[T], R | None],
    timeout: Timeout,
    page_token: str = "",
) -> AsyncGenerator[R, None]:
    """What ``make`` makes of each item, unless it is None, each page read when it is reached.

    ``page_call`` gives the call for the page with a ``page_token``; the list begins with the one given here.
    ``timeout``: seconds for each page. Raises ``DecodeError`` for a list without an end.
    """
    paging = Paging(page_token)
    while not paging.is_over:
        call = page_call(page_token=paging.token)
        page = await transport.call(call, timeout=timeout)
        for item in paging.turn(page):
            if (made := make(item)) is not None:
                yield made
        try:
            paging.check()
        except ValueError as error:
            raise DecodeError(f"{call.subject}: {error}") from None
