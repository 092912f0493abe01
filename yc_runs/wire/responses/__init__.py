"""The second dialect: the Responses and Conversations API, JSON and server-sent events over HTTP.

Every path, JSON key and spelling of it is known in this package and nowhere else. What its service does not keep (the
definitions of assistants, threads that bring tools, which responses make up a run) is kept by the dialect object, so
for one client alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any
from weakref import WeakValueDictionary

from yc_runs.models import Message, MessageContent, RunData, RunSpec
from yc_runs.wire._pages import Page
from yc_runs.wire._request import Call, LiveCall, Request, check_id, segment
from yc_runs.wire.responses._assistants import Assistants
from yc_runs.wire.responses._chain import RunChain
from yc_runs.wire.responses._feed import RESPONSES
from yc_runs.wire.responses._input import message_item, text_item
from yc_runs.wire.responses._local_thread import LocalThread
from yc_runs.wire.responses._place import InConversation, LastRuns, OnChain
from yc_runs.wire.responses._reading import read, read_response
from yc_runs.wire.responses._threads import Threads
from yc_runs.wire.responses._turns import from_the_start
from yc_runs.wire.responses._unsupported import refuse_given, unsupported

__all__ = ["ResponsesDialect"]

_REPEATED = ("model", "instructions", "temperature", "max_output_tokens", "tools", "text")
_KEPT = 1000
"""How many runs are known by all ids of their responses after their objects are gone."""


class ResponsesDialect(Threads, Assistants):
    """Everything that ``/v1/responses`` and ``/v1/conversations`` have."""

    name = "responses"
    base_url = "https://ai.api.cloud.yandex.net"

    def __init__(self) -> None:
        Threads.__init__(self)
        Assistants.__init__(self)
        self._chains: WeakValueDictionary[str, RunChain] = WeakValueDictionary()
        self._recent: deque[RunChain] = deque(maxlen=_KEPT)
        self._last_runs = LastRuns()

    def headers(self, folder_id: str | None) -> dict[str, str]:
        """The folder, which this API calls a project."""
        return {"openai-project": folder_id} if folder_id else {}

    def run(self, data: RunData) -> RunChain:
        """The calls for a run that an answer told of."""
        return self._chains[data.id]

    def create_run(self, spec: RunSpec) -> Call[RunData] | LiveCall[RunData]:
        """POST the first response of a run."""
        refuse_given("create a run", "Keep labels in your own store.", labels=spec.labels)
        truncation = spec.custom_prompt_truncation_options
        advice = "Leave it out: the service cuts long prompts by itself."
        refuse_given("create a run", advice, custom_prompt_truncation_options=truncation)
        thread = self.local(spec.thread_id)
        members = self.members(spec, thread.tools if thread else ())
        members |= {"background": True, "store": True, "stream": spec.stream}
        subject = f"create a run of assistant {spec.assistant_id!r} on thread {spec.thread_id!r}"
        if thread is not None:
            return self._create_on(thread, spec, members, subject)
        items = [message_item(message) for message in spec.additional_messages]
        chain = RunChain(members, _fields(spec), InConversation(spec.thread_id, self._last_runs), self._know)
        return chain.start(subject, {"input": items, "conversation": spec.thread_id})

    def get_run(self, run_id: str) -> Call[RunData]:
        """GET a run by the id of any of its responses: where the run is known here, its last one is asked for."""
        if chain := self._chains.get(check_id("run", run_id)):
            return chain.look()
        path = f"{RESPONSES}/{segment('run', run_id)}"
        return Call(Request("GET", path, f"{RESPONSES}/{{response_id}}", f"get run {run_id!r}"), self._found)

    def get_last_run(self, thread_id: str) -> Call[RunData]:
        """GET the last run of this client on a thread. Raises ``UnsupportedOperationError`` where there was none."""
        thread = self.local(thread_id)
        last = thread.last_run if thread else self._last_runs.get(thread_id)
        if last is None:
            raise unsupported(
                f"get the last run of thread {thread_id!r}", "Keep the ids of your runs: get each by its id."
            )
        return self.get_run(last)

    def list_runs(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[RunData]]:
        """Raise ``UnsupportedOperationError``."""
        raise unsupported("list the runs", "Keep the ids of your runs: runs.get(id) finds each.")

    def _create_on(
        self, thread: LocalThread, spec: RunSpec, members: dict[str, Any], subject: str
    ) -> Call[RunData] | LiveCall[RunData]:
        sent = thread.to_send(map(thread.made, spec.additional_messages))
        if not sent.messages and sent.previous is None:
            raise ValueError(f"thread {thread.id!r} has no message to answer")
        chain = RunChain(members, _fields(spec), OnChain(thread, sent), self._know)
        body = {"input": _items(sent.messages), "previous_response_id": sent.previous}
        return chain.start(subject, body, [from_the_start(lambda: _items(thread.all_of(sent)))])

    def _know(self, response_id: str, chain: RunChain) -> None:
        self._chains[response_id] = chain
        self._recent.append(chain)

    @read
    def _found(self, body: bytes) -> RunData:
        """A run that was not begun here: what is known of it is what its response repeats of the request."""
        response = read_response(body)
        told = response.model_extra or {}
        members = {name: told[name] for name in _REPEATED if told.get(name)}
        agent, conversation = _id_in(response.prompt), _id_in(response.conversation)
        if agent:
            members = {**members, "prompt": {"id": agent}, "model": None}
        members |= {"background": response.background, "store": True}
        place = InConversation(conversation, self._last_runs) if conversation else OnChain()
        fields = {"assistant_id": agent, "thread_id": conversation}
        return RunChain(members, fields, place, self._know).begin(
            response, in_background=response.background is not False
        )


def _fields(spec: RunSpec) -> dict[str, Any]:
    return {
        "assistant_id": spec.assistant_id,
        "thread_id": spec.thread_id,
        "custom_completion_options": spec.custom_completion_options,
        "custom_response_format": spec.custom_response_format,
        "tools": spec.tools,
    }


def _items(messages: Iterable[Message]) -> list[dict[str, Any]]:
    return [text_item(message.role, message.content or MessageContent()) for message in messages]


def _id_in(value: object) -> str:
    """The id of an object that may come as its id alone."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""
