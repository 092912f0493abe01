"""The state of the tool loop: what is new, what was answered, how many rounds there may be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.answers import calling, calls_event, completed, partial_event
from yc_runs import RunData, RunResult, RunStreamEvent, TooManyRoundsError
from yc_runs.tools.rounds import LoopOptions, Rounds, answers


def event(*names: str, index: int = 0) -> RunStreamEvent:
    return RunStreamEvent.model_validate(calls_event(index, *names))


def state(*names: str) -> RunResult:
    return RunResult(run=RunData.model_validate(calling(*names) if names else completed()))


def test_an_event_with_calls_makes_the_loop_look() -> None:
    rounds = Rounds("run-1", 10)
    assert not rounds.heard(RunStreamEvent.model_validate(partial_event(0, "text")))
    assert rounds.heard(event("f"))
    assert rounds.saw(state("f")) == state("f").tool_calls


def test_each_event_of_a_later_round_makes_it_look_even_with_the_same_calls() -> None:
    rounds = Rounds("run-1", 10)
    for _ in range(3):
        assert rounds.heard(event("f"))
        assert rounds.saw(state("f"))
    assert rounds.count == 3


def test_the_event_of_a_round_that_was_answered_before_it_came_is_passed_over() -> None:
    rounds = Rounds("run-1", 10)
    assert rounds.heard(event("old"))
    assert rounds.saw(state("new"))
    assert not rounds.heard(event("new"))
    assert rounds.heard(event("new"))


def test_a_run_that_has_ended_ends_the_loop_whatever_comes() -> None:
    rounds = Rounds("run-1", 10)
    assert rounds.heard(event("old"))
    assert rounds.saw(state()) == ()
    assert rounds.result == state()
    assert not rounds.heard(event("older"))


def test_one_round_too_many_is_refused() -> None:
    rounds = Rounds("run-1", 2)
    rounds.saw(state("a"))
    rounds.saw(state("b"))
    with pytest.raises(TooManyRoundsError, match=r"after 2 rounds.* Give a larger max_rounds, or") as caught:
        rounds.saw(state("c"))
    assert (caught.value.run_id, caught.value.rounds, rounds.count) == ("run-1", 2, 2)


def test_an_end_after_the_last_allowed_round_is_no_round() -> None:
    rounds = Rounds("run-1", 1)
    rounds.saw(state("a"))
    assert rounds.saw(state()) == ()


def test_answers_have_the_names_and_the_order_of_the_calls() -> None:
    calls = state("a", "b", "a").tool_calls or ()
    results = answers(calls, ["1", "2", "3"])
    assert [(result.name, result.content) for result in results] == [("a", "1"), ("b", "2"), ("a", "3")]


@pytest.mark.parametrize(
    "options",
    [
        {"max_rounds": 0},
        {"concurrency": 0},
        {"tool_timeout": 0},
        {"on_error": "ignore"},
        {"via": "poll"},
    ],
    ids=str,
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        LoopOptions(**options)
