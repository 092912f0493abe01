"""What the layers above ask of a dialect. Nothing above it knows a path, a JSON key or a spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from yc_runs.wire._pages import Page
from yc_runs.wire._request import Call, StreamCall

if TYPE_CHECKING:
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


class Dialect(Protocol):
    """Turns arguments into calls.

    Every method raises ``TypeError`` or ``ValueError`` for what cannot be sent, and ``UnsupportedOperationError`` for
    what its gateway has no call for.
    """

    name: str
    base_url: str

    def create_run(self, spec: RunSpec) -> Call[RunData]:
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

    def submit_tool_results(self, run_id: str, results: ToolResultList) -> Call[None]:
        """Answer a run's tool calls."""
        ...

    def listen(self, run_id: str, start: int) -> StreamCall[RunStreamEvent]:
        """Stream a run's events from an index on."""
        ...

    def cancel_refusal(self, run_id: str) -> str | None:
        """Why a run cannot be cancelled here, in words; None where it can."""
        ...

    def create_thread(
        self, folder_id: str, settings: ThreadSettings, messages: Sequence[MessageData]
    ) -> Call[ThreadData]:
        """Start a thread with these messages, the oldest first."""
        ...

    def get_thread(self, thread_id: str) -> Call[ThreadData]:
        """Look at a thread."""
        ...

    def list_threads(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[ThreadData]]:
        """Read one page of a folder's threads."""
        ...

    def update_thread(self, thread_id: str, changes: ThreadSettings) -> Call[ThreadData]:
        """Change what was given, and nothing else."""
        ...

    def delete_thread(self, thread_id: str) -> Call[None]:
        """Remove a thread with its messages."""
        ...

    def create_message(self, thread_id: str, message: MessageData) -> Call[Message]:
        """Write a message to a thread."""
        ...

    def get_message(self, thread_id: str, message_id: str) -> Call[Message]:
        """Look at a message of a thread."""
        ...

    def list_messages(self, thread_id: str) -> StreamCall[Message]:
        """Stream a thread's messages, the newest first."""
        ...

    def create_assistant(self, folder_id: str, settings: AssistantSettings) -> Call[AssistantData]:
        """Make an assistant."""
        ...

    def get_assistant(self, assistant_id: str) -> Call[AssistantData]:
        """Look at an assistant."""
        ...

    def list_assistants(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[AssistantData]]:
        """Read one page of a folder's assistants."""
        ...

    def update_assistant(self, assistant_id: str, changes: AssistantSettings) -> Call[AssistantData]:
        """Change what was given, and nothing else."""
        ...

    def delete_assistant(self, assistant_id: str) -> Call[None]:
        """Remove an assistant."""
        ...

    def list_assistant_versions(
        self, assistant_id: str, *, page_size: int | None, page_token: str
    ) -> Call[Page[AssistantVersionData]]:
        """Read one page of what an assistant was like after each change."""
        ...
