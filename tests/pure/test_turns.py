"""Calls that were answered already are told from the next ones."""

from __future__ import annotations

from yc_runs.models import RunData, RunStreamEvent
from yc_runs.wire.assistants._turns import ToolTurns


def calling(tokens: int = 5, name: str = "f") -> RunData:
    calls = {"toolCalls": [{"functionCall": {"name": name, "arguments": {"x": 1}}}]}
    return RunData.model_validate(
        {"id": "r", "state": {"status": "TOOL_CALLS", "toolCallList": calls}, "usage": {"totalTokens": tokens}}
    )


def status(name: str) -> RunData:
    return RunData.model_validate({"id": "r", "state": {"status": name}})


def answered(run: RunData) -> ToolTurns:
    turns = ToolTurns()
    turns.saw(run)
    turns.submitted()
    return turns


def test_calls_are_new_until_they_are_answered() -> None:
    turns = ToolTurns()
    assert turns.must_look
    turns.saw(calling())
    assert not turns.must_look
    assert not turns.is_answered(calling())
    turns.submitted()
    assert turns.must_look
    assert turns.is_answered(calling())


def test_calls_shown_late_stay_answered() -> None:
    turns = answered(calling())
    turns.saw(calling())
    turns.saw(calling())
    assert turns.is_answered(calling())
    assert turns.must_look


def test_the_same_calls_with_more_tokens_are_a_new_round() -> None:
    turns = answered(calling(5))
    assert not turns.is_answered(calling(9))
    turns.saw(calling(9))
    assert not turns.must_look


def test_other_calls_are_a_new_round() -> None:
    assert not answered(calling()).is_answered(calling(name="g"))


def test_the_same_calls_after_another_status_are_a_new_round() -> None:
    turns = answered(calling())
    turns.saw(status("IN_PROGRESS"))
    assert turns.must_look
    assert not turns.is_answered(calling())


def test_another_status_is_never_answered() -> None:
    assert not answered(calling()).is_answered(status("COMPLETED"))


def test_a_submit_without_a_known_round_answers_nothing() -> None:
    turns = ToolTurns()
    turns.submitted()
    assert not turns.is_answered(calling())


def test_calls_heard_in_the_stream_must_be_looked_at_anew() -> None:
    turns = ToolTurns()
    turns.saw(calling())
    turns.heard(RunStreamEvent.model_validate({"eventType": "PARTIAL_MESSAGE"}))
    assert not turns.must_look
    turns.heard(RunStreamEvent.model_validate({"eventType": "TOOL_CALLS"}))
    assert turns.must_look


def test_a_doubtful_submit_must_be_looked_at_and_is_settled_by_another_round() -> None:
    turns = ToolTurns()
    turns.saw(calling())
    turns.doubted()
    assert turns.is_in_doubt
    assert turns.must_look
    assert not turns.is_answered(calling())
    turns.saw(calling())
    assert turns.is_in_doubt
    turns.saw(status("IN_PROGRESS"))
    assert not turns.is_in_doubt


def test_a_doubtful_round_that_is_still_shown_is_sent_anyway() -> None:
    turns = ToolTurns()
    turns.saw(calling())
    turns.doubted()
    turns.saw(calling())
    turns.send_anyway()
    assert not turns.must_look
    turns.submitted()
    assert turns.is_answered(calling())


def test_a_submit_that_goes_through_settles_the_doubt() -> None:
    turns = ToolTurns()
    turns.saw(calling())
    turns.doubted()
    turns.submitted()
    assert not turns.is_in_doubt
