"""Results of the same calls that are submitted at the same time: they are sent once."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import pytest

from tests.support.answers import ok, refusal
from tests.support.clients import make_async_client, make_client
from tests.support.responses import call_item, response_json
from yc_runs import (
    AsyncClient,
    AsyncRun,
    BadRequestError,
    RateLimitError,
    RequestTimeoutError,
    RetryPolicy,
    Run,
)

RESULT = {"name": "f", "content": "42"}
WAITS = response_json("completed", call_item("f"))
GOES_ON = response_json("completed", call_item("f"), response_id="resp-2")


class Gateway:
    """Answers requests, and counts the submits; ``first`` is what the first one gets, None for the next turn."""

    def __init__(self, first: httpx.Response | None = None) -> None:
        self.first = first
        self.submits = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return ok(GOES_ON if self.submits else WAITS)
        if not is_submit(request):
            return ok(WAITS)
        self.submits += 1
        return self.first if self.submits == 1 and self.first else ok(GOES_ON)


def is_submit(request: httpx.Request) -> bool:
    return request.method == "POST" and b"function_call_output" in request.content


class Together:
    """Async: as soon as the first submit is on its way there is another, which goes as far as it gets meanwhile.

    ``errors`` are the first's and the other's.
    """

    def __init__(self, gateway: Gateway, **settings: Any) -> None:
        self.gateway = gateway
        self.client: AsyncClient = make_async_client(self._answer, dialect="responses", **settings)  # type: ignore[arg-type]
        self.errors: dict[str, Exception] = {}
        self._meanwhile: Callable[[], Awaitable[None]] | None = None

    async def run(self) -> AsyncRun:
        run = await self.client.runs.create("agent", "conv", additional_messages="Hi")
        assert (await run.wait()).tool_calls
        return run

    async def submit(self, first: AsyncRun, other: AsyncRun, *, patience: float | None = None) -> None:
        """``patience`` is the other's; the first's is longer."""

        async def one(name: str, run: AsyncRun, timeout: float | None) -> None:
            try:
                await run.submit_tool_results(RESULT, timeout=timeout)
            except Exception as error:
                self.errors[name] = error
            over.set()

        async def meanwhile() -> None:
            group.start_soon(one, "other", other, patience)
            await (anyio.wait_all_tasks_blocked() if patience is None else over.wait())

        over, self._meanwhile = anyio.Event(), meanwhile
        async with anyio.create_task_group() as group:
            await one("first", first, None)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if is_submit(request) and (meanwhile := self._meanwhile):
            self._meanwhile = None
            await meanwhile()
        return self.gateway.answer(request)


@pytest.mark.anyio
async def test_of_two_tasks_that_submit_at_the_same_time_the_second_sends_nothing() -> None:
    together = Together(Gateway())
    run = await together.run()
    await together.submit(run, run)
    error = together.errors.pop("other")
    assert isinstance(error, BadRequestError)
    assert (error.message, error.maybe_applied) == ("another submit has answered these calls meanwhile", False)
    assert (together.errors, together.gateway.submits, run.response_ids) == ({}, 1, ("resp-1", "resp-2"))


@pytest.mark.anyio
async def test_two_objects_of_one_run_submit_once_too() -> None:
    together = Together(Gateway())
    run = await together.run()
    await together.submit(run, await together.client.runs.get(run.id))
    assert isinstance(together.errors.pop("other"), BadRequestError)
    assert (together.errors, together.gateway.submits) == ({}, 1)


@pytest.mark.anyio
async def test_where_the_first_was_surely_not_carried_out_the_second_is_sent() -> None:
    together = Together(Gateway(refusal(429)), retry=RetryPolicy(attempts=1))
    run = await together.run()
    await together.submit(run, run)
    assert isinstance(together.errors.pop("first"), RateLimitError)
    assert (together.errors, together.gateway.submits, run.response_ids) == ({}, 2, ("resp-1", "resp-2"))


@pytest.mark.anyio
async def test_the_second_waits_no_longer_than_it_may() -> None:
    together = Together(Gateway())
    run = await together.run()
    await together.submit(run, run, patience=0.01)
    error = together.errors.pop("other")
    assert isinstance(error, RequestTimeoutError)
    assert "another submit did not end within 0.01 s" in str(error)
    assert not error.maybe_applied
    assert (together.errors, together.gateway.submits) == ({}, 1)


@pytest.mark.parametrize("are_two", [False, True])
def test_of_two_threads_that_submit_at_the_same_time_the_second_sends_nothing(are_two: bool) -> None:
    gateway, errors = Gateway(), []

    def submit(run: Run) -> None:
        try:
            run.submit_tool_results(RESULT)
        except Exception as error:
            errors.append(error)

    def answer(request: httpx.Request) -> httpx.Response:
        if is_submit(request) and not second.ident:
            second.start()
            # It ends at once where nothing holds it back.
            second.join(0.2)
        return gateway.answer(request)

    client = make_client(answer, dialect="responses")
    run = client.runs.create("agent", "conv", additional_messages="Hi")
    second = threading.Thread(target=submit, args=[client.runs.get(run.id) if are_two else run])
    submit(run)
    second.join()
    assert [type(error) for error in errors] == [BadRequestError]
    assert (gateway.submits, run.response_ids) == (1, ("resp-1", "resp-2"))
