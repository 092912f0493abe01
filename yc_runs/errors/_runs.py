"""The errors of what is done with a run once it is there: a call that fetches one has no use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yc_runs.errors import RunsError

if TYPE_CHECKING:
    from yc_runs.models import RunStatus


class StreamInterruptedError(RunsError):
    """A listen broke and could not be resumed.

    All events before ``next_event_idx`` were delivered; ``run.listen(events_start_idx=error.next_event_idx)``
    goes on from there.
    """

    run_id: str
    next_event_idx: int

    def __init__(self, message: str, *, run_id: str = "", next_event_idx: int = 0) -> None:
        super().__init__(message)
        self.run_id = run_id
        self.next_event_idx = next_event_idx


class PollTimeoutError(RunsError, TimeoutError):
    """``wait`` gave up; the run itself goes on.

    ``status`` is the last ``RunStatus`` that was seen, None where none was, since every look failed.
    """

    run_id: str
    status: RunStatus | None

    def __init__(self, message: str, *, run_id: str = "", status: RunStatus | None = None) -> None:
        super().__init__(message)
        self.run_id = run_id
        self.status = status


class RunFailedError(RunsError):
    """The run ended as FAILED. ``code`` and ``message`` are the service's own; the code is 0 where it gave none."""

    run_id: str
    code: int
    message: str

    def __init__(self, summary: str, *, run_id: str = "", code: int = 0, message: str = "") -> None:
        super().__init__(summary)
        self.run_id = run_id
        self.code = code
        self.message = message


class ParseError(RunsError, ValueError):
    """The run's answer is not the object that was asked for.

    ``model`` is the name of the type, ``problem`` what is wrong, ``text`` the beginning of the answer, empty where
    there is none.
    """

    run_id: str
    model: str
    problem: str
    text: str

    def __init__(self, message: str, *, run_id: str = "", model: str = "", problem: str = "", text: str = "") -> None:
        super().__init__(message)
        self.run_id = run_id
        self.model = model
        self.problem = problem
        self.text = text


class ToolError(RunsError):
    """A tool did not do its work. Where it is raised, no result of that round was submitted: the run still waits.

    ``tool`` and ``arguments`` are those of the call. ``kind`` tells what went wrong: ``"unknown"`` (no tool of that
    name), ``"arguments"`` (not what its schema says), ``"raised"`` (``cause`` is the exception, lost in a pickle),
    ``"timeout"`` or ``"result"`` (not text, and cannot be JSON). ``problem`` says it in words.
    """

    run_id: str
    tool: str
    arguments: Any
    kind: str
    problem: str

    def __init__(
        self,
        message: str,
        *,
        run_id: str = "",
        tool: str = "",
        arguments: Any = None,
        kind: str = "raised",
        problem: str = "",
    ) -> None:
        super().__init__(message)
        self.run_id = run_id
        self.tool = tool
        self.arguments = arguments
        self.kind = kind
        self.problem = problem

    @property
    def cause(self) -> BaseException | None:
        """The exception that the tool raised, or that tells more of the problem."""
        return self.__cause__


class TooManyRoundsError(RunsError):
    """The model asked for tools once more after ``rounds`` rounds, the most that were allowed.

    The tools of the further round were not run, and nothing was submitted for it: the run still waits.
    """

    run_id: str
    rounds: int

    def __init__(self, message: str, *, run_id: str = "", rounds: int = 0) -> None:
        super().__init__(message)
        self.run_id = run_id
        self.rounds = rounds


# Tracebacks and pickles name the place that is public.
for _kind in (StreamInterruptedError, PollTimeoutError, RunFailedError, ParseError, ToolError, TooManyRoundsError):
    _kind.__module__ = "yc_runs.errors"
