"""The calls that a run's last response waits for. Pure; one for all objects of a run.

Each turn is a response of its own: calls that were answered are not shown again, and none is taken for an old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yc_runs.models import RunData, RunStreamEvent
    from yc_runs.wire.responses._objects import FunctionCallItem


class OpenCalls:
    """The calls of the last response: ``items`` is None as long as they are not known, and empty where it has none.

    ``can_be_found``: whether what a submit has begun whose answer was lost shows itself somewhere, sooner or later.
    """

    is_settled_by_looks = False

    def __init__(self, *, can_be_found: bool) -> None:
        self._can_be_found = can_be_found
        self.items: tuple[FunctionCallItem, ...] | None = None
        self.is_in_doubt: bool = False
        self.may_be_answered: bool = False
        """Whether a submit got no answer that may have been carried out, looks or no looks."""

    @property
    def must_look(self) -> bool:
        """Whether it is not known which calls there are."""
        return self.items is None

    def begun(self) -> None:
        """There is another response."""
        self.items, self.is_in_doubt, self.may_be_answered = None, False, False

    def doubted(self) -> None:
        """There may be another response."""
        self.is_in_doubt = self.may_be_answered = self._can_be_found

    def saw(self, run: RunData) -> None:
        """Nothing: who reads the response knows its calls."""

    def heard(self, event: RunStreamEvent) -> None:
        """Nothing, for the same reason."""

    def submitted(self) -> None:
        """Nothing: the answer to a submit begins the next response."""

    def send_anyway(self) -> None:
        """A look would see what is being sent now."""
        self.is_in_doubt = False

    def is_answered(self, run: RunData) -> bool:
        """False: answered calls are not shown again."""
        return False
