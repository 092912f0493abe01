"""A script that is played over several responses: which results it gets, and how it comes to where it stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from yc_runs.testing._errors import GatewayError
from yc_runs.testing._player import ScriptPlayer
from yc_runs.testing._prompt import count_tokens
from yc_runs.testing._responses.errors import ParameterError
from yc_runs.testing._responses.items import Item, of_type
from yc_runs.testing._session import in_order_of_calls
from yc_runs.testing.script import (
    Fail,
    Final,
    FunctionTool,
    Message,
    RunContext,
    Script,
    ToolCalls,
    ToolResult,
)


@dataclass(frozen=True)
class Turn:
    """One playing of a script. ``results`` are all that it was given so far, those of earlier calls first."""

    script: Script
    messages: tuple[Message, ...]
    tools: tuple[FunctionTool, ...]
    context: RunContext
    results: tuple[ToolResult, ...] = ()

    @property
    def prompt_tokens(self) -> int:
        """What the model reads in the next round."""
        texts = [message.text for message in self.messages] + [result.content for result in self.results]
        return sum(count_tokens(text) for text in texts)

    def answered(self, results: Sequence[ToolResult]) -> Turn:
        """Give the turn after one more round."""
        return replace(self, results=(*self.results, *results))

    def played(self) -> tuple[ScriptPlayer, tuple[ToolResult, ...] | None]:
        """Play the script up to the last calls that have results; gives the player and these results.

        A script that stands at its beginning has none. Raises ParameterError where its calls are not those that
        have results.
        """
        player = ScriptPlayer(self.script, self.messages, self.tools, self.context)
        left, given = self.results, None
        while left:
            step = player.next(given)
            given = None
            if isinstance(step, (Final, Fail)):
                raise _mismatch("the model calls no function here")
            if isinstance(step, ToolCalls):
                given, left = _fitting(step, left), left[len(step.calls) :]
        return player, given


def answers(calls: Iterable[Item], outputs: Iterable[Item]) -> tuple[ToolResult, ...]:
    """Give the result of each call, in the order of the calls; call ids that repeat are taken in order.

    Raises ParameterError unless each call has one output, and each output its call.
    """
    left, results = list(outputs), []
    for call in calls:
        found = next((output for output in left if output["call_id"] == call["call_id"]), None)
        if found is None:
            raise ParameterError(f"No tool output found for function call {call['call_id']}.", "input")
        left.remove(found)
        results.append(ToolResult(call["name"], found["output"]))
    if left:
        raise ParameterError(f"No tool call found for function call output with call_id {left[0]['call_id']}.", "input")
    return tuple(results)


def answered_in(items: Sequence[Item]) -> tuple[ToolResult, ...]:
    """Give the results of the calls that came after the last message that is not the model's.

    Raises ParameterError like ``answers``, for these calls.
    """
    turn = items[_start_of_turn(items) :]
    return answers(of_type("function_call", turn), of_type("function_call_output", turn))


def asked_in(items: Sequence[Item]) -> Sequence[Item]:
    """Give the items up to that message."""
    return items[: _start_of_turn(items)]


def _start_of_turn(items: Sequence[Item]) -> int:
    asked = [place for place, item in enumerate(items) if item.get("role", "assistant") != "assistant"]
    return asked[-1] + 1 if asked else 0


def _fitting(step: ToolCalls, results: tuple[ToolResult, ...]) -> tuple[ToolResult, ...]:
    try:
        return in_order_of_calls(step, results[: len(step.calls)])
    except GatewayError as error:
        raise _mismatch(error.message) from None


def _mismatch(why: str) -> ParameterError:
    return ParameterError(f"Tool outputs do not match: {why}.", "input")
