"""What the items of a conversation tell of a response whose id was lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.responses import call_item, message_item
from yc_runs.wire.responses._conversation import Unseen, answer_to
from yc_runs.wire.responses._objects import FunctionCallItem, ResponseObject

USER = {"type": "message", "role": "user", "id": "msg-0", "content": "Hi"}


def calls(*items: dict[str, Any]) -> list[FunctionCallItem]:
    return [FunctionCallItem.model_validate(item) for item in items]


def output(call_id: str = "call-f") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": "42"}


F, G = call_item("f"), call_item("g")
DONE = message_item("done")


def answer(*items: dict[str, Any], to: list[FunctionCallItem] | None = None) -> tuple[str, list[Any]] | None:
    """Status and output of the response that answers; ``items`` are the oldest first."""
    found = answer_to(calls(F) if to is None else to, list(reversed(items)))
    return found and (found.status, [item.get("id") for item in found.output])


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([], None),
        ([USER, F], None),
        ([USER, F, USER], None),
        ([USER, F, output("call-other")], None),
        ([output(), USER], None),
        ([USER, F, output()], ("in_progress", [])),
        ([USER, F, output(), {"type": "reasoning", "id": "r"}], ("in_progress", ["r"])),
        ([USER, F, output(), DONE], ("completed", ["msg-1"])),
        ([USER, F, output(), {**DONE, "status": "incomplete"}], ("incomplete", ["msg-1"])),
        ([USER, F, output(), DONE, USER, {**DONE, "id": "of-another-run"}], ("completed", ["msg-1"])),
        ([USER, F, output(), G, output("call-g"), DONE], ("completed", ["fc-g"])),
        ([USER, F, {**F, "id": "sent-along"}, output(), DONE], ("completed", ["msg-1"])),
    ],
)
def test_what_follows_the_outputs_of_the_calls_is_the_answer(
    items: list[dict[str, Any]], found: tuple[str, list[str]] | None
) -> None:
    assert answer(*items) == found


def test_calls_are_known_by_their_item_where_the_call_id_repeats() -> None:
    first, again = {**F, "call_id": "f"}, {**F, "call_id": "f", "id": "fc-2"}
    asked = [USER, first, output("f"), again]
    assert answer(*asked, to=calls(again)) is None
    assert answer(*asked, output("f"), DONE, to=calls(again)) == ("completed", ["msg-1"])
    assert answer(*asked, to=calls(first)) == ("completed", ["fc-2"])


def test_items_that_have_other_ids_than_in_the_response_are_known_by_the_call_id() -> None:
    assert answer(USER, F, output(), DONE, to=calls({**F, "id": "another"})) == ("completed", ["msg-1"])


def test_all_calls_of_a_turn_are_answered_or_none() -> None:
    both = calls(F, G)
    assert answer(USER, F, G, output(), to=both) is None
    assert answer(USER, F, G, output("call-g"), output(), DONE, to=both) == ("completed", ["msg-1"])


def test_what_the_newest_page_shows_no_more_is_as_it_was() -> None:
    unseen = Unseen(calls(F), ResponseObject(id="", status="completed"))
    assert unseen.read([USER]).status == "completed"
    assert unseen.read([DONE, output(), F, USER]).output[0]["id"] == "msg-1"
    assert unseen.read([USER]).output[0]["id"] == "msg-1"
