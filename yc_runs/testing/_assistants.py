"""Assistants and their versions, in memory."""

from __future__ import annotations

from collections.abc import Callable

from yc_runs.testing import _stored as stored
from yc_runs.testing._collection import Collection
from yc_runs.testing._messages import UPDATE_ASSISTANT
from yc_runs.testing._schema import Record


class Assistants:
    """All assistants of a gateway. ``wall_clock`` gives nanoseconds since 1970. Methods raise GatewayError."""

    def __init__(self, wall_clock: Callable[[], int]) -> None:
        self._now = wall_clock
        self._assistants: Collection[Record] = Collection("Assistant", "ast")
        self._versions: dict[str, Collection[Record]] = {}

    def create(self, request: Record, key: str = "") -> Record:
        """Carry out CreateAssistantRequest, with an id of one's own if ``key`` is given."""
        stored.require(request, "folder_id", "model_uri")
        key = key or self._assistants.new_id()
        assistant = self._assistants.put(key, _complete(stored.created(key, request, self._now())))
        self._versions[key] = Collection("Version", "ver")
        self._add_version(assistant, [])
        return assistant

    def get(self, key: str) -> Record:
        """Find an assistant."""
        return self._assistants.get(key)

    def update(self, key: str, request: Record) -> Record:
        """Carry out UpdateAssistantRequest."""
        assistant, paths = stored.updated(UPDATE_ASSISTANT, self.get(key), request, self._now())
        self._assistants.put(key, _complete(assistant))
        self._add_version(self.get(key), paths)
        return self.get(key)

    def delete(self, key: str) -> None:
        """Remove an assistant with its versions."""
        self._assistants.remove(key)
        del self._versions[key]

    def page(self, request: Record) -> tuple[list[Record], str]:
        """Carry out ListAssistantsRequest."""
        return stored.page_of_folder(self._assistants, request)

    def versions(self, request: Record) -> tuple[list[Record], str]:
        """Carry out ListAssistantVersionsRequest: newest first, each with the whole assistant as it then was."""
        stored.require(request, "assistant_id")
        self.get(request["assistant_id"])
        versions = self._versions[request["assistant_id"]]
        return versions.page(lambda _: True, request.get("page_size", 0), request.get("page_token", ""))

    def _add_version(self, assistant: Record, paths: list[str]) -> None:
        versions = self._versions[assistant["id"]]
        key = versions.new_id()
        versions.put(key, {"id": key, "update_mask": tuple(paths), "assistant": assistant})


def _complete(assistant: Record) -> Record:
    """Fill in what the service fills in: the strategy that cuts prompts, and an empty set of options."""
    truncation = assistant.get("prompt_truncation_options") or {}
    if not truncation.keys() & {"auto_strategy", "last_messages_strategy"}:
        truncation = {**truncation, "auto_strategy": {}}
    options = assistant.get("completion_options") or {}
    return {**assistant, "prompt_truncation_options": truncation, "completion_options": options}
