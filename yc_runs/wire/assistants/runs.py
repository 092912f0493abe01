"""Runs, as ``/assistants/v1/runs`` has them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from yc_runs.errors import UnsupportedOperationError
from yc_runs.models import RunData
from yc_runs.wire._reading import read_model, read_nothing
from yc_runs.wire._request import Call, Request, StreamCall, check_id, dump, segment, target
from yc_runs.wire.assistants._turns import ToolTurns

_RUNS = "/assistants/v1/runs"
_NOT_IDS = frozenset({"listen", "submit"})  # beside the runs stand these calls

if TYPE_CHECKING:
    from yc_runs.errors import RunsError
    from yc_runs.models import RunSpec, RunStreamEvent, ToolResultList
    from yc_runs.wire._pages import Page


class RunCalls:
    """The calls that create runs, look at them and answer them."""

    def create_run(self, spec: RunSpec) -> Call[RunData]:
        """POST a run. Raises ``TypeError`` or ``ValueError`` for ids that cannot be ids."""
        check_id("assistant", spec.assistant_id)
        check_id("thread", spec.thread_id)
        subject = f"create a run of assistant {spec.assistant_id!r} on thread {spec.thread_id!r}"
        return Call(Request("POST", _RUNS, _RUNS, subject, dump(spec.to_wire())), read_run)

    def get_run(self, run_id: str) -> Call[RunData]:
        """GET one run."""
        return _get_run(check_id("run", run_id))

    def get_last_run(self, thread_id: str) -> Call[RunData]:
        """GET the newest run of a thread."""
        path = f"{_RUNS}:getByThread"
        query = target(path, {"threadId": check_id("thread", thread_id)})
        return Call(Request("GET", query, path, f"get the last run of thread {thread_id!r}"), read_run)

    def list_runs(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[RunData]]:
        """GET one page of a folder's runs."""
        query = {"folderId": check_id("folder", folder_id), "pageSize": page_size, "pageToken": page_token}
        request = Request("GET", target(_RUNS, query), _RUNS, f"list the runs of folder {folder_id!r}")
        from yc_runs.wire.assistants._page_reading import RunPage, page_reader

        return Call(request, page_reader(RunPage, "runs"))

    def submit_tool_results(self, run_id: str, results: ToolResultList) -> Call[None]:
        """PATCH the results of a run's tool calls in."""
        path = f"{_RUNS}/submit"
        body = dump({"runId": check_id("run", run_id), "toolResultList": results.to_wire()})
        request = Request("PATCH", path, path, f"submit tool results to run {run_id!r}", body)
        return Call(request, read_nothing)

    def listen(self, run_id: str, start: int) -> StreamCall[RunStreamEvent | None]:
        """GET the stream of a run's events from index ``start`` on."""
        path = f"{_RUNS}/listen"
        query = {"runId": check_id("run", run_id), "eventsStartIdx": str(start)}
        request = Request("GET", target(path, query), path, f"listen to run {run_id!r} from event {start}")
        from yc_runs.models import RunStreamEvent
        from yc_runs.wire.assistants._reading import document_reader

        return StreamCall(request, document_reader(RunStreamEvent))

    def run(self, data: RunData) -> AssistantsRun:
        """The calls for one run."""
        return AssistantsRun(self, data.id)


class AssistantsRun:
    """One run: a single stream of events, whose turns the gateway tells apart by itself. It is its own feed."""

    turn_size = None
    turn = 0
    response_ids: tuple[str, ...] = ()

    def __init__(self, calls: RunCalls, run_id: str) -> None:
        self.turns: ToolTurns = ToolTurns()
        self._calls = calls
        self._id = run_id

    def look(self, next_index: int = 0) -> Call[RunData]:
        """GET the run."""
        return self._calls.get_run(self._id)

    def submit(self, results: ToolResultList) -> Call[None]:
        """PATCH the results in."""
        return self._calls.submit_tool_results(self._id, results)

    def cancel(self) -> Call[None]:
        """Raise ``UnsupportedOperationError``."""
        raise UnsupportedOperationError(
            f"run {self._id!r} cannot be cancelled: the Assistants API has no call for it. "
            "Stop listening or waiting, and let the run end by itself."
        )

    def feed(self) -> AssistantsRun:
        """This object: nothing is to be kept for one listen."""
        return self

    def is_polled(self, next_index: int) -> bool:
        """False: there is no other way."""
        return False

    def has_begun(self, next_index: int) -> bool:
        """True: the stream is there from the beginning."""
        return True

    def has_read(self, next_index: int) -> bool:
        """False: no answer but that of ``call`` has events in it."""
        return False

    def call(self, next_index: int) -> StreamCall[RunStreamEvent | None]:
        """GET the stream."""
        return self._calls.listen(self._id, next_index)

    def resort(self, cause: RunsError | None, *, is_hopeless: bool) -> bool:
        """False: there is no other way."""
        return False


@lru_cache(maxsize=512)
def _get_run(run_id: str) -> Call[RunData]:
    """Whoever waits for a run asks for the same one again and again."""
    if run_id in _NOT_IDS:
        raise ValueError(f"run id: {run_id!r} cannot be an id")
    path = f"{_RUNS}/{segment('run', run_id)}"
    return Call(Request("GET", path, f"{_RUNS}/{{run_id}}", f"get run {run_id!r}"), read_run)


def read_run(body: bytes) -> RunData:
    """The run that a body holds. Raises ``ValueError``."""
    run = read_model(RunData, body)
    if not run.id:
        raise ValueError("a run without an id")
    return run
