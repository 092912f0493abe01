"""How single names and texts are made synchronous."""

from __future__ import annotations

import pytest

from tools.sync_rules import NAMES, sync_name, sync_text


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("AsyncClient", "Client"),
        ("_AsyncPool", "_Pool"),
        ("TestAsyncRun", "TestRun"),
        ("AsyncIterator", "Iterator"),
        ("AsyncRetrying", "Retrying"),
        ("AsyncHTTPTransport", "HTTPTransport"),
        ("AsyncByteStream", "SyncByteStream"),
        ("AsyncExitStack", "ExitStack"),
        ("StopAsyncIteration", "StopIteration"),
        ("_async", "_sync"),
        ("async_sleep", "sleep"),
        ("_async_sleep", "_sleep"),
        ("make_async_client", "make_client"),
        ("handle_async_request", "handle_request"),
        ("async_auth_flow", "sync_auth_flow"),
        ("aclose", "close"),
        ("__aenter__", "__enter__"),
        ("anext", "next"),
        ("aconnect_sse", "connect_sse"),
    ],
)
def test_an_asynchronous_name_has_a_synchronous_twin(name: str, twin: str) -> None:
    assert sync_name(name) == twin


@pytest.mark.parametrize("name", ["Asynchronous", "asyncio", "is_async", "run_async", "unasync_x", "close", "aclosed"])
def test_a_name_that_only_resembles_an_asynchronous_one_stays(name: str) -> None:
    assert sync_name(name) == name


def test_no_twin_has_a_twin_of_its_own() -> None:
    assert [twin for twin in NAMES.values() if sync_name(twin) != twin] == []


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("async with AsyncClient() as client:", "with Client() as client:"),
        ("``async for event in run``", "``for event in run``"),
        ("async def main() -> None:", "def main() -> None:"),
        ("run = await client.runs.create()", "run = client.runs.create()"),
        ("result = await run", "result = run"),
        ("return await run", "return run"),
        ("[await run]", "[run]"),
        ("``await run``", "``run``"),
        (">>> await run.wait()", ">>> run.wait()"),
        ("Close it with :meth:`aclose`.", "Close it with :meth:`close`."),
        ("See yc_runs._async.client.", "See yc_runs._sync.client."),
        ("An async iterator", "An iterator"),
        ("needs an asynchronous client", "needs a client"),
        ("the async generator", "the generator"),
    ],
)
def test_code_and_set_phrases_in_a_text_become_synchronous(text: str, twin: str) -> None:
    assert sync_text(text) == twin


@pytest.mark.parametrize("text", ["Callers await the answer.", "Tasks that await it. Then more", "asynchronous code"])
def test_plain_prose_stays(text: str) -> None:
    assert sync_text(text) == text
