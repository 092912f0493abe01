"""The calls of the assistants dialect that give one answer, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from yc_runs.testing import _messages as m
from yc_runs.testing import _stored as stored
from yc_runs.testing._backend import Backend
from yc_runs.testing._schema import Record, Schema
from yc_runs.testing._search_index import EMPTY

PREFIX = "/assistants/v1"


@dataclass(frozen=True)
class Call:
    """One call: ``act(backend, request, path parameters)`` gives the answer's record, under the backend's lock."""

    method: str
    path: str
    takes: Schema
    gives: Schema
    act: Callable[[Backend, Record, Mapping[str, Any]], Record]


def _page(name: str, page: tuple[list[Record], str]) -> Record:
    return {name: page[0], "next_page_token": page[1]}


def _submit(backend: Backend, request: Record, path: Mapping[str, Any]) -> Record:
    backend.runs.submit(request)
    backend.bell.ring(request["run_id"])
    return {}


def _write(backend: Backend, request: Record, path: Mapping[str, Any]) -> Record:
    stored.require(request, "thread_id")
    backend.runs.settle_thread(request["thread_id"])
    return backend.threads.write(request["thread_id"], request)


def _read_message(backend: Backend, request: Record, path: Mapping[str, Any]) -> Record:
    stored.require(request, "thread_id")
    backend.runs.settle_thread(request["thread_id"])
    return backend.threads.message(request["thread_id"], path["id"])


def _delete_thread(backend: Backend, request: Record, path: Mapping[str, Any]) -> Record:
    backend.threads.delete(path["id"])
    return {}


def _delete_assistant(backend: Backend, request: Record, path: Mapping[str, Any]) -> Record:
    backend.assistants.delete(path["id"])
    return {}


CALLS = (
    Call("POST", "/runs", m.CREATE_RUN, m.RUN, lambda b, r, p: b.runs.create(r)),
    Call("GET", "/runs", m.LIST, m.LIST_RUNS, lambda b, r, p: _page("runs", b.runs.page(r))),
    Call("GET", "/runs:getByThread", m.LAST_RUN, m.RUN, lambda b, r, p: b.runs.last_of_thread(r)),
    Call("PATCH", "/runs/submit", m.SUBMIT, EMPTY, _submit),
    Call("GET", "/runs/{id}", EMPTY, m.RUN, lambda b, r, p: b.runs.look(p["id"])),
    Call("POST", "/threads", m.CREATE_THREAD, m.THREAD, lambda b, r, p: b.threads.create(r)),
    Call("GET", "/threads", m.LIST, m.LIST_THREADS, lambda b, r, p: _page("threads", b.threads.page(r))),
    Call("GET", "/threads/{id}", EMPTY, m.THREAD, lambda b, r, p: b.threads.get(p["id"])),
    Call("PATCH", "/threads/{id}", m.UPDATE_THREAD, m.THREAD, lambda b, r, p: b.threads.update(p["id"], r)),
    Call("DELETE", "/threads/{id}", EMPTY, EMPTY, _delete_thread),
    Call("POST", "/messages", m.CREATE_MESSAGE, m.MESSAGE, _write),
    Call("GET", "/messages/{id}", m.GET_MESSAGE, m.MESSAGE, _read_message),
    Call("POST", "/assistants", m.CREATE_ASSISTANT, m.ASSISTANT, lambda b, r, p: b.assistants.create(r)),
    Call("GET", "/assistants", m.LIST, m.LIST_ASSISTANTS, lambda b, r, p: _page("assistants", b.assistants.page(r))),
    Call(
        "GET",
        "/assistants:listVersions",
        m.LIST_VERSIONS,
        m.VERSIONS,
        lambda b, r, p: _page("versions", b.assistants.versions(r)),
    ),
    Call("GET", "/assistants/{id}", EMPTY, m.ASSISTANT, lambda b, r, p: b.assistants.get(p["id"])),
    Call("PATCH", "/assistants/{id}", m.UPDATE_ASSISTANT, m.ASSISTANT, lambda b, r, p: b.assistants.update(p["id"], r)),
    Call("DELETE", "/assistants/{id}", EMPTY, EMPTY, _delete_assistant),
)
