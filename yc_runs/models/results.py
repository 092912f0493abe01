"""What came of a run, for the caller to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from yc_runs.errors import ParseError
from yc_runs.models._outcome import Outcome
from yc_runs.models._parsing import name_of, parse_json
from yc_runs.models.enums import MessageStatus, RunStatus
from yc_runs.models.messages import Message
from yc_runs.models.runs import Error, RunData, Usage

if TYPE_CHECKING:
    from yc_runs.models.calls import ToolCallList
    from yc_runs.models.citations import Citation

T = TypeVar("T")


class RunResult(Outcome):
    """What came of a run. ``run`` is the whole answer it was read from."""

    run: RunData

    @property
    def status(self) -> RunStatus:
        """The run's status when the gateway was asked."""
        return self.run.status

    @property
    def usage(self) -> Usage | None:
        """The tokens used so far; None where the gateway does not say."""
        return self.run.usage

    @property
    def message(self) -> Message | None:
        """The assistant's message, None where there is none (yet). Raises ``ValueError`` if the run failed."""
        message = self._readable_message()
        return message if isinstance(message, Message) else None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the message rests on. Raises ``ValueError`` if the run failed."""
        message = self.message
        return () if message is None else message.citations

    @property
    def is_truncated(self) -> bool:
        """The message was cut at the token limit, although the run is COMPLETED."""
        return self._message_status() == MessageStatus.TRUNCATED

    @property
    def is_filtered(self) -> bool:
        """The message was stopped by the service's content filter, although the run is COMPLETED."""
        return self._message_status() == MessageStatus.FILTERED_CONTENT

    def parse(self, model: type[T]) -> T:
        """The answer as an object of ``model``: a pydantic model class, a dataclass, or any type that pydantic reads.

        The text may stand in a Markdown fence. Raises ``ParseError`` where the run has no answer, or one that is not
        such an object, and ``TypeError`` for what is no type to read.
        """
        if self.is_failed or self.message is None:
            raise self._unparsed(model, "it has none", "")
        text = self.message.text
        try:
            parsed: T = parse_json(text, model)
        except ValueError as error:
            raise self._unparsed(model, str(error), text) from error.__cause__
        return parsed

    def _unparsed(self, model: Any, problem: str, text: str) -> ParseError:
        reasons = [
            f"The run failed: {self.error or 'the gateway gave no reason'}." if self.is_failed else "",
            f"The run is {self.status}." if not text and not self.is_failed else "",
            "The message was cut at the token limit (TRUNCATED)." if self.is_truncated else "",
            "The message was stopped by the content filter (FILTERED_CONTENT)." if self.is_filtered else "",
            f"The text begins {text[:200]!r}." if text else "",
        ]
        return ParseError(
            f"run {self.run.id!r}: the answer is no {name_of(model)}: {problem}. {' '.join(filter(None, reasons))}",
            run_id=self.run.id,
            model=name_of(model),
            problem=problem,
            text=text[:200],
        )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        yield "run_id", self.run.id
        yield "status", self.status
        for flag in ("is_truncated", "is_filtered"):
            if getattr(self, flag):
                yield flag, True
        if self.is_failed:
            yield "error", self.error
        elif self.tool_calls:
            yield "tool_calls", self.tool_calls
        else:
            yield "text", self.text

    def _message_status(self) -> MessageStatus | None:
        message = self._any_message()
        return None if message is None else message.status

    def _fault(self) -> Error | None:
        return self.run.state.error if self.run.state else None

    def _call_list(self) -> ToolCallList | None:
        return self.run.state.tool_call_list if self.run.state else None

    def _any_message(self) -> Message | None:
        return self.run.state.completed_message if self.run.state else None
