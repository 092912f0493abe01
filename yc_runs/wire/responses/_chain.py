"""A run over its responses: each submit makes another one. Pure.

The run's id is that of its first response. Each request repeats what the run was begun with (model, instructions,
options, tools, format), since responses do not hand it on. A turn is a response: its number is its place in the chain.

A response whose submit got no answer has no id here. In a conversation it shows itself by its items, and the run goes
on by them; on a chain of responses nothing shows it, and a further submit makes another one in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from yc_runs.errors import APIError, UnsupportedOperationError
from yc_runs.models import RunData, RunState, RunStatus, ToolResultList, Usage
from yc_runs.wire._reading import read_model
from yc_runs.wire._request import Call, LiveCall, Request, dump, segment
from yc_runs.wire.responses._conversation import Unseen, answer_to, get_items
from yc_runs.wire.responses._events import TURN_SIZE, response_in
from yc_runs.wire.responses._feed import RESPONSES, ResponseFeed
from yc_runs.wire.responses._objects import ListObject, ResponseObject, moment
from yc_runs.wire.responses._open_calls import OpenCalls
from yc_runs.wire.responses._output import call_items, call_list, state_of, usage_of
from yc_runs.wire.responses._place import Place
from yc_runs.wire.responses._reading import read, read_response
from yc_runs.wire.responses._turns import Body, Way, blanks_as_json, in_foreground, in_pairs, output_items

_ONE = f"{RESPONSES}/{{response_id}}"


class RunChain:
    """One run. ``members`` are in the body of each of its requests; ``fields`` are those of its data.

    ``register`` is told of each response that is found to be the run's.
    """

    turn_size = TURN_SIZE

    def __init__(
        self,
        members: Body,
        fields: Mapping[str, Any],
        place: Place,
        register: Callable[[str, RunChain], None],
    ) -> None:
        self._members = members
        self._fields = {"assistant_id": "", "thread_id": "", **fields}
        self._place = place
        self._register = register
        self._ids: list[str] = []
        self._unseen: dict[int, Unseen] = {}
        self._created_at: datetime | None = None
        self._is_in_background = True
        self.turns: OpenCalls = OpenCalls(can_be_found=place.conversation is not None)
        self._usage: dict[int, Usage] = {}
        self._is_answered = False

    @property
    def id(self) -> str:
        """The run's id: that of its first response."""
        return self._ids[0]

    @property
    def response_ids(self) -> tuple[str, ...]:
        """The ids of its responses, the first first; one whose id was lost is not among them."""
        return tuple(filter(None, self._ids))

    def response_id(self, turn: int) -> str:
        """The id of the response of a turn; empty where it was lost."""
        return self._ids[turn] if turn < len(self._ids) else ""

    @property
    def turn(self) -> int:
        """The number of the turn that it is in."""
        return len(self._ids) - 1

    @property
    def may_stream(self) -> bool:
        """Whether its responses may have streams: those that were asked for without have none."""
        return bool(self._members.get("stream", True))

    @property
    def waits(self) -> bool:
        """Whether its last response is known to wait for results: then another turn is still to come."""
        return bool(self.turns.items)

    def begin(self, response: ResponseObject, *, in_background: bool = True) -> RunData:
        """The gateway has made another response for this run."""
        self._is_in_background = in_background
        self._created_at = self._created_at or moment(response.created_at)
        self._ids.append(response.id)
        self.turns.begun()
        self._register(response.id, self)
        if not self.turn:
            self._place.begun(self.id)
        return self.take(response, self.turn)

    def take(self, response: ResponseObject, turn: int) -> RunData:
        """The run as a response of it says that it is, the one of this turn. Raises ``ValueError``."""
        names = {"thread_id": self._fields["thread_id"], "assistant_id": self._fields["assistant_id"]}
        state = state_of(response, **names)
        if used := usage_of(response):
            self._usage[turn] = used
        run = self._run(state)
        if turn == self.turn and run.status.is_finished:
            self.turns.items = call_items(response) if run.status == RunStatus.TOOL_CALLS else ()
        if run.status == RunStatus.COMPLETED and not self._is_answered:
            self._is_answered = True
            self._place.answered(self.response_id(turn), state.completed_message)
        return run

    def look(self) -> Call[RunData]:
        """GET the last response; where there may be another, what the conversation tells of it."""
        return self._look_for(self.turn + 1) if self.turns.is_in_doubt else self.look_at(self.turn)

    def look_at(self, turn: int) -> Call[RunData]:
        """GET the response of a turn."""
        if turn in self._unseen:
            return self._look_for(turn)
        path = f"{RESPONSES}/{segment('run', self._ids[turn])}"
        return Call(Request("GET", path, _ONE, f"get run {self.id!r}"), self._taking(turn))

    def start(self, subject: str, body: Body, ways: Sequence[Way] = ()) -> Call[RunData] | LiveCall[RunData]:
        """POST the first response, or the next; ``body`` is what this one has beside ``members``."""
        return self._post(subject, {**self._members, **body}, [in_foreground, *ways])

    def submit(self, results: ToolResultList) -> Call[RunData] | LiveCall[RunData]:
        """POST the response that answers the calls.

        Raises ``ValueError`` where the results are not theirs, ``BadRequestError`` where it waits for none.
        """
        calls = self.turns.items or ()
        outputs = output_items(self.id, calls, results)
        body = {"input": outputs, **self._place.goes_on_from(self._ids[-1])}
        # Calls that are sent along would be taken for new ones where they were answered already.
        ways = [blanks_as_json] if self.turns.may_be_answered else [blanks_as_json, in_pairs(calls)]
        return self.start(f"submit tool results to run {self.id!r}", body, ways)

    def cancel(self) -> Call[RunData | None] | None:
        """POST that the last response is to be broken off. The answer may be empty.

        None for a response in the foreground, which ends with the connection that it is told of on. Raises
        ``UnsupportedOperationError`` where the response's id was lost.
        """
        if not self._ids[-1]:
            raise UnsupportedOperationError(
                f"run {self.id!r} cannot be cancelled: the answer to its last submit was lost, and with it the id of "
                "what to cancel. Nothing was sent: let the run end by itself."
            )
        if not self._is_in_background:
            return None
        path, name = f"{RESPONSES}/{segment('run', self._ids[-1])}/cancel", f"{_ONE}/cancel"
        take = self._taking(self.turn)
        return Call(
            Request("POST", path, name, f"cancel run {self.id!r}"), lambda body: take(body) if body.strip() else None
        )

    def feed(self) -> ResponseFeed:
        """What a new listen begins with."""
        return ResponseFeed(self)

    def _post(self, subject: str, body: Body, ways: Sequence[Way]) -> Call[RunData] | LiveCall[RunData]:
        request = Request("POST", RESPONSES, RESPONSES, subject, dump(body))

        def instead(error: APIError) -> Call[RunData] | LiveCall[RunData] | None:
            changes = ((way, way(error, body)) for way in ways)
            way, other = next(((way, change) for way, change in changes if change is not None), (None, None))
            return None if other is None else self._post(subject, other, [left for left in ways if left is not way])

        begin = partial(self.begin, in_background=bool(body.get("background")))
        if body.get("stream"):
            begin_in = read(lambda document: begin(found) if (found := response_in(document)) else None)
            return LiveCall(request, begin_in, instead)
        return Call(request, read(lambda answer: begin(read_response(answer))), instead)

    def _look_for(self, turn: int) -> Call[RunData]:
        """GET what the conversation tells of the response of a turn that has no id, or is perhaps to be found."""
        calls = self.turns.items or ()

        @read
        def found(body: bytes) -> RunData:
            items = read_model(ListObject, body).data
            if turn not in self._unseen and (response := answer_to(calls, items)):
                self._begin_unseen(turn, Unseen(calls, response))
            if turn not in self._unseen:
                return self._run(RunState(status=RunStatus.TOOL_CALLS, tool_call_list=call_list(calls)))
            return self.take(self._unseen[turn].read(items), turn)

        return get_items(self._place.conversation or "", f"get run {self.id!r}", found)

    def _begin_unseen(self, turn: int, unseen: Unseen) -> None:
        # Two threads may have looked at the same time.
        if self._unseen.setdefault(turn, unseen) is unseen:
            self._ids.append("")
            self.turns.begun()

    def _taking(self, turn: int) -> Callable[[bytes], RunData]:
        return read(lambda body: self.take(read_response(body), turn))

    def _run(self, state: RunState) -> RunData:
        usage = self._all_usage()
        return RunData(id=self.id, created_at=self._created_at, state=state, usage=usage, **self._fields)

    def _all_usage(self) -> Usage | None:
        # Another thread may be adding a turn.
        used = tuple(self._usage.values())
        return (
            Usage(
                prompt_tokens=sum(turn.prompt_tokens for turn in used),
                completion_tokens=sum(turn.completion_tokens for turn in used),
                total_tokens=sum(turn.total_tokens for turn in used),
            )
            if used
            else None
        )
