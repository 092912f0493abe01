"""What the layers above ask of a dialect. Nothing above it knows a path, a JSON key or a spelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from yc_runs.wire._pages import Page
from yc_runs.wire._request import Call, LiveCall, LocalCall, StreamCall

if TYPE_CHECKING:
    from yc_runs.errors import RunsError
    from yc_runs.models import (
        AssistantData,
        AssistantSettings,
        AssistantVersionData,
        Message,
        MessageData,
        RunData,
        RunSpec,
        RunStreamEvent,
        ThreadData,
        ThreadSettings,
        ToolResultList,
    )


T = TypeVar("T")

AnyCall: TypeAlias = Call[T] | LocalCall[T]
"""What gives one answer."""

StartCall: TypeAlias = Call[T] | LiveCall[T]
"""What sets a run going: its answer may go on as the stream of the run's events."""

PageCalls: TypeAlias = Callable[..., AnyCall[Page[T]]]
"""Gives the call for the page with a ``page_token``, empty for the first."""


class Feed(Protocol):
    """Where one listen has a run's events from: the calls to open one stream after another, while there are any."""

    def is_polled(self, next_index: int) -> bool:
        """Whether there is no stream (any more) of the turn that an index is in: the run is looked at instead."""
        ...

    def has_begun(self, next_index: int) -> bool:
        """Whether the turn that an index is in has begun: there is nothing to listen to before."""
        ...

    def has_read(self, next_index: int) -> bool:
        """Whether a stream of the turn that an index is in was read already."""
        ...

    def call(self, next_index: int) -> StreamCall[RunStreamEvent | None]:
        """Stream the events from an index on. A document may be no event.

        It also reads on in the answer that began the turn, as long as nothing of the turn was read.
        """
        ...

    def look(self, next_index: int) -> Call[RunData]:
        """Look at the run as it is, or was, in the turn that an index is in."""
        ...

    def resort(self, cause: RunsError | None, *, is_hopeless: bool) -> bool:
        """Whether there is another way than the one that failed; it is taken from now on.

        ``is_hopeless``: the way was tried as often as it may be. Otherwise only a refusal leads to another.
        """
        ...


class Turns(Protocol):
    """Which of a run's tool calls wait for results, which were answered, and which may have been.

    A submit whose outcome is unknown is in doubt until a look shows that it had arrived. ``is_settled_by_looks``:
    looks that do not show it mean that it had not. Otherwise it may show itself later.
    """

    is_settled_by_looks: bool

    @property
    def is_in_doubt(self) -> bool:
        """Whether a submit may have arrived, and nothing has been seen yet that settles it."""
        ...

    @property
    def must_look(self) -> bool:
        """Whether the run must be looked at before its calls can be answered."""
        ...

    def saw(self, run: RunData) -> None:
        """The gateway has shown the run."""
        ...

    def heard(self, event: RunStreamEvent) -> None:
        """The stream has told of something."""
        ...

    def submitted(self) -> None:
        """The results have been accepted."""
        ...

    def doubted(self) -> None:
        """The results may have arrived, or not."""
        ...

    def send_anyway(self) -> None:
        """Some looks have not shown that they had arrived: they are sent again."""
        ...

    def is_answered(self, run: RunData) -> bool:
        """Whether the run still shows calls that were answered."""
        ...


class RunWire(Protocol):
    """One run, as its gateway has it: the calls that are made for it.

    ``turn_size``: None where a run is one stream of events, numbered without gaps. Otherwise each turn (what comes
    between two submits) has a stream of its own, which its tool calls end, and whose events have indexes from the
    turn's number times this size on, growing, with gaps. A turn that was answered is then not shown again.
    """

    @property
    def turn_size(self) -> int | None: ...

    @property
    def turn(self) -> int:
        """The number of the turn that the run is in, from 0; always 0 where the turns are one stream."""
        ...

    @property
    def response_ids(self) -> tuple[str, ...]:
        """The ids under which the gateway keeps the run, one for each turn; empty where it has only its own."""
        ...

    @property
    def turns(self) -> Turns:
        """What is known of its calls."""
        ...

    def look(self) -> Call[RunData]:
        """Look at the run."""
        ...

    def submit(self, results: ToolResultList) -> StartCall[object]:
        """Answer the calls that the run waits for. Raises ``BadRequestError`` where it is known to wait for none."""
        ...

    def cancel(self) -> Call[object] | None:
        """Break the run off; None where that is done by closing the answer in which the gateway tells of it."""
        ...

    def feed(self) -> Feed:
        """Where the events of a new listen come from."""
        ...


class Dialect(Protocol):
    """Turns arguments into calls.

    Every method raises ``TypeError`` or ``ValueError`` for what cannot be sent, and ``UnsupportedOperationError`` for
    what its gateway has no call for.
    """

    name: str
    base_url: str

    def headers(self, folder_id: str | None) -> dict[str, str]:
        """The headers of every request, besides those of the sign-in."""
        ...

    def run(self, data: RunData) -> RunWire:
        """The calls for a run that an answer told of."""
        ...

    def create_run(self, spec: RunSpec) -> StartCall[RunData]:
        """Start a run."""
        ...

    def get_run(self, run_id: str) -> Call[RunData]:
        """Look at a run."""
        ...

    def get_last_run(self, thread_id: str) -> Call[RunData]:
        """Look at the newest run of a thread."""
        ...

    def list_runs(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[RunData]]:
        """Read one page of a folder's runs."""
        ...

    def create_thread(
        self, folder_id: str, settings: ThreadSettings, messages: Sequence[MessageData]
    ) -> AnyCall[ThreadData]:
        """Start a thread with these messages, the oldest first."""
        ...

    def get_thread(self, thread_id: str) -> AnyCall[ThreadData]:
        """Look at a thread."""
        ...

    def list_threads(self, folder_id: str, *, page_size: int | None, page_token: str) -> AnyCall[Page[ThreadData]]:
        """Read one page of a folder's threads."""
        ...

    def update_thread(self, thread_id: str, changes: ThreadSettings) -> AnyCall[ThreadData]:
        """Change what was given, and nothing else."""
        ...

    def delete_thread(self, thread_id: str) -> AnyCall[None]:
        """Remove a thread with its messages."""
        ...

    def create_message(self, thread_id: str, message: MessageData) -> AnyCall[Message]:
        """Write a message to a thread."""
        ...

    def get_message(self, thread_id: str, message_id: str) -> AnyCall[Message]:
        """Look at a message of a thread."""
        ...

    def list_messages(self, thread_id: str) -> StreamCall[Message] | PageCalls[Message | None]:
        """Read a thread's messages, the newest first; what a page has beside messages is None."""
        ...

    def create_assistant(self, folder_id: str, settings: AssistantSettings) -> AnyCall[AssistantData]:
        """Make an assistant."""
        ...

    def get_assistant(self, assistant_id: str) -> AnyCall[AssistantData]:
        """Look at an assistant."""
        ...

    def list_assistants(
        self, folder_id: str, *, page_size: int | None, page_token: str
    ) -> AnyCall[Page[AssistantData]]:
        """Read one page of a folder's assistants."""
        ...

    def update_assistant(self, assistant_id: str, changes: AssistantSettings) -> AnyCall[AssistantData]:
        """Change what was given, and nothing else."""
        ...

    def delete_assistant(self, assistant_id: str) -> AnyCall[None]:
        """Remove an assistant."""
        ...

    def list_assistant_versions(
        self, assistant_id: str, *, page_size: int | None, page_token: str
    ) -> AnyCall[Page[AssistantVersionData]]:
        """Read one page of what an assistant was like after each change."""
        ...
