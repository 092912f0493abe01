"""How the tools of one round are run by the synchronous client: in threads, or in the calling one."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from yc_runs._threads import carry_out
from yc_runs.tools.outcomes import Late

Works = dict[int, Callable[[], Any]]


def outcomes(works: Works, *, concurrency: int = 4, limit: float | None = None, left: float | None = None) -> Any:
    found: dict[int, object] = {}

    def done(place: int, outcome: object) -> bool:
        found[place] = outcome
        return True

    carry_out(works, done, concurrency=concurrency, limit=limit, left=left)
    return found


def test_every_piece_gives_its_value_or_its_exception() -> None:
    error = OSError("x")

    def fail() -> None:
        raise error

    assert outcomes({0: lambda: 1, 2: fail, 5: lambda: None}) == {0: 1, 2: error, 5: None}


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_coroutine_function_runs_in_a_loop_of_its_own(concurrency: int) -> None:
    async def work() -> str:
        await anyio.lowlevel.checkpoint()
        return "done"

    assert outcomes({0: work, 1: work}, concurrency=concurrency) == {0: "done", 1: "done"}


def test_one_at_a_time_without_a_limit_it_is_the_calling_thread() -> None:
    assert outcomes({0: threading.get_ident}, concurrency=1, left=5.0) == {0: threading.get_ident()}


@pytest.mark.parametrize(("concurrency", "limit"), [(2, None), (1, 5.0)])
def test_otherwise_it_is_another_thread_with_the_same_context(concurrency: int, limit: float | None) -> None:
    name = contextvars.ContextVar("name", default="")
    name.set("here")
    found = outcomes({0: threading.get_ident, 1: name.get}, concurrency=concurrency, limit=limit)
    assert found[0] != threading.get_ident()
    assert found[1] == "here"


@pytest.mark.parametrize(("limit", "left"), [(0.01, None), (None, 0.01), (9.0, 0.01)])
def test_what_takes_too_long_is_late_and_what_it_gives_is_dropped(limit: float | None, left: float | None) -> None:
    go = threading.Event()
    found = outcomes({0: lambda: go.wait(5), 1: lambda: "quick"}, limit=limit, left=left)
    go.set()
    assert isinstance(found[0], Late)
    assert found[0].limit == 0.01
    assert found[1] == "quick"


def test_a_thread_left_behind_does_not_keep_the_next_from_its_turn() -> None:
    go = threading.Event()
    found = outcomes({0: lambda: go.wait(5), 1: lambda: "next"}, concurrency=1, limit=0.01)
    go.set()
    assert found[1] == "next"


@pytest.mark.parametrize("concurrency", [1, 2])
def test_an_interrupt_in_a_tool_is_raised_to_the_caller(concurrency: int) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes({0: interrupt}, concurrency=concurrency)


@pytest.mark.parametrize("concurrency", [1, 2])
def test_false_ends_it_and_what_has_not_begun_never_begins(concurrency: int) -> None:
    begun: list[int] = []
    hold = threading.Event()
    works: Works = {0: lambda: begun.append(0), 1: lambda: hold.wait(5) if concurrency > 1 else 1, 2: begun.clear}
    carry_out(works, lambda place, outcome: False, concurrency=concurrency, limit=None, left=None)
    hold.set()
    assert begun == [0]
