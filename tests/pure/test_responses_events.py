"""The stream of a response: which of its documents are events of a run, and what they say."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.responses import (
    call_item,
    calling,
    delta,
    document,
    event,
    message_item,
    response_json,
    story,
    usage_json,
)
from yc_runs.models import RunStatus, RunStreamEvent, StreamEvent
from yc_runs.wire.faults import LateFaultError
from yc_runs.wire.responses._chain import RunChain
from yc_runs.wire.responses._events import TURN_SIZE, TurnReader, response_in
from yc_runs.wire.responses._objects import ResponseObject
from yc_runs.wire.responses._place import OnChain

PARTIAL, DONE, CALLS, ERROR = (
    StreamEvent.PARTIAL_MESSAGE,
    StreamEvent.DONE,
    StreamEvent.TOOL_CALLS,
    StreamEvent.ERROR,
)


def a_chain(*response_ids: str) -> RunChain:
    chain = RunChain({}, {}, OnChain(), lambda *_: None)
    for response_id in response_ids or ("resp-1",):
        chain.begin(ResponseObject(id=response_id, status="queued"))
    return chain


def a_reader(turn: int = 0) -> TurnReader:
    chain = a_chain(*(f"resp-{number + 1}" for number in range(turn + 1)))
    return TurnReader(turn, lambda response: chain.take(response, turn))


def read_all(events: Iterable[Any], reader: TurnReader | None = None) -> list[RunStreamEvent]:
    reader = reader or a_reader()
    return [found for one in events if (found := reader.read(document(one)))]


def told(events: list[RunStreamEvent]) -> list[tuple[StreamEvent, int, str | None]]:
    return [(one.status, one.index, None if one.is_failed else one.text) for one in events]


def test_deltas_add_up_and_the_end_carries_the_message() -> None:
    events = read_all(story("Once", " upon"))
    assert told(events) == [(PARTIAL, 2, "Once"), (PARTIAL, 3, "Once upon"), (DONE, 4, "Once upon")]


def test_the_indexes_of_a_turn_begin_at_its_number_times_the_size_of_turns() -> None:
    events = read_all(story("Once", response_id="resp-3"), a_reader(turn=2))
    assert [one.index for one in events] == [2 * TURN_SIZE + 2, 2 * TURN_SIZE + 3]


def test_parts_stand_in_the_order_of_their_places() -> None:
    events = read_all([delta(0, "b", 0, 1), delta(1, "c", 1, 0), delta(2, "a", 0, 0)])
    assert [one.parts for one in events] == [("b",), ("b", "c"), ("a", "b", "c")]
    assert events[-1].text == "a\nb\nc"


def test_what_the_end_of_a_part_says_holds() -> None:
    place = {"output_index": 0, "content_index": 0}
    same = event("output_text.done", 2, text="ab", **place)
    other = event("output_text.done", 3, text="xyz", **place)
    assert told(read_all([delta(0, "a"), delta(1, "b"), same, other])) == [
        (PARTIAL, 0, "a"),
        (PARTIAL, 1, "ab"),
        (PARTIAL, 3, "xyz"),
    ]


def test_a_refusal_is_text_too() -> None:
    events = [event("refusal.delta", 0, delta="I wo"), event("refusal.done", 1, refusal="I won't")]
    refused = message_item(content=[{"type": "refusal", "refusal": "I won't"}])
    events += [event("completed", 2, response=response_json("completed", refused))]
    found = read_all(events)
    assert [one.text for one in found] == ["I wo", "I won't", "I won't"]


def test_calls_end_a_turn_and_are_no_end() -> None:
    (found,) = read_all(calling("f", "g"))
    assert (found.status, found.index, found.is_last) == (CALLS, 3, False)
    assert [call.function.name for call in found.tool_calls or () if call.function] == ["f", "g"]


def test_calls_keep_their_ids_which_may_repeat() -> None:
    response = response_json("completed", call_item("f", '{"x": 1}', "f"), call_item("f", '{"x": 2}', "f"))
    (found,) = read_all([event("completed", 0, response=response)])
    assert [(call.id, call.function and call.function.arguments) for call in found.tool_calls or ()] == [
        ("f", {"x": 1}),
        ("f", {"x": 2}),
    ]


@pytest.mark.parametrize("raw", ["{not json", "[1]", '"text"', "{" * 100_000])
def test_arguments_that_are_no_object_come_as_they_are(raw: str) -> None:
    (found,) = read_all([event("completed", 0, response=response_json("completed", call_item("f", raw)))])
    (call,) = found.tool_calls or ()
    assert call.function is not None
    assert (call.function.arguments, call.function.raw_arguments) == ({}, raw)


def test_a_failed_response_is_an_error_with_the_service_s_words() -> None:
    error = {"code": "server_error", "message": "out of luck"}
    (found,) = read_all([event("failed", 4, response=response_json("failed", error=error))])
    assert (found.status, found.index, found.error, found.error_code) == (ERROR, 4, "out of luck", 0)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "error", "code": "x", "message": "broken"},
        {"type": "error", "error": {"code": "x", "message": "broken"}},
    ],
)
def test_an_error_event_is_an_error(value: dict[str, Any]) -> None:
    (found,) = read_all([value])
    assert (found.status, found.error) == (ERROR, "broken")


@pytest.mark.parametrize("value", [{"error": {"message": "lost"}}, {"error": "lost"}, {"message": "lost"}, {}])
def test_a_fault_without_a_type_means_that_the_stream_has_failed(value: dict[str, Any]) -> None:
    with pytest.raises(LateFaultError):
        read_all([value])


@pytest.mark.parametrize(("reason", "flag"), [("max_output_tokens", "is_truncated"), ("content_filter", "is_filtered")])
def test_an_incomplete_message_is_done_and_says_how_it_was_cut(reason: str, flag: str) -> None:
    response = response_json("incomplete", message_item("half"), incomplete_details={"reason": reason})
    (found,) = read_all([event("incomplete", 1, response=response)])
    assert (found.status, found.text) == (DONE, "half")
    message = found.completed_message
    assert message is not None
    assert {"is_truncated": "TRUNCATED", "is_filtered": "FILTERED_CONTENT"}[flag] == message.status.name


def test_a_call_that_was_cut_off_is_a_failure() -> None:
    details = {"reason": "max_output_tokens"}
    response = response_json("incomplete", call_item("f", '{"x":'), incomplete_details=details)
    (found,) = read_all([event("incomplete", 1, response=response)])
    assert found.status == ERROR
    assert "cut off: max_output_tokens" in (found.error or "")


def test_a_cancelled_response_is_an_error_that_says_so() -> None:
    (found,) = read_all([event("cancelled", 1, response=response_json("cancelled"))])
    assert (found.status, found.error) == (ERROR, "the run was cancelled")


def test_what_is_not_known_means_nothing() -> None:
    unknown = [event("reasoning.delta", 0, delta="hm"), {"type": "x.y", "sequence_number": 1}]
    assert read_all([*unknown, event("completed", 2, response=response_json("completed"))])[0].index == 2
    assert a_reader().read(b" [DONE] ") is None


def test_events_without_numbers_are_counted() -> None:
    events = [event("created", response=response_json()), {**event("output_text.delta"), "delta": "a"}]
    assert told(read_all(events)) == [(PARTIAL, 0, "a")]


def test_a_number_that_is_null_is_none() -> None:
    events = [{**one, "sequence_number": None} for one in story("a", "b")]
    assert [text for _, _, text in told(read_all(events))] == ["a", "ab", "ab"]


def test_what_means_nothing_and_has_no_number_takes_no_other_s_place() -> None:
    first, *rest = story("a", "b")
    events = [first, *(one for two in rest for one in ({"type": "keepalive"}, two))]
    assert told(read_all(events)) == told(read_all([first, *rest]))


def test_a_stream_without_numbers_cannot_be_taken_up() -> None:
    reader = a_reader()
    read_all(story("a", "b")[:3], reader)
    reader.restart(goes_on=True)
    with pytest.raises(ValueError, match="sequence_number"):
        reader.read(document({**event("output_text.delta"), "delta": "b"}))


def test_a_text_that_the_end_leaves_out_is_what_the_deltas_came_to() -> None:
    bare = message_item()
    found = read_all([delta(0, "a"), event("completed", 1, response=response_json("completed", bare))])
    assert told(found)[-1] == (DONE, 1, "a")


def test_calls_that_the_end_leaves_out_are_those_that_were_told_one_by_one() -> None:
    items = [event("output_item.done", n, output_index=n, item=call_item(name)) for n, name in enumerate("fg")]
    (found,) = read_all([*items, event("completed", 2, response=response_json("completed"))])
    assert [call.function.name for call in found.tool_calls or () if call.function] == ["f", "g"]


def test_a_stream_that_is_taken_up_brings_what_is_new_alone() -> None:
    whole, reader = story("a", "b", "c"), a_reader()
    before = read_all(whole[:4], reader)
    reader.restart(goes_on=True)
    assert told(before + read_all(whole[4:], reader)) == told(read_all(whole))


def test_a_gateway_that_ignores_where_to_go_on_from_repeats_nothing() -> None:
    whole, reader = story("a", "b", "c"), a_reader()
    before = read_all(whole[:4], reader)
    reader.restart(goes_on=True)
    assert told(before + read_all(whole, reader)) == told(read_all(whole))


def test_a_stream_that_goes_on_too_late_is_no_stream_to_trust() -> None:
    whole, reader = story("a", "b", "c"), a_reader()
    read_all(whole[:3], reader)
    reader.restart(goes_on=True)
    with pytest.raises(ValueError, match="goes on with 4 where 3 was asked for"):
        read_all(whole[4:], reader)


def test_a_response_in_place_of_a_stream_is_an_event_once_it_has_ended() -> None:
    reader = a_reader()
    assert reader.read(document(response_json("in_progress"))) is None
    assert reader.is_whole
    found = a_reader().read(document(response_json("completed", message_item("all"))))
    assert found is not None
    assert (found.status, found.text) == (DONE, "all")


def test_usage_and_times_are_read_whatever_their_kind() -> None:
    chain = a_chain()
    response = response_json("completed", created_at=1_770_091_506_000, usage=usage_json(30))
    run = chain.take(ResponseObject.model_validate(response), 0)
    assert run.usage is not None
    assert (run.usage.total_tokens, run.usage.input_text_tokens, run.usage.completion_tokens) == (30, 22, 8)
    assert a_chain().take(ResponseObject.model_validate(response_json("completed", usage=None)), 0).usage is None


@pytest.mark.parametrize("created", [1_770_091_506, 1_770_091_506_000])
def test_milliseconds_are_told_from_seconds(created: int) -> None:
    chain = RunChain({}, {}, OnChain(), lambda *_: None)
    run = chain.begin(ResponseObject.model_validate(response_json(created_at=created)))
    assert run.created_at is not None
    assert run.created_at.isoformat() == "2026-02-03T04:05:06+00:00"


def test_an_unknown_status_is_kept() -> None:
    run = a_chain().take(ResponseObject.model_validate(response_json("paused")), 0)
    assert (run.status, run.status.raw, run.status.is_finished) == (RunStatus.UNKNOWN, "paused", False)


@pytest.mark.parametrize("content", [b'{"type": "x", "type": "y"}', b'{"delta": NaN}', b"[" * 100_000, b"[1]"])
def test_what_is_no_proper_object_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"twice|no JSON|too deep|JSON object"):
        a_reader().read(content)


def test_the_first_documents_tell_of_the_response() -> None:
    assert response_in(document({"type": "keepalive"})) is None
    for value in (event("created", 0, response=response_json()), response_json()):
        found = response_in(document(value))
        assert found is not None
        assert found.id == "resp-1"
    with pytest.raises(LateFaultError, match="no luck"):
        response_in(document({"type": "error", "message": "no luck"}))
    with pytest.raises(ValueError, match="a stream event without a type"):
        response_in(document({"id": "x"}))
    with pytest.raises(ValueError, match="without an id"):
        response_in(document(event("created", 0, response=response_json(response_id=""))))


_ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
_KINDS = ["created", "output_text.delta", "output_text.done", "refusal.done", "completed", "failed", "incomplete"]
_NAMES = ["type", "sequence_number", "delta", "text", "response", "output", "content", "error", "status", "id", "usage"]
_MEMBERS = st.sampled_from([*_NAMES, "output_index", "content_index", "arguments", "call_id", "created_at", "object"])
_VALUES = st.recursive(
    _ATOMS | st.sampled_from(["message", "function_call", "output_text", "completed", "incomplete", "response"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_MEMBERS, inner, max_size=5),
    max_leaves=12,
)


@given(kind=st.sampled_from(_KINDS), value=st.dictionaries(_MEMBERS, _VALUES, max_size=6))
def test_whatever_comes_is_an_event_or_nothing_or_a_value_error(kind: str, value: dict[str, Any]) -> None:
    for one in (value, {"type": f"response.{kind}", **value}, {"response": value, "type": f"response.{kind}"}):
        for reading in (a_reader().read, response_in):
            with suppress(ValueError):
                reading(document(one))


@given(content=st.binary(max_size=40))
def test_bytes_that_are_no_json_are_a_value_error(content: bytes) -> None:
    with suppress(ValueError):
        assert a_reader().read(content) is None


_PIECES = st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=6)


@given(pieces=_PIECES, cuts=st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=4))
def test_however_often_a_stream_is_taken_up_or_begun_anew_its_events_are_the_same(
    pieces: list[str], cuts: list[tuple[int, bool]]
) -> None:
    whole, reader, found = story(*pieces), a_reader(), []
    for cut, goes_on in cuts:
        found += read_all(whole[reader.seen + 1 : cut] if goes_on else whole[:cut], reader)
        reader.restart(goes_on=True)
    found += read_all(whole, reader)
    assert told(found) == told(read_all(whole))
