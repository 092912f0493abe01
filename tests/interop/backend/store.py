"""All that the service keeps. A write follows from the state, the request and the time alone: it can be replayed."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.message import Message as AnyMessage
from yandex.cloud.ai.assistants.v1 import assistant_pb2, assistant_service_pb2
from yandex.cloud.ai.assistants.v1.runs import run_pb2, run_service_pb2
from yandex.cloud.ai.assistants.v1.threads import message_pb2, thread_pb2, thread_service_pb2

from tests.interop.backend.objects import USER, RefusedError, Shelf, invalid, stamp, touch, update
from tests.interop.backend.runs import Course

WRITES = frozenset({"Create", "Update", "Delete", "Submit"})


class Store:
    """Objects in memory. A call is a method named like ``RunService_Create``; ``at`` is in nanoseconds since 1970."""

    def __init__(self) -> None:
        self.assistants = Shelf("assistant")
        self.threads = Shelf("thread")
        self.runs = Shelf("run")
        self._messages: dict[str, dict[str, Any]] = {}
        self._message_ids = Shelf("message")
        self._versions: dict[str, Shelf] = {}

    def carry_out(self, name: str, request: Any, at: int) -> Any:
        """The answer to a call. Raises ``RefusedError``."""
        return getattr(self, name.replace(".", "_"))(request, at)

    def _stored(self, entry: Any, request: Any, shelf: Shelf, at: int) -> Any:
        if not request.folder_id:
            raise invalid("folder_id is required")
        _copy(request, entry)
        entry.id, entry.created_by = shelf.new_id(), USER
        entry.created_at.CopyFrom(stamp(at))
        touch(entry, at)
        shelf.entries[entry.id] = entry
        return entry

    def ThreadService_Create(self, request: Any, at: int) -> Any:  # noqa: N802
        thread = self._stored(thread_pb2.Thread(), request, self.threads, at)
        thread.default_message_author_id = thread.default_message_author_id or f"author-of-{thread.id}"
        self._messages[thread.id] = {}
        for message in request.messages:
            self._write(thread, message, at)
        return thread

    def ThreadService_Get(self, request: Any, at: int) -> Any:  # noqa: N802
        return self.threads.get(request.thread_id)

    def ThreadService_Update(self, request: Any, at: int) -> Any:  # noqa: N802
        thread = self.threads.get(request.thread_id)
        update(thread, request)
        touch(thread, at)
        return thread

    def ThreadService_Delete(self, request: Any, at: int) -> Any:  # noqa: N802
        del self.threads.entries[self.threads.get(request.thread_id).id]
        return thread_service_pb2.DeleteThreadResponse()

    def ThreadService_List(self, request: Any, at: int) -> Any:  # noqa: N802
        threads, token = self.threads.page(request, lambda each: each.folder_id == request.folder_id)
        return thread_service_pb2.ListThreadsResponse(threads=threads, next_page_token=token)

    def MessageService_Create(self, request: Any, at: int) -> Any:  # noqa: N802
        self._settle(at)
        return self._write(self.threads.get(request.thread_id), request, at)

    def MessageService_Get(self, request: Any, at: int) -> Any:  # noqa: N802
        self._settle(at)
        thread = self.threads.get(request.thread_id)
        found = self._messages[thread.id].get(request.message_id)
        if found is None:
            raise RefusedError(grpc.StatusCode.NOT_FOUND, f"message with id {request.message_id} not found")
        return found

    def MessageService_List(self, request: Any, at: int) -> Any:  # noqa: N802
        self._settle(at)
        return list(reversed(self._messages[self.threads.get(request.thread_id).id].values()))

    def _write(self, thread: Any, data: Any, at: int) -> Any:
        message = message_pb2.Message(id=self._message_ids.new_id(), thread_id=thread.id, created_by=USER)
        _copy(data, message)
        message.created_at.CopyFrom(stamp(at))
        message.author.id = message.author.id or thread.default_message_author_id
        message.author.role = message.author.role or "USER"
        message.status = message_pb2.Message.COMPLETED
        self._messages[thread.id][message.id] = message
        return message

    def AssistantService_Create(self, request: Any, at: int) -> Any:  # noqa: N802
        if not request.model_uri:
            raise invalid("model_uri is required")
        assistant = self._stored(assistant_pb2.Assistant(), request, self.assistants, at)
        self._versions[assistant.id] = Shelf(f"version-of-{assistant.id}")
        self._complete(assistant, [])
        return assistant

    def AssistantService_Get(self, request: Any, at: int) -> Any:  # noqa: N802
        return self.assistants.get(request.assistant_id)

    def AssistantService_Update(self, request: Any, at: int) -> Any:  # noqa: N802
        assistant = self.assistants.get(request.assistant_id)
        update(assistant, request)
        touch(assistant, at)
        self._complete(assistant, request.update_mask.paths)
        return assistant

    def AssistantService_Delete(self, request: Any, at: int) -> Any:  # noqa: N802
        del self.assistants.entries[self.assistants.get(request.assistant_id).id]
        return assistant_service_pb2.DeleteAssistantResponse()

    def AssistantService_List(self, request: Any, at: int) -> Any:  # noqa: N802
        found, token = self.assistants.page(request, lambda each: each.folder_id == request.folder_id)
        return assistant_service_pb2.ListAssistantsResponse(assistants=found, next_page_token=token)

    def AssistantService_ListVersions(self, request: Any, at: int) -> Any:  # noqa: N802
        versions = self._versions[self.assistants.get(request.assistant_id).id]
        found, token = versions.page(request, lambda each: True)
        return assistant_service_pb2.ListAssistantVersionsResponse(versions=found, next_page_token=token)

    def _complete(self, assistant: Any, paths: Any) -> None:
        if not assistant.prompt_truncation_options.WhichOneof("TruncationStrategy"):
            assistant.prompt_truncation_options.auto_strategy.SetInParent()
        assistant.completion_options.SetInParent()
        versions = self._versions[assistant.id]
        version = assistant_service_pb2.AssistantVersion(id=versions.new_id())
        version.update_mask.paths.extend(paths)
        version.assistant.CopyFrom(assistant)
        versions.entries[version.id] = version

    def RunService_Create(self, request: Any, at: int) -> Any:  # noqa: N802
        if not request.assistant_id or not request.thread_id:
            raise invalid("assistant_id and thread_id are required")
        assistant, thread = self.assistants.get(request.assistant_id), self.threads.get(request.thread_id)
        self._settle(at)
        for message in request.additional_messages:
            self._write(thread, message, at)
        run = run_pb2.Run(id=self.runs.new_id(), created_by=USER, created_at=stamp(at))
        _copy(request, run)
        course = Course(run, assistant, self._last_text(thread.id), request.stream, at)
        self.runs.entries[run.id] = course
        result = run_pb2.Run()
        result.CopyFrom(run)
        result.state.status = run_pb2.RunState.PENDING
        return result

    def RunService_Get(self, request: Any, at: int) -> Any:  # noqa: N802
        return self.runs.get(request.run_id).look(at)

    def RunService_GetLastByThread(self, request: Any, at: int) -> Any:  # noqa: N802
        thread = self.threads.get(request.thread_id)
        found = [course for course in self.runs.entries.values() if course.run.thread_id == thread.id]
        if not found:
            raise RefusedError(grpc.StatusCode.NOT_FOUND, f"thread {thread.id} has no runs")
        return found[-1].look(at)

    def RunService_List(self, request: Any, at: int) -> Any:  # noqa: N802
        def is_wanted(course: Course) -> bool:
            thread = self.threads.entries.get(course.run.thread_id)
            return thread is not None and thread.folder_id == request.folder_id

        found, token = self.runs.page(request, is_wanted)
        return run_service_pb2.ListRunsResponse(runs=[course.look(at) for course in found], next_page_token=token)

    def RunService_Submit(self, request: Any, at: int) -> Any:  # noqa: N802
        self.runs.get(request.run_id).submit(request.tool_result_list, at)
        return run_service_pb2.SubmitToRunResponse()

    def _last_text(self, thread_id: str) -> str:
        texts = [
            m.content.content[0].text.content for m in self._messages[thread_id].values() if m.author.role == "USER"
        ]
        return texts[-1] if texts else ""

    def _settle(self, at: int) -> None:
        """Put the answers of the runs that are over onto their threads."""
        for course in self.runs.entries.values():
            state = course.look(at).state
            thread = self._messages.get(course.run.thread_id)
            if thread is not None and state.HasField("completed_message"):
                thread.setdefault(state.completed_message.id, state.completed_message)


def _copy(source: AnyMessage, target: AnyMessage) -> None:
    """Copy the fields that both have under one name."""
    for field, value in source.ListFields():
        twin = target.DESCRIPTOR.fields_by_name.get(field.name)
        if twin is None:
            continue
        if field.message_type or field.is_repeated:
            getattr(target, field.name).MergeFrom(value)
        else:
            setattr(target, field.name, value)
