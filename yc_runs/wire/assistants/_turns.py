"""Which tool calls have been answered already, where all turns of a run are one stream. Pure; one per run object.

After a submit the gateway may show the answered calls for a moment more. It is the same round as long as the calls
and the tokens used are the same and no other status was seen in between; so a model that asks the very same again
is told from an answer that is late.

A submit whose outcome is unknown leaves its round in doubt. The next look settles it: if the run shows anything but
that round, the results had arrived. Where the round was not known either, calls that are shown are taken for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yc_runs.models import RunStatus, StreamEvent

if TYPE_CHECKING:
    from yc_runs.models import RunData, RunStreamEvent, ToolCallList, Usage

    _Round = tuple[ToolCallList | None, Usage | None]


class ToolTurns:
    """Keeps the calls that were seen apart from those that were answered, and from those that may have been."""

    is_settled_by_looks = True

    def __init__(self) -> None:
        self._seen: _Round | None = None
        self._answered: _Round | None = None
        self._doubtful: _Round | None = None
        self._is_known = False
        self.is_in_doubt: bool = False
        """Whether a submit may have arrived, and nothing has been seen yet that settles it."""

    @property
    def must_look(self) -> bool:
        """Whether the run must be looked at before a submit: its round is not known, or a submit is in doubt."""
        return self._seen is None or self.is_in_doubt

    def saw(self, run: RunData) -> None:
        """The gateway has shown the run. Calls that were answered already are not a new round."""
        if self.is_answered(run):
            return
        self._answered = None
        shown = _round(run) if run.status == RunStatus.TOOL_CALLS else None
        if self.is_in_doubt:
            self._doubtful = self._doubtful or shown
            if shown is None or shown != self._doubtful:
                self._answered, self._doubtful, self.is_in_doubt = self._doubtful, None, False
        self._seen, self._is_known = shown, True

    def heard(self, event: RunStreamEvent) -> None:
        """The stream has told of something: of new calls it does not tell all that ``saw`` needs."""
        if event.event_type == StreamEvent.TOOL_CALLS:
            self._seen, self._is_known = None, False

    def submitted(self) -> None:
        """The results of the round last seen have been accepted."""
        self._answered, self._seen = self._seen, None
        self.send_anyway()

    def doubted(self) -> None:
        """The results of the round last seen may have arrived, or not."""
        self._doubtful = self._seen
        self.is_in_doubt = self._seen is not None or not self._is_known

    def send_anyway(self) -> None:
        """The doubtful round is still shown after some looks: its results have not arrived."""
        self._doubtful, self.is_in_doubt = None, False

    def is_answered(self, run: RunData) -> bool:
        """Whether the run still shows the calls that were answered last."""
        return run.status == RunStatus.TOOL_CALLS and self._answered is not None and _round(run) == self._answered


def _round(run: RunData) -> _Round:
    return (run.state.tool_call_list if run.state else None, run.usage)
