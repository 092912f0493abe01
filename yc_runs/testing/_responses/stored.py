"""One response, and one conversation, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from yc_runs.testing._player import ScriptPlayer
from yc_runs.testing._responses.items import Item, of_type
from yc_runs.testing._responses.log import Log
from yc_runs.testing._responses.options import Options
from yc_runs.testing._responses.requests import CreateResponse
from yc_runs.testing._responses.turns import Turn
from yc_runs.testing._session import RunSession
from yc_runs.testing._views import Polls
from yc_runs.testing.script import Fail, Final, ToolResult

Status = Literal["queued", "in_progress", "completed", "failed", "incomplete", "cancelled"]


@dataclass
class StoredResponse:
    """One response. ``created_at`` is in nanoseconds since 1970; ``before`` is what was said before its input.

    ``player`` stands at the calls that the response ends with, until a response that continues it takes it over.
    """

    id: str
    created_at: int
    request: CreateResponse
    options: Options
    turn: Turn
    before: tuple[Item, ...]
    input: tuple[Item, ...]
    player: ScriptPlayer | None
    session: RunSession
    log: Log
    polls: Polls
    is_cancelled: bool = False
    _events_logged: int = 0

    @property
    def is_background(self) -> bool:
        """Whether it goes on where nobody waits for it."""
        return bool(self.request.background)

    @property
    def is_over(self) -> bool:
        """Whether nothing will change it any more."""
        return self.is_cancelled or not self.session.is_running

    @property
    def status(self) -> Status:
        """Its status, whatever polls are told."""
        if self.is_cancelled:
            return "cancelled"
        if self.session.status == "PENDING":
            return "queued" if self.is_background else "in_progress"
        if self.session.status == "IN_PROGRESS":
            return "in_progress"
        outcome = self.session.outcome
        if isinstance(outcome, Fail):
            return "failed"
        return "incomplete" if isinstance(outcome, Final) and outcome.status != "COMPLETED" else "completed"

    @property
    def status_for_polls(self) -> Status:
        """Its status as a look shows it that still counts as too early."""
        if self.polls.running and not self.is_cancelled:
            return "queued" if self.polls.fresh else "in_progress"
        return self.status

    @property
    def everything(self) -> tuple[Item, ...]:
        """All that was said up to its end."""
        return (*self.before, *self.input, *self.log.output)

    @property
    def calls(self) -> list[Item]:
        """The function calls that it ends with."""
        return of_type("function_call", self.log.output)

    def advance(self, now: float, pace: float) -> None:
        """Bring it up to date; times are in seconds."""
        if self.is_cancelled:
            return
        self.session.advance(now, pace)
        if self.session.status != "PENDING":
            self.log.start()
        for event in self.session.events[self._events_logged :]:
            self.log.add(event.outcome)
        self._events_logged = len(self.session.events)

    def cancel(self) -> None:
        """End it, unless it has ended."""
        if not self.is_over:
            self.is_cancelled = True
            if self.player is not None:
                self.player.close()

    def go_on(self, results: Sequence[ToolResult]) -> tuple[Turn, ScriptPlayer, tuple[ToolResult, ...] | None]:
        """Give what the response begins with that answers the calls: the turn, its player, and the results it awaits.

        The first one goes on with the script itself; for another one, the script is played again.
        """
        turn = self.turn.answered(results)
        player, self.player = self.player, None
        return (turn, *turn.played()) if player is None else (turn, player, tuple(results))


@dataclass
class Conversation:
    """One conversation. ``last`` is the response whose items came last; ``created_at`` is in nanoseconds since 1970."""

    id: str
    created_at: int
    metadata: dict[str, str]
    items: list[Item]
    last: StoredResponse | None = None
    unfinished: list[StoredResponse] = field(default_factory=list)

    def settle(self) -> None:
        """Take in what was said in the responses that have ended; one that failed or was cancelled leaves nothing."""
        for response in [response for response in self.unfinished if response.is_over]:
            self.unfinished.remove(response)
            if response.status in ("completed", "incomplete"):
                self.items += [*response.input, *response.log.output]
                self.last = response
