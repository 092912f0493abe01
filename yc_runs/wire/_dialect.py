"""What the layers above ask of a dialect. Nothing above it knows a path, a JSON key or a spelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from yc_runs.wire._pages import Page
from yc_runs.wire._request import Call, LiveCall, LocalCall, StreamCall

if TYPE_CHECKING:
    from yc_runs.models import (
        AssistantData,
        AssistantSettings,
        AssistantVersionData,
        Message,
        MessageData,
        RunData,
        RunSpec,
        ThreadData,
        ThreadSettings,
    )
    from yc_runs.wire._run import RunWire


T = TypeVar("T")

AnyCall: TypeAlias = Call[T] | LocalCall[T]
"""What gives one answer."""

StartCall: TypeAlias = Call[T] | LiveCall[T]
"""What sets a run going: its answer may go on as the stream of the run's events."""

PageCalls: TypeAlias = Callable[..., AnyCall[Page[T]]]
"""Gives the call for the page with a ``page_token``, empty for the first."""


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
