# Generated from tests/_async/test_responses_runs.py by tools/generate_sync.py; do not edit.
"""Runs over the second dialect, on scripted answers: creating, listening, waiting, answering, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import LEFT_UNREAD, Body, Piece, ok, refusal, streamed
from tests.support.clients import Script, make_client
from tests.support.clocks import FakeClock
from tests.support.responses import (
    call_item,
    calling,
    delta,
    event,
    message_item,
    response_json,
    sse,
    story,
    usage_json,
)
from yc_runs import (
    APIError,
    BadRequestError,
    Client,
    ConnectionLostError,
    FunctionTool,
    NotFoundError,
    RequestTimeoutError,
    RetryPolicy,
    Run,
    RunStatus,
    StreamEvent,
    StreamInterruptedError,
    ToolError,
    UnsupportedOperationError,
)
from yc_runs.observe import Observation

pytestmark = [LEFT_UNREAD]

TURN = 1_000_000
CONVERSATION = "conv-1"
AGENT = "agent-1"


def a_client(script: Script | Callable[[httpx.Request], httpx.Response], **settings: Any) -> Client:
    return make_client(script, dialect="responses", **settings)


def live(*pieces: Piece | dict[str, Any], content_type: str = "text/event-stream") -> httpx.Response:
    """A stream of these events; what is no dict is a piece of the body as it is."""
    return streamed(Body([sse(one) if isinstance(one, dict) else one for one in pieces]), content_type)


def created(script: Script, **settings: Any) -> Run:
    """A streaming run."""
    return a_client(script, **settings).runs.create(AGENT, CONVERSATION, stream=True, additional_messages="Hi")


def heard(run: Run, **options: Any) -> list[tuple[int, str | None]]:
    """Index and text of all events of a listen."""
    return [(one.index, one.text) for one in run.listen(**{"timeout": None, **options})]


ONCE = story("Once", " upon")
WHOLE = [(2, "Once"), (3, "Once upon"), (4, "Once upon")]


def test_a_listen_reads_on_in_the_answer_that_the_run_was_created_with() -> None:
    script = Script(live(*ONCE))
    run = created(script)
    assert (run.id, run.response_ids, run.data.status) == ("resp-1", ("resp-1",), RunStatus.IN_PROGRESS)
    assert heard(run) == WHOLE
    assert script.seen == ["POST /v1/responses"]


def test_the_texts_are_the_pieces_of_the_answer() -> None:
    run = created(Script(live(*ONCE)))
    assert [text for text in run.text_stream()] == ["Once", " upon"]


def test_a_second_listen_asks_for_the_stream_anew() -> None:
    script = Script(live(*ONCE), live(*ONCE))
    run = created(script)
    assert heard(run) == heard(run) == WHOLE
    assert script.seen[1:] == ["GET /v1/responses/resp-1?stream=true"]


def test_a_listen_from_an_index_leaves_out_what_is_before() -> None:
    run = created(Script(live(*ONCE)))
    assert heard(run, events_start_idx=3) == WHOLE[1:]


def test_a_broken_stream_is_taken_up_after_its_last_event() -> None:
    script = Script(live(*ONCE[:3]), ok(response_json("in_progress")), live(*ONCE[3:]))
    assert heard(created(script)) == WHOLE
    assert script.seen[1:] == [
        "GET /v1/responses/resp-1",
        "GET /v1/responses/resp-1?stream=true&starting_after=2",
    ]


def test_a_gateway_that_ignores_where_to_go_on_from_loses_and_repeats_nothing() -> None:
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), live(*ONCE))
    assert heard(created(script)) == WHOLE


def test_a_gateway_that_refuses_to_go_on_is_asked_for_all_of_it() -> None:
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), refusal(400), live(*ONCE))
    assert heard(created(script)) == WHOLE
    assert script.seen[1:] == [
        "GET /v1/responses/resp-1?stream=true&starting_after=2",
        "GET /v1/responses/resp-1?stream=true",
    ]


def test_a_stream_that_goes_on_too_late_is_begun_anew() -> None:
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), live(*ONCE[4:]), live(*ONCE))
    assert heard(created(script)) == WHOLE
    assert script.seen[-1] == "GET /v1/responses/resp-1?stream=true"


DONE = response_json("completed", message_item("Once upon"), usage=usage_json())


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_where_no_stream_is_to_be_had_the_run_is_looked_at_and_has_one_last_event(status: int) -> None:
    script = Script(
        *(live(*ONCE[:3], httpx.ReadError("cut")), refusal(status), refusal(status)),
        *(ok(response_json("in_progress")), ok(DONE)),
    )
    assert heard(created(script)) == [(2, "Once"), (3, "Once upon")]
    assert script.seen[-2:] == ["GET /v1/responses/resp-1", "GET /v1/responses/resp-1"]


def test_a_gateway_that_answers_with_the_response_in_place_of_its_stream_is_looked_at() -> None:
    script = Script(
        live(*ONCE[:3], httpx.ReadError("cut")),
        ok(response_json("in_progress")),
        ok(response_json("in_progress")),
        ok(DONE),
    )
    assert heard(created(script)) == [(2, "Once"), (3, "Once upon")]
    assert script.is_done


def test_a_create_that_is_answered_without_a_stream_is_a_run_all_the_same() -> None:
    script = Script(ok(response_json("queued")), ok(response_json("in_progress")), ok(DONE))
    assert heard(created(script)) == [(0, "Once upon")]


def test_a_run_that_was_not_to_stream_is_looked_at_at_once() -> None:
    script = Script(ok(response_json("queued")), ok(response_json("in_progress")), ok(DONE))
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    assert heard(run) == [(0, "Once upon")]
    assert script.seen[1:] == ["GET /v1/responses/resp-1"] * 2


def test_a_gateway_whose_streams_keep_breaking_is_looked_at_in_the_end() -> None:
    broken = [live(httpx.ReadError("cut")) for _ in range(4)]
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), *broken, ok(DONE))
    assert heard(created(script, retry=RetryPolicy(attempts=4))) == [(2, "Once"), (3, "Once upon")]


def test_a_run_that_cannot_even_be_looked_at_interrupts_the_listen_with_the_index_to_go_on_from() -> None:
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), *[refusal(400)] * 2, lambda _: refusal(503), forever=True)
    run = created(script, retry=RetryPolicy(attempts=2))
    with pytest.raises(
        StreamInterruptedError, match=r"could not be looked at, 2 times in a row: .* answered 503"
    ) as caught:
        heard(run)
    assert caught.value.next_event_idx == 3


def test_a_response_that_is_gone_is_not_found() -> None:
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), *[refusal(404)] * 3)
    with pytest.raises(NotFoundError):
        heard(created(script))


def test_an_end_without_a_last_event_is_not_the_end_of_the_run() -> None:
    script = Script(live(*ONCE[:4]), ok(DONE), live(*ONCE[4:]))
    assert heard(created(script)) == WHOLE


@pytest.mark.parametrize("last", [{"error": {"message": "lost"}}, {"message": "lost"}, {"error": "lost"}])
def test_a_gateway_s_word_that_it_has_lost_the_stream_is_an_interruption(last: dict[str, Any]) -> None:
    cut = live(*ONCE[:3], b"data: " + sse(last).partition(b"data: ")[2])
    assert heard(created(Script(cut, live(*ONCE[3:])))) == WHOLE


def test_data_may_stand_before_its_kind_and_comments_and_markers_between() -> None:
    pieces = [b": hello\n\n", *(_turned(one) for one in ONCE), b"data: [DONE]\n\n"]
    assert heard(created(Script(live(*pieces)))) == WHOLE


def _turned(value: dict[str, Any]) -> bytes:
    kind, _, data = sse(value).strip().partition(b"\n")
    return data.replace(b"data: ", b"data:") + b"\n" + kind.replace(b"event: ", b"event:") + b"\n\n"


def test_calls_end_a_turn_and_the_next_one_follows_in_the_same_loop() -> None:
    script = Script(live(*calling("f")), live(*story("done", response_id="resp-2")))
    run = created(script)
    found = []
    for one in run.listen():
        found.append((one.status, one.index))
        if one.tool_calls:
            run.submit_tool_results({"name": "f", "content": "42"})
    assert found == [
        (StreamEvent.TOOL_CALLS, 3),
        (StreamEvent.PARTIAL_MESSAGE, TURN + 2),
        (StreamEvent.DONE, TURN + 3),
    ]
    assert script.seen == ["POST /v1/responses"] * 2
    assert (run.id, run.response_ids) == ("resp-1", ("resp-1", "resp-2"))


def test_listening_again_brings_all_turns() -> None:
    turns = [calling("f"), story("done", response_id="resp-2")]
    script = Script(*(live(*turn) for turn in turns), *(live(*turn) for turn in turns))
    run = created(script)
    for one in run.listen():
        if one.tool_calls:
            run.submit_tool_results({"name": "f", "content": "42"})
    assert [index for index, _ in heard(run)] == [3, TURN + 2, TURN + 3]
    assert script.seen[2:] == ["GET /v1/responses/resp-1?stream=true", "GET /v1/responses/resp-2?stream=true"]


def test_a_listen_from_behind_calls_that_were_answered_begins_with_the_next_turn() -> None:
    waiting = response_json("completed", call_item("f"))
    script = Script(live(*calling("f")), ok(waiting), live(*story("done", response_id="resp-2")), live(*calling("f")))
    run = created(script)
    assert run.wait().tool_calls
    run.submit_tool_results({"name": "f", "content": "42"})
    assert heard(run, events_start_idx=4) == [(TURN + 2, "done"), (TURN + 3, "done")]
    assert script.seen[-1] == "GET /v1/responses/resp-1?stream=true"


def test_a_listen_from_far_behind_the_end_has_the_last_event_as_over_the_other_dialect() -> None:
    script = Script(live(*ONCE), *[live(*ONCE), ok(DONE), live(*ONCE)])
    run = created(script, retry=RetryPolicy(attempts=2))
    assert heard(run) == WHOLE
    assert heard(run, events_start_idx=5 * TURN) == [(5 * TURN, "Once upon")]


def test_a_wait_on_the_stream_goes_on_with_the_turn_that_it_has_not_heard() -> None:
    waiting = response_json("completed", call_item("f"))
    last = response_json("completed", message_item("done"), response_id="resp-2")
    script = Script(
        *(live(*calling("f")), ok(response_json("in_progress")), ok(waiting)),
        *(live(*story("done", response_id="resp-2")), ok(response_json("in_progress", response_id="resp-2")), ok(last)),
    )
    run = created(script)
    assert run.wait(via="listen").tool_calls
    run.submit_tool_results({"name": "f", "content": "42"})
    assert run.wait(via="listen").text == "done"
    assert [one for one in script.seen if "stream" in one] == []


def test_a_listen_waits_between_two_turns_no_longer_than_it_may() -> None:
    run = created(Script(live(*calling("f"))))
    with pytest.raises(RequestTimeoutError):
        heard(run, timeout=5)


def test_a_wait_ends_with_calls_and_after_their_results_with_the_answer() -> None:
    script = Script(
        ok(response_json("queued")),
        ok(response_json("in_progress")),
        ok(response_json("completed", call_item("f"), usage=usage_json(20))),
        ok(response_json("queued", response_id="resp-2")),
        ok(response_json("completed", message_item("42"), response_id="resp-2", usage=usage_json(10))),
    )
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    assert run.wait().tool_calls
    run.submit_tool_results({"name": "f", "content": "42"})
    result = run.wait()
    assert (result.status, result.text) == (RunStatus.COMPLETED, "42")
    assert result.usage is not None
    assert result.usage.total_tokens == 30
    assert script.seen[-2:] == ["POST /v1/responses", "GET /v1/responses/resp-2"]


def test_the_same_calls_again_are_new_ones() -> None:
    script = Script(
        ok(response_json("completed", call_item("f"))),
        ok(response_json("completed", call_item("f"), response_id="resp-2")),
        ok(response_json("completed", call_item("f"), response_id="resp-2")),
    )
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    run.submit_tool_results({"name": "f", "content": ""})
    assert run.wait().tool_calls


@pytest.mark.parametrize("via", ["listen", "wait"])
def test_the_tool_loop_answers_round_by_round(via: Any) -> None:
    def f(x: int) -> int:
        return x + 1

    first = response_json("completed", call_item("f", '{"x": 41}'))
    last = response_json("completed", message_item("42"), response_id="resp-2")
    if via == "listen":
        live_turns = live(event("completed", 0, response=first)), live(event("completed", 0, response=last))
        script = Script(live_turns[0], ok(first), live_turns[1], ok(last))
    else:
        script = Script(ok(response_json("queued")), ok(first), ok(response_json(response_id="resp-2")), ok(last))
    run = a_client(script).runs.create(AGENT, CONVERSATION, stream=via == "listen", additional_messages="Hi")
    result = run.run_tools([f], via=via)
    assert result.text == "42"
    posts = [one for one in script.requests if one.method == "POST"]
    assert b'"output":"42"' in posts[1].content


def test_arguments_that_are_no_json_never_reach_a_function() -> None:
    script = Script(
        ok(response_json("completed", call_item("f", "{oops"))), ok(response_json("completed", call_item("f", "{oops")))
    )
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    with pytest.raises(ToolError, match=r"no JSON object: '\{oops'"):
        run.run_tools({"f": lambda: 1}, via="wait", on_error="raise")


def test_a_create_whose_answer_was_lost_may_have_been_carried_out() -> None:
    page = live(b"<html>", content_type="text/html")
    for answer in (httpx.ReadError("cut"), live(), live(httpx.ReadError("cut")), page):
        script = Script(answer)
        with pytest.raises(ConnectionLostError) as caught:
            created(script)
        assert caught.value.maybe_applied
        assert script.is_done


F_WAITS = response_json("completed", call_item("f"))
RESULT = {"name": "f", "content": "42"}
LOST = httpx.ReadError("cut")
ITEMS = "GET /v1/conversations/conv-1/items?order=desc&limit=100"


def items(*told: dict[str, Any]) -> httpx.Response:
    """The newest page of the conversation, after these items: the message that began the run, and its call."""
    asked = [{"type": "message", "role": "user", "id": "msg-0", "content": "Hi"}, call_item("f")]
    return ok({"data": [*reversed([*asked, *told])], "has_more": False})


def output_item(call_id: str = "call-f") -> dict[str, Any]:
    return {"type": "function_call_output", "id": "out-1", "call_id": call_id, "output": "42"}


def lost_submit(*after: Any, **settings: Any) -> tuple[Run, Script]:
    """A run whose results may have arrived; ``after`` are the answers that follow."""
    script = Script(ok(F_WAITS), LOST, *after)
    run = a_client(script, **settings).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    with pytest.raises(ConnectionLostError) as caught:
        run.submit_tool_results(RESULT)
    assert caught.value.maybe_applied
    return run, script


def test_results_that_the_conversation_shows_are_not_sent_again_and_the_run_goes_on_by_it() -> None:
    told = output_item(), message_item("done")
    run, script = lost_submit(items(), items(output_item()), items(output_item()), items(*told))
    run.submit_tool_results(RESULT)
    result = run.wait()
    assert (result.status, result.text, run.id) == (RunStatus.COMPLETED, "done", "resp-1")
    assert script.seen[2:] == [ITEMS] * 4
    assert run.response_ids == ("resp-1",)


def test_results_that_the_conversation_does_not_show_are_sent_again() -> None:
    after = ok(response_json("queued", response_id="resp-3")), ok(response_json("completed", response_id="resp-3"))
    run, script = lost_submit(items(), items(), items(), *after)
    run.submit_tool_results(RESULT)
    assert run.wait().status == RunStatus.COMPLETED
    assert run.response_ids == ("resp-1", "resp-3")
    assert script.seen[2:] == [*[ITEMS] * 3, "POST /v1/responses", "GET /v1/responses/resp-3"]


@pytest.mark.parametrize("status", [400, 409, 429])
def test_results_that_are_refused_after_a_submit_was_lost_may_have_arrived_and_show_themselves_later(
    status: int,
) -> None:
    words = {"error": {"message": "No tool output found for function call call-f"}}
    told = items(output_item(), message_item("done"))
    after = *[items()] * 3, refusal(status, words), *[items()] * 3, told
    run, script = lost_submit(*after, retry=RetryPolicy(attempts=1))
    with pytest.raises(APIError, match="An earlier submit, whose answer was lost, may have been carried out") as caught:
        run.submit_tool_results(RESULT)
    assert (caught.value.status, caught.value.maybe_applied) == (status, True)
    run.submit_tool_results(RESULT)
    assert script.is_done


def test_results_that_are_refused_since_they_have_arrived_meanwhile_are_not_refused_to_the_caller() -> None:
    told = items(output_item(), message_item("done"))
    run, script = lost_submit(*[items()] * 3, refusal(400), told, told)
    run.submit_tool_results(RESULT)
    assert run.wait().text == "done"
    assert script.is_done


def test_a_wait_after_a_submit_that_was_lost_looks_where_it_would_show() -> None:
    run, _ = lost_submit(items(), items(output_item(), message_item("done")))
    assert run.wait().tool_calls
    assert run.wait().text == "done"


def test_calls_that_only_the_conversation_shows_are_answered_in_it() -> None:
    told = items(output_item(), call_item("g"))
    last = response_json("completed", message_item("done"), response_id="resp-3")
    run, script = lost_submit(told, told, ok(response_json("queued", response_id="resp-3")), ok(last))
    run.submit_tool_results(RESULT)
    result = run.wait()
    assert result.tool_calls is not None
    assert [call.function.name for call in result.tool_calls if call.function] == ["g"]
    run.submit_tool_results({"name": "g", "content": ""})
    assert run.wait().text == "done"
    assert b'"conversation":"conv-1"' in script.requests[-2].content
    assert run.response_ids == ("resp-1", "resp-3")


def test_a_listen_tells_of_a_turn_that_has_no_id_by_its_last_event() -> None:
    told = items(output_item(), message_item("done"))
    script = Script(live(*calling("f")), LOST, told, told, told)
    run = created(script)
    found = []
    for one in run.listen():
        found.append((one.status, one.index, one.text))
        if one.tool_calls:
            with pytest.raises(ConnectionLostError):
                run.submit_tool_results(RESULT)
            run.submit_tool_results(RESULT)
    assert found == [(StreamEvent.TOOL_CALLS, 3, None), (StreamEvent.DONE, TURN, "done")]
    assert [one for one in script.seen if "stream" in one] == []


def test_a_turn_that_has_no_id_cannot_be_cancelled() -> None:
    run, _ = lost_submit(items(output_item()))
    run.submit_tool_results(RESULT)
    with pytest.raises(UnsupportedOperationError, match="the answer to its last submit was lost"):
        run.cancel()


def test_a_run_that_another_submit_has_gone_on_with_is_in_doubt_no_more() -> None:
    """Wrong results leave the doubt as it is."""
    run, script = lost_submit(*[items()] * 3, *[items()] * 3, ok(response_json("queued", response_id="resp-3")))
    with pytest.raises(ValueError, match="waits for results of f"):
        run.submit_tool_results({"name": "x", "content": ""})
    run.submit_tool_results(RESULT)
    assert script.seen[2:] == [*[ITEMS] * 6, "POST /v1/responses"]


def test_on_a_chain_of_responses_results_are_sent_again_only_by_the_caller() -> None:
    script = Script(ok(F_WAITS), LOST, ok(response_json("queued", response_id="resp-3")))
    client = a_client(script)
    tool = FunctionTool(name="f", description="", parameters={})
    run = client.runs.create(AGENT, client.threads.create("Hi", tools=tool))
    with pytest.raises(ConnectionLostError):
        run.submit_tool_results(RESULT)
    run.submit_tool_results(RESULT)
    assert run.response_ids == ("resp-1", "resp-3")
    assert script.seen == ["POST /v1/responses"] * 3


def test_the_tool_loop_does_not_send_results_twice() -> None:
    waiting = response_json("completed", call_item("f"))
    script = Script(ok(waiting), ok(waiting), httpx.ReadError("cut"))
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    with pytest.raises(ConnectionLostError):
        run.run_tools({"f": lambda: 1}, via="wait")


def test_another_way_has_no_more_time_than_was_left() -> None:
    def refuse_late(request: httpx.Request) -> httpx.Response:
        clock.time += 8
        return refusal(400, {"error": {"message": "background cannot be streamed"}})

    clock, script = FakeClock(), Script(refuse_late, live(*ONCE))
    client = a_client(script, clock=clock)
    client.runs.create(AGENT, CONVERSATION, stream=True, additional_messages="Hi", timeout=10)
    assert [one.extensions["timeout"]["pool"] for one in script.requests] == [10, 2]


def test_the_hook_is_told_of_the_request_whose_answer_broke() -> None:
    seen: list[Observation] = []
    script = Script(live(*ONCE[:3], httpx.ReadError("cut")), live(*ONCE))
    heard(created(script, hook=seen.append))
    attempts = [(one.method, one.error) for one in seen if one.kind == "attempt"]
    assert attempts == [("POST", None), ("POST", "ConnectionLostError"), ("GET", None)]


def test_a_refused_create_is_made_in_another_way_where_there_is_one() -> None:
    words = {"error": {"message": "background cannot be streamed", "type": "invalid_request_error"}}
    script = Script(refusal(400, words), live(*ONCE))
    assert heard(created(script)) == WHOLE
    assert [b"background" in one.content for one in script.requests] == [True, False]


def test_cancelling_is_real_and_a_wait_tells_of_it() -> None:
    cancelled = response_json("cancelled")
    script = Script(ok(response_json("queued")), ok(cancelled), ok(cancelled), ok(cancelled))
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    run.cancel()
    result = run.wait()
    assert (result.status, result.is_failed, result.error) == (RunStatus.CANCELLED, True, "the run was cancelled")
    assert [one.status for one in run.listen()] == [StreamEvent.ERROR]


def test_a_listen_closes_the_answer_of_a_run_that_is_cancelled_meanwhile() -> None:
    words = {"error": {"message": "background cannot be streamed"}}
    body = Body([sse(one) for one in ONCE[:4]])
    cancelled = response_json("cancelled")
    script = Script(refusal(400, words), streamed(body), ok(cancelled), *[refusal(400)] * 2, ok(cancelled))
    run = created(script)
    found = []
    for one in run.listen():
        found.append(one.status)
        if len(found) == 1:
            run.cancel()
            assert not body.is_closed
        else:
            assert body.is_closed
    assert found == [StreamEvent.PARTIAL_MESSAGE, StreamEvent.ERROR]
    assert script.is_done


def test_a_gateway_may_refuse_to_cancel_a_run_that_has_ended() -> None:
    script = Script(ok(response_json("queued")), refusal(400), ok(DONE), refusal(400), ok(response_json("in_progress")))
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    run.cancel()
    with pytest.raises(BadRequestError):
        run.cancel()
    assert script.seen[1:3] == ["POST /v1/responses/resp-1/cancel", "GET /v1/responses/resp-1"]


def test_a_failed_run_is_a_result() -> None:
    failed = response_json("failed", error={"code": "server_error", "message": "no luck"})
    script = Script(ok(response_json("queued")), ok(failed))
    run = a_client(script).runs.create(AGENT, CONVERSATION, additional_messages="Hi")
    result = run.wait()
    assert (result.status, result.error) == (RunStatus.FAILED, "no luck")


def test_the_folder_goes_as_the_project() -> None:
    script = Script(ok(response_json()))
    a_client(script).runs.get("resp-1")
    assert script.request.headers["openai-project"] == "local-folder"
    assert "x-folder-id" not in script.request.headers


def test_what_has_no_equivalent_is_refused_before_anything_is_sent() -> None:
    client = a_client(Script())
    with pytest.raises(UnsupportedOperationError, match="list the runs: the Responses API"):
        _ = [one for one in client.runs.list()]
    with pytest.raises(UnsupportedOperationError, match="list the threads"):
        _ = [one for one in client.threads.list()]
    with pytest.raises(UnsupportedOperationError, match="last run of thread"):
        client.runs.get_last_by_thread(CONVERSATION)


def test_a_held_answer_that_nobody_reads_is_closed_with_the_next_call() -> None:
    body = Body([sse(*ONCE[:2])])
    script = Script(streamed(body), ok(response_json(response_id="resp-9")))
    client = a_client(script)
    run = client.runs.create(AGENT, CONVERSATION, stream=True, additional_messages="Hi")
    assert not body.is_closed
    del run
    client.runs.get("resp-9")
    assert body.is_closed


def test_what_is_held_is_closed_when_a_wait_has_seen_the_end() -> None:
    body = Body([sse(*ONCE[:2])])
    run = created(Script(streamed(body), ok(response_json("in_progress")), ok(DONE)))
    assert run.wait().text == "Once upon"
    assert body.is_closed


def test_what_a_listen_may_still_read_is_not_closed_by_a_wait() -> None:
    done = response_json("completed", message_item("done"), response_id="resp-2")
    script = Script(live(*calling("f")), live(*story("done", response_id="resp-2")), ok(done))
    run = created(script)
    found = []
    for one in run.listen():
        found.append(one.index)
        if one.tool_calls:
            run.submit_tool_results({"name": "f", "content": "42"})
            run.wait()
    assert found == [3, TURN + 2, TURN + 3]
    assert script.seen == ["POST /v1/responses"] * 2 + ["GET /v1/responses/resp-2"]


def test_a_listen_that_has_its_own_stream_of_a_turn_closes_what_comes_to_be_held() -> None:
    body = Body([sse(ONCE[0]), b": more\n\n"])
    script = Script(live(*ONCE), live(*ONCE[:3], httpx.ReadError("cut")), live(*ONCE[3:]))
    run = created(script)
    heard(run)
    found = []
    for one in run.listen():
        found.append(one.index)
        if len(found) == 1:
            other = created(Script(streamed(body)))
            run._held.put(0, other._held.take(0))
    assert found == [2, 3, 4]
    assert body.is_closed


def test_a_client_that_is_closed_closes_what_is_held() -> None:
    body = Body([sse(*ONCE[:2])])
    with a_client(Script(streamed(body))) as client:
        run = client.runs.create(AGENT, CONVERSATION, stream=True, additional_messages="Hi")
        del run
    assert body.is_closed


@pytest.mark.parametrize("cut", range(len(sse(ONCE[0])), len(sse(*ONCE)) + 1, 3))
def test_a_stream_cut_after_any_byte_loses_and_repeats_nothing(cut: int) -> None:
    whole = sse(*ONCE)
    script = Script(live(whole[:cut], httpx.ReadError("cut")), live(*ONCE), forever=True)
    assert heard(created(script)) == WHOLE


def test_deltas_of_several_parts_are_joined_in_order() -> None:
    last = response_json("completed", message_item("a", "b"), message_item("c"))
    first = event("created", 0, response=response_json("in_progress"))
    pieces = [first, delta(1, "a"), delta(2, "b", 0, 1), delta(3, "c", 1), event("completed", 4, response=last)]
    assert [text for _, text in heard(created(Script(live(*pieces))))] == [
        "a",
        "a\nb",
        "a\nb\nc",
        "a\nb\nc",
    ]
