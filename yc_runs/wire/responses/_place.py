"""Where a run takes place: in a conversation of the service, or on a chain of responses. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol

from yc_runs.models import Message
from yc_runs.wire.responses._local_thread import LocalThread, Sent

_MOST_LAST_RUNS = 10_000


class Place(Protocol):
    """What a run asks of the place that it is in.

    ``conversation`` is the id of the one that takes down what a response was sent and answers; None where none does.
    """

    @property
    def conversation(self) -> str | None: ...

    def goes_on_from(self, response_id: str) -> Mapping[str, Any]:
        """The members of a request that goes on from the run's last response."""
        ...

    def begun(self, run_id: str) -> None:
        """The run's first response was made."""
        ...

    def answered(self, response_id: str, answer: Message | None) -> None:
        """The run has ended well with this response."""
        ...


class LastRuns:
    """The last run of each conversation, as far as this client has begun it; the oldest are forgotten."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, str] = OrderedDict()

    def get(self, conversation: str) -> str | None:
        """The id of the last run, None where none is known."""
        return self._runs.get(conversation)

    def put(self, conversation: str, run_id: str) -> None:
        """Another run was begun."""
        self._runs[conversation] = run_id
        self._runs.move_to_end(conversation)
        if len(self._runs) > _MOST_LAST_RUNS:
            self._runs.popitem(last=False)


class InConversation:
    """The service keeps what was said, and adds to it what a response was sent and what it answers."""

    def __init__(self, conversation: str, last_runs: LastRuns) -> None:
        self.conversation: str = conversation
        self._last_runs = last_runs

    def goes_on_from(self, response_id: str) -> Mapping[str, Any]:
        """The conversation itself: it cannot be named together with a response."""
        return {"conversation": self.conversation}

    def begun(self, run_id: str) -> None:
        """The run is the last of the conversation."""
        self._last_runs.put(self.conversation, run_id)

    def answered(self, response_id: str, answer: Message | None) -> None:
        """The service has taken it down."""


class OnChain:
    """A response goes on from the one before. ``thread`` is None for a run that was not begun here."""

    conversation = None

    def __init__(self, thread: LocalThread | None = None, sent: Sent | None = None) -> None:
        self._thread = thread
        self._sent = sent

    def goes_on_from(self, response_id: str) -> Mapping[str, Any]:
        """The response."""
        return {"previous_response_id": response_id}

    def begun(self, run_id: str) -> None:
        """The messages that came with the run are on its thread now."""
        if self._thread is not None and self._sent is not None:
            self._thread.begun(self._sent, run_id)

    def answered(self, response_id: str, answer: Message | None) -> None:
        """The thread goes on from this response."""
        if self._thread is not None and self._sent is not None:
            self._thread.answered(self._sent, response_id, answer)
            self._sent = None
