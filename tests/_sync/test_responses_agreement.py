# Generated from tests/_async/test_responses_agreement.py by tools/generate_sync.py; do not edit.
"""Both dialects on one gateway: whatever a run does, its events and its result are the same in both."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.answers import LEFT_UNREAD
from tests.support.clients import gateway_client
from tests.support.plans import (
    FUNCTIONS,
    NAME,
    Plan,
    Told,
    as_responses_tell,
    gateway_of,
    plans,
    results_for,
    told_by,
)
from yc_runs import Client, FunctionTool, Run, RunResult
from yc_runs.models import Usage
from yc_runs.testing import Fail, Final, LocalGateway, Quirk
from yc_runs.testing._responses.quirks import QUIRKS

pytestmark = [LEFT_UNREAD]

Dialect = Literal["assistants", "responses"]
Via = Literal["listen", "wait", "wait on the stream", "tools by listening", "tools by waiting", "tools as a stream"]
VIAS: list[Via] = [
    "listen",
    "wait",
    "wait on the stream",
    "tools by listening",
    "tools by waiting",
    "tools as a stream",
]
A_TOOL = FunctionTool(name="f", description="d", parameters={"type": "object"})
REWRITES = Plan(
    ((("ab", "a", "b"), ("f", "f")), (("b", None, "bc"), ("g", "f", "g"))), ("x", "y"), Final("yz", "TRUNCATED")
)
FAILS = Plan((((), ("f",)),), ("x",), Fail("no"))


def a_run(client: Client, *, is_local: bool = False, stream: bool = True) -> Run:
    """A run of a new assistant on a new thread, which is kept by the client where that is asked for."""
    assistant = client.assistants.create(NAME)
    thread = client.threads.create("Hi", tools=A_TOOL if is_local else None)
    return client.runs.create(assistant, thread, stream=stream)


def heard(run: Run) -> list[Told]:
    """What all events of a run say; its calls are answered."""
    told = []
    with closing(run.listen()) as events:
        for event in events:
            told.append(told_by(event))
            if event.tool_calls:
                run.submit_tool_results(results_for(event))
    return told


def followed(run: Run, via: Via) -> tuple[list[Told], RunResult]:
    """What is told on one way through a run to its end, and the result."""
    told: list[Told] = []
    if via == "listen":
        told = heard(run)
    elif via == "tools as a stream":
        loop = run.run_tools_stream(FUNCTIONS)
        told = [told_by(event) for event in loop]
        return told, loop.result
    elif via in ("wait", "wait on the stream"):
        while (result := run.wait(via="poll" if via == "wait" else "listen")).tool_calls:
            told.append(told_by(result))
            run.submit_tool_results(results_for(result))
        return told, result
    else:
        return [], run.run_tools(FUNCTIONS, via="listen" if via == "tools by listening" else "wait")
    return told, run.wait()


def course_of(
    gateway: LocalGateway, dialect: Dialect, via: Via, *, is_local: bool = False, stream: bool = True
) -> tuple[list[Told], Told, Usage | None]:
    """What is told of a new run, what its result says, and the tokens it used."""
    with gateway_client(gateway, dialect=dialect) as client:
        run = a_run(client, is_local=is_local, stream=stream)
        told, result = followed(run, via)
        assert told_by(run.get_result()) == told_by(result)
        return told, told_by(result), result.usage


@settings(max_examples=25)
@example(plan=REWRITES, via="listen", stream=True, is_local=False)
@example(plan=FAILS, via="tools as a stream", stream=True, is_local=True)
@given(plan=plans(), via=st.sampled_from(VIAS), stream=st.booleans(), is_local=st.booleans())
def test_whatever_a_run_does_both_dialects_tell_the_same(plan: Plan, via: Via, stream: bool, is_local: bool) -> None:
    first = course_of(gateway_of(plan), "assistants", via, stream=stream)
    second = course_of(gateway_of(plan), "responses", via, stream=stream, is_local=is_local)
    told = as_responses_tell(first[0]) if stream and via in ("listen", "tools as a stream") else first[0]
    assert second == (told, *first[1:])


@pytest.mark.parametrize(("via", "stream"), [("listen", True), ("wait", False)])
@pytest.mark.parametrize("quirk", QUIRKS)
def test_no_quirk_changes_what_is_told(quirk: Quirk, via: Via, stream: bool) -> None:
    plain = course_of(gateway_of(REWRITES), "responses", via, stream=stream)
    told, result, usage = course_of(gateway_of(REWRITES, quirks={quirk}), "responses", via, stream=stream)
    assert (told, result) == plain[:2]
    assert usage == usage_with({quirk}, plain[2])


@settings(max_examples=15)
@given(
    plan=plans(rounds=2),
    via=st.sampled_from(VIAS),
    stream=st.booleans(),
    is_local=st.booleans(),
    quirks=st.sets(st.sampled_from(QUIRKS)),
)
def test_no_quirks_together_change_what_is_told(
    plan: Plan, via: Via, stream: bool, is_local: bool, quirks: set[Quirk]
) -> None:
    options: dict[str, Any] = {"stream": stream, "is_local": is_local}
    plain = course_of(gateway_of(plan), "responses", via, **options)
    told, result, usage = course_of(gateway_of(plan, quirks=quirks), "responses", via, **options)
    assert (told, result) == plain[:2]
    assert usage == usage_with(quirks, plain[2])


def usage_with(quirks: set[Quirk], usage: Usage | None) -> Usage | None:
    """The tokens that are told of where these quirks are."""
    if "null-usage" in quirks or usage is None:
        return None
    return Usage() if "zero-usage" in quirks else usage
