"""Whatever a script does, its stream, its replays and its objects tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateway.responses.conftest import ROOT, decode, outputs, text_of
from tests.support.patience import HANGING
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, Partial, ToolCalls

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
GROWING = st.lists(TEXTS, max_size=4).map(lambda pieces: [*accumulate(pieces)])
CALLS = st.lists(st.sampled_from("fgh"), min_size=1, max_size=3)
ENDS = st.one_of(TEXTS.map(lambda text: (text, "COMPLETED")), TEXTS.map(lambda text: (text, "TRUNCATED")), st.none())
ROUNDS = st.lists(st.tuples(GROWING, CALLS), max_size=2)


def script_of(rounds: list[tuple[list[str], list[str]]], last: list[str], end: tuple[str, Any] | None) -> Any:
    def script(messages: Any, tools: Any) -> Iterator[Any]:
        for partials, calls in rounds:
            yield from map(Partial, partials)
            yield ToolCalls(FunctionCall(name, {"n": name}) for name in calls)
        yield from map(Partial, last)
        yield Final((last[-1] if last else "") + end[0], status=end[1]) if end else Fail("no")

    return script


def get(http: httpx.Client, key: str, **params: Any) -> httpx.Response:
    return http.get(f"/responses/{key}", params=params)


def check_stream(http: httpx.Client, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Compare a stream with the response and with its replays; gives the response."""
    whole: dict[str, Any] = get(http, events[0]["response"]["id"]).json()
    assert events[-1]["response"] == whole
    assert [event["sequence_number"] for event in events] == [*range(len(events))]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert whole["output"] == done
    told = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    if whole["status"] != "failed":
        assert text_of(whole).startswith(told)
        written = [event["text"] for event in events if event["type"] == "response.output_text.done"]
        assert written == [text_of(whole)] * len(written)
    for after in range(len(events)):
        tail = get(http, whole["id"], stream="true", starting_after=after)
        assert decode(tail.content) == events[after + 1 :]
    return whole


@settings(max_examples=25)
@given(rounds=ROUNDS, last=GROWING, end=ENDS)
def test_streams_replays_and_objects_agree(rounds: Any, last: list[str], end: Any) -> None:
    gateway = LocalGateway(scripts={"own": script_of(rounds, last, end)})
    body: dict[str, Any] = {"model": "own", "stream": True, "background": True}
    with httpx.Client(transport=gateway.sync_transport(), base_url=ROOT, timeout=HANGING) as http:
        whole = check_stream(http, decode(http.post("/responses", json={**body, "input": "x"}).content))
        for _, calls in rounds:
            given_outputs = outputs(whole, *calls)
            more = {**body, "input": given_outputs, "previous_response_id": whole["id"]}
            live, branch = (decode(http.post("/responses", json=more).content) for _ in range(2))
            assert [event["type"] for event in live] == [event["type"] for event in branch]
            whole = check_stream(http, live)
        check_stream(http, branch if rounds else live_of(http, whole))
    assert whole["status"] == ("failed" if end is None else "completed" if end[1] == "COMPLETED" else "incomplete")


def live_of(http: httpx.Client, whole: dict[str, Any]) -> list[dict[str, Any]]:
    return decode(get(http, whole["id"], stream="true").content)
