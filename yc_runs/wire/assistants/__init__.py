"""The first dialect: the Assistants API, protobuf JSON over HTTP.

Every path, JSON key and spelling of it is known in this package and nowhere else. Each method turns arguments into a
``Call``: the request to send, and the function that reads its answer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from yc_runs.wire.assistants.runs import RunCalls

__all__ = ["AssistantsDialect"]


if TYPE_CHECKING:
    from yc_runs.wire.assistants.assistants import AssistantCalls
    from yc_runs.wire.assistants.messages import MessageCalls
    from yc_runs.wire.assistants.threads import ThreadCalls

    class _OtherCalls(ThreadCalls, MessageCalls, AssistantCalls):
        """The calls that are not of runs."""

else:
    _SERVICES = {"thread": "ThreadCalls", "message": "MessageCalls", "assistant": "AssistantCalls"}

    class _OtherCalls:
        """The calls that are not of runs, each service imported with the first call of it."""

        def __getattr__(self, name: str) -> Any:
            for service, calls in _SERVICES.items():
                if service in name:
                    module = import_module(f"yc_runs.wire.assistants.{service}s")
                    return getattr(getattr(module, calls)(), name)
            raise AttributeError(name)


class AssistantsDialect(RunCalls, _OtherCalls):
    """Everything that ``/assistants/v1`` has."""

    name = "assistants"
    base_url = "https://rest-assistant.api.cloud.yandex.net"

    def headers(self, folder_id: str | None) -> dict[str, str]:
        """The folder, which user accounts must name."""
        return {"x-folder-id": folder_id} if folder_id else {}
