# Generated from tests/_async/test_listing.py by tools/generate_sync.py; do not edit.
"""``runs.list``: pages read when they are reached, and when the list is at its end."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from tests.support.answers import ok, refusal, run_json
from tests.support.clients import FOLDER_ID, Script, make_client
from yc_runs import DecodeError, Run, ServerError


def page(*ids: str, token: str | None = "") -> dict[str, Any]:
    return {"runs": [run_json(run_id=run_id) for run_id in ids], "nextPageToken": token}


def listed(script: Script, **arguments: Any) -> list[str]:
    return [run.id for run in make_client(script).runs.list(**arguments)]


def test_pages_follow_each_other_by_token() -> None:
    script = Script(ok(page("a", "b", token="t/1 +")), ok(page("c", token="t2")), ok(page("d")))
    assert listed(script) == ["a", "b", "c", "d"]
    queries = [dict(request.url.params) for request in script.requests]
    assert queries == [
        {"folderId": FOLDER_ID},
        {"folderId": FOLDER_ID, "pageToken": "t/1 +"},
        {"folderId": FOLDER_ID, "pageToken": "t2"},
    ]


def test_the_page_size_goes_along_with_every_page() -> None:
    script = Script(ok(page("a", token="t")), ok(page("b")))
    listed(script, page_size=1)
    assert [request.url.params["pageSize"] for request in script.requests] == ["1", "1"]


@pytest.mark.parametrize(
    "last",
    [{}, {"runs": []}, {"runs": None}, {"runs": [], "nextPageToken": "more"}, {"runs": None, "next_page_token": ""}],
)
def test_an_empty_page_ends_the_list_whatever_its_token(last: dict[str, Any]) -> None:
    assert listed(Script(ok(last))) == []
    script = Script(ok(page("a", token="t")), ok(last))
    assert listed(script) == ["a"]
    assert script.is_done


def test_an_error_under_http_200_is_not_taken_for_an_empty_list() -> None:
    with pytest.raises(DecodeError, match="it tells of an error"):
        listed(Script(ok({"error": {"code": 13, "message": "no luck"}})))


def test_snake_case_pages_are_read() -> None:
    first = {"runs": [{"id": "a", "assistant_id": "x"}], "next_page_token": "t"}
    assert listed(Script(ok(first), ok(page("b")))) == ["a", "b"]


@pytest.mark.parametrize("tokens", [["t", "t"], ["t", "u", "t"], ["t", "u", "v", "u"]])
def test_a_token_that_comes_again_is_refused(tokens: list[str]) -> None:
    script = Script(*[ok(page(f"run-{index}", token=token)) for index, token in enumerate(tokens)])
    with pytest.raises(DecodeError, match="would never end"):
        listed(script)
    assert script.is_done


def test_nothing_is_asked_before_the_first_run_is_wanted() -> None:
    script = Script()
    runs = make_client(script).runs.list()
    assert script.requests == []
    runs.close()


def test_a_page_is_not_read_before_it_is_reached() -> None:
    script = Script(ok(page("a", "b", token="t")), ok(page("c")))
    with closing(make_client(script).runs.list()) as runs:
        assert [next(runs).id, next(runs).id] == ["a", "b"]
        assert len(script.requests) == 1
        assert next(runs).id == "c"
    assert script.is_done


def test_a_page_that_fails_for_the_moment_is_asked_for_again() -> None:
    script = Script(ok(page("a", token="t")), refusal(503), ok(page("b")))
    assert listed(script) == ["a", "b"]


def test_a_page_that_fails_for_good_ends_the_list_with_the_error() -> None:
    script = Script(ok(page("a", token="t")), refusal(500))
    with closing(make_client(script).runs.list()) as runs:
        assert next(runs).id == "a"
        with pytest.raises(ServerError, match=FOLDER_ID):
            next(runs)


def test_the_runs_of_a_list_can_be_used() -> None:
    script = Script(ok(page("a")), ok(run_json("IN_PROGRESS", run_id="a")))
    (run,) = [run for run in make_client(script).runs.list()]
    assert isinstance(run, Run)
    assert run.get_status().is_running


@pytest.mark.parametrize("body", [[], {"runs": {}}, {"runs": [5]}, {"runs": [{"id": []}]}, {"nextPageToken": 5}])
def test_what_is_no_page_is_a_decode_error(body: Any) -> None:
    with pytest.raises(DecodeError):
        listed(Script(ok(body)))
