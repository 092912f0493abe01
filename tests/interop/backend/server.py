"""The service on a socket. What was written is kept in a journal, so that a service that was killed can go on."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from yandex.cloud.ai.assistants.v1.runs.run_service_pb2 import SubmitToRunRequest

from tests.interop.backend.objects import RefusedError, invalid
from tests.interop.backend.runs import Course
from tests.interop.backend.store import WRITES, Store
from tests.interop.definitions import SERVICES

_THREADS = 64
_LONGEST_SLEEP = 0.5


class Service:
    """The calls, one at a time."""

    def __init__(self, journal: Path) -> None:
        self._store = Store()
        self._changed = threading.Condition()
        self._journal = journal.open("ab+")
        self._journal.seek(0)
        while self._journal.peek(1):  # type: ignore[attr-defined]
            self._store.carry_out(*pickle.load(self._journal))

    def call(self, name: str, request: Any) -> Any:
        """Carry out a call and keep it if it is a write."""
        with self._changed:
            at = time.time_ns()
            answer = self._store.carry_out(name, request, at)
            if name.partition(".")[2] in WRITES:
                pickle.dump((name, request, at), self._journal)
                self._journal.flush()
                self._changed.notify_all()
            return answer

    def follow(self, run_id: str, index: int, is_wanted: Callable[[], bool]) -> Iterator[Any]:
        """The events of a run from an index on, each when it comes."""
        if index < 0:
            raise invalid(f"events_start_idx must not be negative, not {index}")
        with self._changed:
            course: Course = self._store.runs.get(run_id)
        while is_wanted():
            with self._changed:
                now = time.time_ns()
                found, is_over = course.events(now)[index:], course.is_over(now)
                if not found and not is_over:
                    due = course.next_at(now)
                    pause = _LONGEST_SLEEP if due is None else (due - now) / 10**9
                    self._changed.wait(min(pause, _LONGEST_SLEEP))
            yield from found
            index += len(found)
            if is_over:
                return

    def attach(self, requests: Iterator[Any], is_wanted: Callable[[], bool]) -> Iterator[Any]:
        """Take the first request's results, and follow the run from the event they answer."""
        first = next(requests)
        with self._changed:
            start = len(self._store.runs.get(first.run_id).events(time.time_ns())) - 1
        if first.HasField("tool_result_list"):
            submit = SubmitToRunRequest(run_id=first.run_id, tool_result_list=first.tool_result_list)
            self.call("RunService.Submit", submit)
        if first.HasField("events_start_idx"):
            start = first.events_start_idx.value
        yield from self.follow(first.run_id, max(start, 0), is_wanted)


def serve(port: int, journal: Path) -> None:
    """Serve on a loopback port until killed; prints the port when it is open. 0 takes a free one."""
    service = Service(journal)
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=[("grpc.so_reuseport", 0)])
    for descriptor in SERVICES:
        handlers = {method.name: _handler(service, method) for method in descriptor.methods}
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(descriptor.full_name, handlers)])
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


def _handler(service: Service, method: MethodDescriptor) -> grpc.RpcMethodHandler:
    name = f"{method.containing_service.name}.{method.name}"
    codec: dict[str, Any] = {
        "request_deserializer": message_factory.GetMessageClass(method.input_type).FromString,
        "response_serializer": lambda answer: answer.SerializeToString(),
    }
    if name == "RunService.Attach":
        return grpc.stream_stream_rpc_method_handler(
            _streaming(lambda requests, is_wanted: service.attach(requests, is_wanted)), **codec
        )
    if name == "RunService.Listen":
        return grpc.unary_stream_rpc_method_handler(
            _streaming(
                lambda request, is_wanted: service.follow(request.run_id, request.events_start_idx.value, is_wanted)
            ),
            **codec,
        )
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(_streaming(lambda request, _: service.call(name, request)), **codec)
    return grpc.unary_unary_rpc_method_handler(_unary(lambda request: service.call(name, request)), **codec)


def _unary(call: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(request)
        except RefusedError as error:
            context.abort(error.code, error.message)

    return answer


def _streaming(call: Callable[[Any, Callable[[], bool]], Any]) -> Callable[[Any, grpc.ServicerContext], Iterator[Any]]:
    def answer(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            yield from call(request, context.is_active)
        except RefusedError as error:
            context.abort(error.code, error.message)

    return answer
