"""What is new in each event of a listen."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.answers import calls_event, cursor, done_event, error_event, partial_event, text_json
from yc_runs import RunStreamEvent
from yc_runs._deltas import Deltas


def told(*events: dict[str, Any]) -> list[tuple[str, bool]]:
    deltas = Deltas()
    marked = [RunStreamEvent.model_validate(event) for event in events]
    for event in marked:
        deltas.mark(event)
    return [(event.delta, event.is_rewrite) for event in marked]


def test_growing_text_is_told_piece_by_piece_and_the_end_brings_the_rest() -> None:
    events = partial_event(0, "I"), partial_event(1, "I am"), partial_event(2, "I am"), done_event(3, "I am here")
    assert told(*events) == [("I", False), (" am", False), ("", False), (" here", False)]


def test_a_lone_end_tells_all() -> None:
    assert told(done_event(0, "It is.")) == [("It is.", False)]


def test_a_listen_that_begins_in_the_middle_tells_the_whole_first_text() -> None:
    assert told(partial_event(7, "I am"), done_event(8, "I am.")) == [("I am", False), (".", False)]


def test_a_rewrite_tells_the_whole_text_and_says_so() -> None:
    events = partial_event(0, "I think"), partial_event(1, "No idea"), done_event(2, "No idea.")
    assert told(*events) == [("I think", False), ("No idea", True), (".", False)]


def test_a_text_cut_short_is_a_rewrite() -> None:
    assert told(partial_event(0, "I think so"), done_event(1, "I think"))[1] == ("I think", True)


def test_white_space_that_goes_from_the_end_is_no_rewrite() -> None:
    assert told(partial_event(0, "yes \n"), done_event(1, "yes"))[1] == ("", False)


def test_a_new_part_is_told_with_the_newline_that_joins_it() -> None:
    two = {"eventType": "PARTIAL_MESSAGE", "streamCursor": cursor(1), "partialMessage": text_json("a", "b")}
    assert told(partial_event(0, "a"), two)[1] == ("\nb", False)


def test_a_part_that_grows_before_another_is_a_rewrite() -> None:
    def event(*texts: str) -> dict[str, Any]:
        return {"eventType": "PARTIAL_MESSAGE", "partialMessage": text_json(*texts)}

    assert told(event("a", "b"), event("aa", "b"))[1] == ("aa\nb", True)


def test_another_text_after_tool_calls_is_no_rewrite() -> None:
    events = partial_event(0, "Let me see"), calls_event(1, "f"), partial_event(2, "It is 5"), done_event(3, "It is")
    assert told(*events) == [("Let me see", False), ("", False), ("It is 5", False), ("It is", True)]


def test_a_text_that_goes_on_after_tool_calls_is_told_once() -> None:
    assert told(partial_event(0, "See:"), calls_event(1, "f"), done_event(2, "See: 5"))[2] == (" 5", False)


def test_an_error_tells_nothing() -> None:
    assert told(partial_event(0, "I"), error_event(1, "no luck"))[1] == ("", False)


@given(st.lists(st.text(max_size=8), max_size=6))
def test_who_prints_deltas_and_begins_afresh_at_rewrites_has_the_text(texts: list[str]) -> None:
    printed = ""
    for text, (delta, is_rewrite) in zip(texts, told(*[partial_event(i, t) for i, t in enumerate(texts)]), strict=True):
        printed = delta if is_rewrite else printed + delta
        assert printed.rstrip() == text.rstrip()


def test_an_event_that_no_listen_gave_has_its_whole_text_as_delta() -> None:
    event = RunStreamEvent.model_validate(partial_event(0, "I am"))
    assert (event.delta, event.is_rewrite) == ("I am", False)
    assert RunStreamEvent.model_validate(error_event(0, "no")).delta == ""


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda event: pickle.loads(pickle.dumps(event))])
def test_the_delta_is_no_part_of_the_value_but_goes_with_copies(make: Any) -> None:
    marked, plain = (RunStreamEvent.model_validate(partial_event(0, "I am")) for _ in range(2))
    marked.set_delta("am", is_rewrite=True)
    assert marked == plain
    assert plain == marked
    assert repr(marked) == repr(plain)
    assert marked.to_wire() == plain.to_wire()
    assert (make(marked).delta, make(marked).is_rewrite) == ("am", True)
