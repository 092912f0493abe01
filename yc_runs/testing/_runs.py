"""Runs, in memory: made from requests, brought up to date whenever somebody looks."""

from __future__ import annotations

from collections.abc import Callable

from yc_runs.testing import _stored as stored
from yc_runs.testing._assistants import Assistants
from yc_runs.testing._collection import Collection
from yc_runs.testing._errors import NOT_FOUND, GatewayError
from yc_runs.testing._player import ScriptPlayer
from yc_runs.testing._prompt import count_tokens, truncate
from yc_runs.testing._schema import Record
from yc_runs.testing._session import RunSession
from yc_runs.testing._settings import Settings
from yc_runs.testing._threads import Threads
from yc_runs.testing._views import Polls, StoredRun, function_tools, run_context, run_record
from yc_runs.testing.script import Fail, Final, Script, ToolCalls, ToolResult


class Runs:
    """All runs of a gateway. ``clock`` gives the sessions' seconds. Methods raise GatewayError."""

    def __init__(
        self,
        settings: Settings,
        threads: Threads,
        assistants: Assistants,
        find_script: Callable[[str], Script],
        clock: Callable[[], float],
        wall_clock: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._threads = threads
        self._assistants = assistants
        self._find_script = find_script
        self._clock = clock
        self._wall_clock = wall_clock
        self._runs: Collection[StoredRun] = Collection("Run", "run")
        self._unfinished: dict[str, dict[str, StoredRun]] = {}
        self._last: dict[str, StoredRun] = {}

    def create(self, request: Record) -> Record:
        """Carry out CreateRunRequest. The answer shows the run as PENDING."""
        stored.require(request, "assistant_id", "thread_id")
        assistant = self._assistants.get(request["assistant_id"])
        thread = self._threads.get(request["thread_id"])
        self.settle_thread(thread["id"])
        self._threads.write_all(thread["id"], request.get("additional_messages", []))
        run = self._start(request, assistant, thread)
        self._unfinished.setdefault(thread["id"], {})[run.record["id"]] = run
        self._last[thread["id"]] = self._runs.put(run.record["id"], run)
        return {**run.record, "state": {"status": "PENDING"}}

    def find(self, key: str) -> StoredRun:
        """Find a run and bring it up to date."""
        return self._settled(self._runs.get(key))

    def look(self, key: str) -> Record:
        """Carry out GetRunRequest; counts as a poll."""
        run = self.find(key)
        record = run_record(run)
        run.polls.count()
        return record

    def last_of_thread(self, request: Record) -> Record:
        """Carry out GetLastRunByThreadRequest."""
        stored.require(request, "thread_id")
        self._threads.get(request["thread_id"])
        if request["thread_id"] not in self._last:
            raise GatewayError(NOT_FOUND, f"thread {request['thread_id']} has no runs")
        return run_record(self._settled(self._last[request["thread_id"]]))

    def page(self, request: Record) -> tuple[list[Record], str]:
        """Carry out ListRunsRequest: the runs on threads of the folder."""
        stored.require(request, "folder_id")
        folder, size, token = request["folder_id"], request.get("page_size", 0), request.get("page_token", "")
        runs, next_token = self._runs.page(lambda run: run.folder_id == folder, size, token)
        return [run_record(self._settled(run)) for run in runs], next_token

    def submit(self, request: Record) -> None:
        """Carry out SubmitToRunRequest."""
        stored.require(request, "run_id")
        run = self.find(request["run_id"])
        calls, run.answered_usage = run.session.outcome, run.session.usage
        run.session.submit(_results(request), self._clock())
        run.answered = calls if isinstance(calls, ToolCalls) else None
        run.polls = Polls(stale=self._settings.stale_polls, running=self._settings.polls, fresh=False)

    def settle_thread(self, thread_id: str) -> None:
        """Bring all runs of a thread up to date, so that their messages are in it."""
        for run in list(self._unfinished.get(thread_id, {}).values()):
            self._settled(run)

    def seconds_to_next(self, run: StoredRun) -> float | None:
        """Say when the run will go on by itself; None if only a submit, or nothing, can make it."""
        due = run.session.due(self._settings.pace)
        return None if due is None else max(0.0, due - self._clock())

    def _start(self, request: Record, assistant: Record, thread: Record) -> StoredRun:
        truncation = request.get("custom_prompt_truncation_options") or assistant["prompt_truncation_options"]
        prompt = truncate(self._threads.transcript(thread["id"]), truncation)
        messages, doom = ((), prompt) if isinstance(prompt, Fail) else (prompt, None)
        tools = request.get("tools") or assistant.get("tools", [])
        context = run_context(request, assistant)
        session = RunSession(
            ScriptPlayer(self._find_script(context.model_uri), messages, function_tools(tools), context),
            now=self._clock(),
            stream=context.stream,
            prompt_tokens=sum(count_tokens(message.text) for message in messages),
            doom=doom,
        )
        fields = {name: value for name, value in request.items() if name not in ("stream", "additional_messages")}
        stamps = {"id": self._runs.new_id(), "created_by": stored.USER, "created_at": self._wall_clock()}
        return StoredRun({**fields, **stamps}, thread["folder_id"], session, Polls(running=self._settings.polls))

    def _settled(self, run: StoredRun) -> StoredRun:
        session, thread_id = run.session, run.record["thread_id"]
        session.advance(self._clock(), self._settings.pace)
        has_just_ended = session.is_over and self._forget_unfinished(thread_id, run.record["id"])
        if has_just_ended and isinstance(session.outcome, Final):
            run.message = self._threads.answer(thread_id, run.record["assistant_id"], session.outcome)
        return run

    def _forget_unfinished(self, thread_id: str, key: str) -> bool:
        runs = self._unfinished.get(thread_id, {})
        found = runs.pop(key, None) is not None
        if found and not runs:
            del self._unfinished[thread_id]
        return found


def _results(request: Record) -> list[ToolResult]:
    entries = request.get("tool_result_list", {}).get("tool_results", [])
    results = [entry.get("function_result", {}) for entry in entries]
    return [ToolResult(result.get("name", ""), result.get("content", "")) for result in results]
