"""What a run's result and the events of its stream have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yc_runs.models._base import Model

if TYPE_CHECKING:
    from yc_runs.models.calls import ToolCall, ToolCallList
    from yc_runs.models.content import ContentPart
    from yc_runs.models.enums import RunStatus, StreamEvent
    from yc_runs.models.events import PartialMessage
    from yc_runs.models.messages import Message
    from yc_runs.models.runs import Error


class Outcome(Model):
    """The run's part of them: how it stands, why it failed, what it says and what it asks for."""

    @property
    def status(self) -> RunStatus | StreamEvent:
        """Where the run stands; each kind of outcome says it in its own terms."""
        raise NotImplementedError

    @property
    def error(self) -> str | None:
        """Why the run failed, in the service's words; None if it did not."""
        fault = self._fault()
        return None if fault is None else fault.message

    @property
    def error_code(self) -> int | None:
        """The service's code for the failure; 0 where it gave none, None if the run did not fail."""
        fault = self._fault()
        return None if fault is None else fault.code

    @property
    def tool_calls(self) -> tuple[ToolCall, ...] | None:
        """The calls that wait for their results, in order; None where there are none."""
        calls = self._call_list()
        return calls.tool_calls or None if calls else None

    @property
    def is_running(self) -> bool:
        """More is to come without the caller's doing."""
        return self.status.is_running

    @property
    def is_succeeded(self) -> bool:
        """There is an answer, or there are tool calls to answer."""
        return self.status.is_succeeded

    @property
    def is_failed(self) -> bool:
        """The run failed; ``error`` says why."""
        return self.status.is_failed

    @property
    def is_finished(self) -> bool:
        """Succeeded or failed."""
        return self.status.is_finished

    @property
    def text(self) -> str | None:
        """The message's text parts, joined with newlines; None where there is no message.

        Raises ``ValueError`` if the run failed.
        """
        message = self._readable_message()
        return None if message is None else message.text

    @property
    def parts(self) -> tuple[str | ContentPart, ...]:
        """The message's parts, empty where there is no message. Raises ``ValueError`` if the run failed."""
        message = self._readable_message()
        return () if message is None else message.parts

    def _readable_message(self) -> Message | PartialMessage | None:
        if self.is_failed:
            raise ValueError(f"the run failed and has no message: {self.error or 'the gateway gave no reason'}")
        return self._any_message()

    def _fault(self) -> Error | None:
        raise NotImplementedError

    def _call_list(self) -> ToolCallList | None:
        raise NotImplementedError

    def _any_message(self) -> Message | PartialMessage | None:
        raise NotImplementedError
