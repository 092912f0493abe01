"""The run's state machine and the script player, without a gateway around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from yc_runs.testing import (
    Fail,
    Final,
    FunctionCall,
    GatewayError,
    Message,
    Partial,
    Pause,
    RunContext,
    ToolCalls,
    ToolResult,
)
from yc_runs.testing import _player as player_module
from yc_runs.testing._player import ScriptPlayer
from yc_runs.testing._session import RunSession

CONTEXT = RunContext("assistant", "thread")


def player(script: Callable[..., Any]) -> ScriptPlayer:
    return ScriptPlayer(script, [Message("USER", "hi there")], [], CONTEXT)


def session(script: Callable[..., Any], **options: Any) -> RunSession:
    return RunSession(player(script), now=10.0, **options)


def outcomes(run: RunSession) -> list[object]:
    return [event.outcome for event in run.events]


def one_call(name: str = "f") -> ToolCalls:
    return ToolCalls([FunctionCall(name)])


def test_a_session_is_pending_until_its_first_step_is_due() -> None:
    run = session(lambda messages, tools: ["a", "b", Final("c")])
    run.advance(10.4, pace=0.5)
    assert (run.status, run.due(0.5)) == ("PENDING", 10.5)
    run.advance(10.5, pace=0.5)
    assert run.status == "IN_PROGRESS"
    assert outcomes(run) == [Partial("a")]


def test_steps_keep_their_own_times_however_late_somebody_looks() -> None:
    run = session(lambda messages, tools: ["a", Pause(5), "b", Final("c")])
    run.advance(17.4, pace=1.0)
    assert outcomes(run) == [Partial("a")]
    assert run.due(1.0) == 18.0
    run.advance(18.0, pace=1.0)
    assert outcomes(run) == [Partial("a"), Partial("b")]
    run.advance(99.0, pace=1.0)
    assert run.status == "COMPLETED"
    assert run.due(1.0) is None


def test_without_pace_a_run_is_over_at_the_first_look() -> None:
    run = session(lambda messages, tools: ["a", Final("b")])
    run.advance(10.0, pace=0.0)
    assert run.status == "COMPLETED"
    assert [event.index for event in run.events] == [0, 1]


def test_a_run_that_does_not_stream_records_no_partials() -> None:
    def script(messages: Any, tools: Any) -> Any:
        yield "a"
        yield one_call()
        yield "b"

    run = session(script, stream=False)
    run.advance(10.0, pace=0.0)
    run.submit([ToolResult("f", "1")], now=10.0)
    run.advance(10.0, pace=0.0)
    assert outcomes(run) == [one_call(), Final("b")]


def test_tool_calls_stop_the_run_until_the_submit_and_the_script_gets_the_results() -> None:
    seen: list[object] = []

    def script(messages: Any, tools: Any) -> Any:
        seen.append((yield ToolCalls([FunctionCall("f"), FunctionCall("g"), FunctionCall("f")])))
        yield Final("done")

    run = session(script)
    run.advance(1000.0, pace=0.0)
    assert (run.status, run.due(0.0)) == ("TOOL_CALLS", None)
    run.submit([ToolResult("g", "2"), ToolResult("f", "1"), ToolResult("f", "3")], now=1000.0)
    assert run.status == "IN_PROGRESS"
    run.advance(1000.0, pace=0.0)
    assert seen == [(ToolResult("f", "1"), ToolResult("g", "2"), ToolResult("f", "3"))]
    assert [event.submits for event in run.events] == [0, 1]


def test_a_submit_starts_the_clock_of_the_next_step() -> None:
    def script(messages: Any, tools: Any) -> Any:
        yield one_call()
        yield "after"

    run = session(script)
    run.advance(11.0, pace=1.0)
    run.submit([ToolResult("f", "")], now=50.0)
    run.advance(50.9, pace=1.0)
    assert len(run.events) == 1
    run.advance(51.0, pace=1.0)
    assert len(run.events) == 2


@pytest.mark.parametrize(
    "results", [[], [ToolResult("g", "")], [ToolResult("f", ""), ToolResult("f", "")]], ids=["none", "name", "count"]
)
def test_results_that_are_not_those_of_the_calls_are_refused_and_change_nothing(results: list[ToolResult]) -> None:
    run = session(lambda messages, tools: one_call())
    run.advance(10.0, pace=0.0)
    with pytest.raises(GatewayError) as caught:
        run.submit(results, now=10.0)
    assert (caught.value.code, caught.value.status, run.status) == (3, 400, "TOOL_CALLS")


@pytest.mark.parametrize("step", [Pause(9), Final("x"), Fail("x")])
def test_a_submit_to_a_run_that_waits_for_none_is_a_failed_precondition(step: Any) -> None:
    run = session(lambda messages, tools: [step])
    run.advance(10.0, pace=0.0)
    with pytest.raises(GatewayError) as caught:
        run.submit([ToolResult("f", "")], now=10.0)
    assert caught.value.code == 9


def test_usage_is_absent_at_first_and_grows_with_each_round() -> None:
    def script(messages: Any, tools: Any) -> Any:
        yield one_call()
        yield Final("two words")

    run = session(script, prompt_tokens=4)
    assert run.usage is None
    run.advance(10.0, pace=0.0)
    assert run.usage is not None
    first = run.usage.record()
    assert first == {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}
    run.submit([ToolResult("f", "a b c")], now=10.0)
    run.advance(10.0, pace=0.0)
    assert run.usage.record() == {"prompt_tokens": 4 + 7, "completion_tokens": 4, "total_tokens": 15}


def test_a_doomed_run_fails_without_asking_its_script() -> None:
    run = session(lambda messages, tools: pytest.fail("the script was asked"), doom=Fail("no room", code=0))
    run.advance(10.0, pace=0.0)
    assert run.status == "FAILED"
    assert outcomes(run) == [Fail("no room", code=0)]


def returns_text(messages: Any, tools: Any) -> Any:
    yield "a"
    return "b"


def just_ends(messages: Any, tools: Any) -> Any:
    yield Partial("a")


def takes_context(messages: Any, tools: Any, context: RunContext) -> Any:
    return Final(context.assistant_id)


def takes_messages(messages: Any) -> Any:
    return Final(messages[0].text)


def takes_anything(*arguments: Any) -> Any:
    return Final(str(len(arguments)))


@pytest.mark.parametrize(
    ("script", "end"),
    [
        (returns_text, Final("b")),
        (just_ends, Final("a")),
        (lambda messages, tools: "whole", Final("whole")),
        (lambda messages, tools: Fail("no"), Fail("no")),
        (lambda messages, tools: [], Final("")),
        (takes_context, Final("assistant")),
        (takes_messages, Final("hi there")),
        (takes_anything, Final("3")),
    ],
)
def test_scripts_may_end_in_many_ways(script: Callable[..., Any], end: object) -> None:
    played = player(script)
    steps = [played.next(), played.next()]
    assert next(step for step in steps if isinstance(step, (Final, Fail))) == end


def test_a_script_whose_signature_cannot_be_read_gets_messages_and_tools() -> None:
    # ``dict(messages, tools)`` is a TypeError, as any call of it with two arguments: it was called with two.
    step = player(dict).next()
    assert isinstance(step, Fail)
    assert "at most 1 argument, got 2" in step.message


def raises(messages: Any, tools: Any) -> Any:
    raise RuntimeError("broken script")


async def asynchronous(messages: Any, tools: Any) -> Any:
    yield "never"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (raises, "RuntimeError: broken script"),
        (asynchronous, "not async_generator"),
        (lambda messages, tools: None, "not NoneType"),
        (lambda messages, tools: [42], "42"),
        (lambda messages, tools: [Final(42)], "Final"),  # type: ignore[arg-type]
        (lambda messages, tools: [Final("x", status="ODD")], "ODD"),  # type: ignore[arg-type]
        (lambda messages, tools: [Final("x", citations=[{"sauces": []}])], "citation.sauces"),
        (lambda messages, tools: [ToolCalls(["f"])], "ToolCalls"),  # type: ignore[list-item]
        (lambda messages, tools: [ToolCalls([])], "at least one call"),
        (lambda messages, tools: [ToolCalls([FunctionCall("f", {"x": object()})])], "not JSON serializable"),
    ],
)
def test_a_wrong_script_fails_its_run_and_says_why(script: Callable[..., Any], words: str) -> None:
    step = player(script).next()
    assert isinstance(step, Fail)
    assert words in step.message
    assert step.code == 13


def test_an_endless_script_fails_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player_module, "MAX_STEPS", 50)

    def endless(messages: Any, tools: Any) -> Any:
        while True:
            yield "more"

    run = session(endless)
    run.advance(10.0, pace=0.0)
    assert run.status == "FAILED"
    assert len(run.events) == 51


def test_the_end_of_a_run_closes_its_script() -> None:
    closed: list[bool] = []

    def script(messages: Any, tools: Any) -> Any:
        try:
            yield Final("x")
            yield "never seen"
        finally:
            closed.append(True)

    run = session(script)
    run.advance(10.0, pace=0.0)
    assert closed == [True]
    assert run.status == "COMPLETED"
