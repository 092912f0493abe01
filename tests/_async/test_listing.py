"""``runs.list``: pages read when they are reached, and when the list is at its end."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest

from tests.support.answers import ok, refusal, run_json
from tests.support.clients import FOLDER_ID, Script, make_async_client
from yc_runs import AsyncRun, DecodeError, ServerError

pytestmark = pytest.mark.anyio


def page(*ids: str, token: str | None = "") -> dict[str, Any]:
    return {"runs": [run_json(run_id=run_id) for run_id in ids], "nextPageToken": token}


async def listed(script: Script, **arguments: Any) -> list[str]:
    return [run.id async for run in make_async_client(script).runs.list(**arguments)]


async def test_pages_follow_each_other_by_token() -> None:
    script = Script(ok(page("a", "b", token="t/1 +")), ok(page("c", token="t2")), ok(page("d")))
    assert await listed(script) == ["a", "b", "c", "d"]
    queries = [dict(request.url.params) for request in script.requests]
    assert queries == [
        {"folderId": FOLDER_ID},
        {"folderId": FOLDER_ID, "pageToken": "t/1 +"},
        {"folderId": FOLDER_ID, "pageToken": "t2"},
    ]


async def test_the_page_size_goes_along_with_every_page() -> None:
    script = Script(ok(page("a", token="t")), ok(page("b")))
    await listed(script, page_size=1)
    assert [request.url.params["pageSize"] for request in script.requests] == ["1", "1"]


@pytest.mark.parametrize(
    "last",
    [{}, {"runs": []}, {"runs": None}, {"runs": [], "nextPageToken": "more"}, {"runs": None, "next_page_token": ""}],
)
async def test_an_empty_page_ends_the_list_whatever_its_token(last: dict[str, Any]) -> None:
    assert await listed(Script(ok(last))) == []
    script = Script(ok(page("a", token="t")), ok(last))
    assert await listed(script) == ["a"]
    assert script.is_done


async def test_an_error_under_http_200_is_not_taken_for_an_empty_list() -> None:
    with pytest.raises(DecodeError, match="it tells of an error"):
        await listed(Script(ok({"error": {"code": 13, "message": "no luck"}})))


async def test_snake_case_pages_are_read() -> None:
    first = {"runs": [{"id": "a", "assistant_id": "x"}], "next_page_token": "t"}
    assert await listed(Script(ok(first), ok(page("b")))) == ["a", "b"]


@pytest.mark.parametrize("tokens", [["t", "t"], ["t", "u", "t"], ["t", "u", "v", "u"]])
async def test_a_token_that_comes_again_is_refused(tokens: list[str]) -> None:
    script = Script(*[ok(page(f"run-{index}", token=token)) for index, token in enumerate(tokens)])
    with pytest.raises(DecodeError, match="would never end"):
        await listed(script)
    assert script.is_done


async def test_nothing_is_asked_before_the_first_run_is_wanted() -> None:
    script = Script()
    runs = make_async_client(script).runs.list()
    assert script.requests == []
    await runs.aclose()


async def test_a_page_is_not_read_before_it_is_reached() -> None:
    script = Script(ok(page("a", "b", token="t")), ok(page("c")))
    async with aclosing(make_async_client(script).runs.list()) as runs:
        assert [(await anext(runs)).id, (await anext(runs)).id] == ["a", "b"]
        assert len(script.requests) == 1
        assert (await anext(runs)).id == "c"
    assert script.is_done


async def test_a_page_that_fails_for_the_moment_is_asked_for_again() -> None:
    script = Script(ok(page("a", token="t")), refusal(503), ok(page("b")))
    assert await listed(script) == ["a", "b"]


async def test_a_page_that_fails_for_good_ends_the_list_with_the_error() -> None:
    script = Script(ok(page("a", token="t")), refusal(500))
    async with aclosing(make_async_client(script).runs.list()) as runs:
        assert (await anext(runs)).id == "a"
        with pytest.raises(ServerError, match=FOLDER_ID):
            await anext(runs)


async def test_the_runs_of_a_list_can_be_used() -> None:
    script = Script(ok(page("a")), ok(run_json("IN_PROGRESS", run_id="a")))
    (run,) = [run async for run in make_async_client(script).runs.list()]
    assert isinstance(run, AsyncRun)
    assert (await run.get_status()).is_running


@pytest.mark.parametrize("body", [[], {"runs": {}}, {"runs": [5]}, {"runs": [{"id": []}]}, {"nextPageToken": 5}])
async def test_what_is_no_page_is_a_decode_error(body: Any) -> None:
    with pytest.raises(DecodeError):
        await listed(Script(ok(body)))
