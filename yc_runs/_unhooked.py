"""Awaiting something of others whose async generators the event loop is not to know of.

An event loop that ends closes all open generators at the same time. httpx reads a body by generators that are inside
one another, and these cannot bear that: the loop, or CPython itself, complains. Nor are they needed: who closes the
answer closes all that is under them.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


class UnhookedBytes(httpx.ByteStream):
    """The body of a request. httpx gives it by a generator, and trio warns of one that a cancelled call leaves amid."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Pieces(self)


class _Pieces:
    def __init__(self, pieces: httpx.ByteStream) -> None:
        self._pieces = iter(pieces)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


@coroutine
def unhooked(work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Await ``work``. Generators that its first step begins are neither known to the loop, nor closed when dropped."""
    try:
        step = _first_step(work)
        while True:
            try:
                sent = yield step
            except BaseException as error:  # noqa: PERF203
                step = work.throw(error)
            else:
                step = work.send(sent)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def _first_step(work: Coroutine[Any, Any, Any]) -> Any:
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, _drop)
    try:
        return work.send(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


def _drop(generator: object) -> None:
    """Leave a generator that is collected as it is."""
