"""The synchronous client, made to look like the asynchronous one, so that the suite is written once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from typing import Any


class Lifted:
    """An object of ``yc_runs._sync``. What its methods give can be awaited, or iterated over with ``async for``."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._thing, name)
        return _method(value) if callable(value) else lift(value)

    def __aiter__(self) -> AsyncIterator[Any]:
        return _each(self._thing)

    def __await__(self) -> Generator[Any, Any, Any]:
        return _Answer(self._thing.wait()).__await__()

    def __eq__(self, other: object) -> bool:
        return bool(self._thing == (other._thing if isinstance(other, Lifted) else other))

    __hash__ = None  # type: ignore[assignment]


class _Answer:
    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from ()
        return lift(self._value)

    def __aiter__(self) -> AsyncIterator[Any]:
        return _each(self._value)

    def __getattr__(self, name: str) -> Any:
        return lift(getattr(self._value, name))


def lift(value: Any) -> Any:
    """The value, lifted if it is one that methods of the client can be called on."""
    return Lifted(value) if type(value).__module__.startswith("yc_runs._sync") else value


def _method(function: Any) -> Any:
    return lambda *arguments, **options: _Answer(function(*arguments, **options))


async def _each(values: Any) -> AsyncIterator[Any]:
    for value in values:
        yield lift(value)
