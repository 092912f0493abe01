"""Courses of runs, drawn at random: the scripts that take them, and how each dialect tells of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from yc_runs import RunResult, RunStreamEvent, StreamEvent
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, Partial, Pause, ToolCalls

NAME = "planned"
"""What the model is called that a plan's script plays."""

TICK = 0.001
"""How many seconds pass on a gateway's clock each time it is looked at."""


@dataclass(frozen=True)
class Plan:
    """The rounds of a run, each with the texts before its calls and these; then the last texts and the end.

    A text that is None is a pause. ``end`` is Final, whose text the results of all calls are added to, or Fail.
    """

    rounds: tuple[tuple[tuple[str | None, ...], tuple[str, ...]], ...]
    texts: tuple[str | None, ...]
    end: Final | Fail

    def script(self, messages: Any, tools: Any) -> Generator[Any, Any, None]:
        """Play the plan."""
        given: list[str] = []
        for number, (texts, names) in enumerate(self.rounds):
            yield from map(_step, texts)
            calls = [FunctionCall(name, {"n": place, "round": number}) for place, name in enumerate(names)]
            results = yield ToolCalls(calls)
            given += [result.content for result in results]
        yield from map(_step, self.texts)
        end = self.end
        yield end if isinstance(end, Fail) else Final("|".join([end.text, *given]), end.status, end.citations)


def _step(text: str | None) -> Partial | Pause:
    return Pause(2 * TICK) if text is None else Partial(text)


def gateway_of(plan: Plan, **settings: Any) -> LocalGateway:
    """A gateway whose model ``NAME`` follows a plan; its time goes on with every look."""
    ticks = itertools.count()
    return LocalGateway(scripts={NAME: plan.script}, clock=lambda: next(ticks) * TICK, **settings)


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_GROWN = st.lists(_WORDS, max_size=3).map(lambda pieces: [*itertools.accumulate(pieces)])
_WRITTEN = st.lists(_WORDS, max_size=3)


def _paused(texts: Sequence[str]) -> st.SearchStrategy[tuple[str | None, ...]]:
    pauses = st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))
    return pauses.map(lambda marks: tuple(_with_pauses(texts, marks)))


def _with_pauses(texts: Iterable[str], marks: Iterable[bool]) -> Iterator[str | None]:
    for text, is_after_pause in zip(texts, marks, strict=True):
        yield from (None, text) if is_after_pause else (text,)


_TEXTS = (_GROWN | _WRITTEN).flatmap(_paused)
_CALLS = st.lists(st.sampled_from("fgh"), min_size=1, max_size=4).map(tuple)
_CITATION = {"sources": [{"chunk": {"sourceFile": {"id": "file-1", "name": "a.txt"}}}]}
_FINALS = st.builds(
    Final,
    _WORDS,
    st.sampled_from(["COMPLETED", "TRUNCATED", "FILTERED_CONTENT"]),
    st.sampled_from([(), (_CITATION,), (_CITATION, _CITATION)]),
)
_FAILS = st.builds(Fail, _WORDS.filter(bool), st.sampled_from([0, 3, 8, 13]))


def plans(*, rounds: int = 3) -> st.SearchStrategy[Plan]:
    """Plans with so many rounds of calls at most."""
    return st.builds(Plan, st.lists(st.tuples(_TEXTS, _CALLS), max_size=rounds).map(tuple), _TEXTS, _FINALS | _FAILS)


Told = tuple[Any, ...]
"""What an event, or a result, says, whatever the dialect: its kind, the text, the calls, the rest."""


def told_by(outcome: RunStreamEvent | RunResult) -> Told:
    """What an event or a result says that both dialects have."""
    calls = [(call.function.name, call.function.arguments) for call in outcome.tool_calls or () if call.function]
    if outcome.is_failed:
        return outcome.status.name, None, calls, outcome.error
    message = outcome.message
    rest = (message.status, *_files(message)) if hasattr(message, "citations") else ()
    return outcome.status.name, outcome.text, calls, rest


def _files(message: Any) -> Iterator[tuple[str, str | None]]:
    for citation in message.citations:
        for source in citation.sources:
            if source.file:
                yield source.file.id, source.file.name


def as_responses_tell(events: Iterable[Told]) -> list[Told]:
    """How the second dialect tells of what the first has told of.

    Its deltas only add: a text that is written anew is told at the end of its turn, whole.
    """
    found: list[Told] = []
    told = written = ""
    for event in events:
        kind, text = event[:2]
        if kind == StreamEvent.PARTIAL_MESSAGE.name:
            written = text
            if text == told or not text.startswith(told):
                continue
            told = text
        else:
            whole = written if kind == StreamEvent.TOOL_CALLS.name else text
            if whole is not None and whole != told:
                found.append((StreamEvent.PARTIAL_MESSAGE.name, whole, [], ()))
            told = written = ""
        found.append(event)
    return found


def results_for(outcome: RunStreamEvent | RunResult) -> list[dict[str, str]]:
    """The results of the calls that wait, each unlike all others."""
    arguments = [(call.function.name, call.function.arguments) for call in outcome.tool_calls or () if call.function]
    return [{"name": name, "content": content_of(name)(**given)} for name, given in arguments]


def content_of(name: str) -> Callable[..., str]:
    """The function of this name."""

    def called(**given: Any) -> str:
        return f"{name}{given['round']}.{given['n']}"

    return called


FUNCTIONS = {name: content_of(name) for name in "fgh"}
"""All functions that a plan may call."""
