"""Assistants, as ``/assistants/v1/assistants`` has them."""

from __future__ import annotations

from typing import Any

from yc_runs.models import AssistantData, AssistantSettings, AssistantVersionData
from yc_runs.models._base import Items
from yc_runs.wire._pages import Page
from yc_runs.wire._request import Call, Request, check_id, target
from yc_runs.wire.assistants._bodies import mask, members
from yc_runs.wire.assistants._collection import Collection
from yc_runs.wire.assistants._page_reading import PageModel, page_reader


class _AssistantPage(PageModel):
    assistants: Items[AssistantData] = ()


class _VersionPage(PageModel):
    versions: Items[AssistantVersionData] = ()


_PATH = "/assistants/v1/assistants"
_ASSISTANTS = Collection("assistant", _PATH, AssistantData, _AssistantPage, "assistants")


class AssistantCalls:
    """The calls that create assistants, look at them, change and delete them."""

    def create_assistant(self, folder_id: str, settings: AssistantSettings) -> Call[AssistantData]:
        """POST an assistant."""
        return _ASSISTANTS.create(folder_id, _members(settings))

    def get_assistant(self, assistant_id: str) -> Call[AssistantData]:
        """GET one assistant."""
        return _ASSISTANTS.get(assistant_id)

    def list_assistants(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[AssistantData]]:
        """GET one page of a folder's assistants."""
        return _ASSISTANTS.page(folder_id, page_size, page_token)

    def update_assistant(self, assistant_id: str, changes: AssistantSettings) -> Call[AssistantData]:
        """PATCH what was given."""
        return _ASSISTANTS.update(assistant_id, mask(changes), _members(changes))

    def delete_assistant(self, assistant_id: str) -> Call[None]:
        """DELETE one assistant."""
        return _ASSISTANTS.delete(assistant_id)

    def list_assistant_versions(
        self, assistant_id: str, *, page_size: int | None, page_token: str
    ) -> Call[Page[AssistantVersionData]]:
        """GET one page of an assistant's versions."""
        path = f"{_PATH}:listVersions"
        query = {"assistantId": check_id("assistant", assistant_id), "pageSize": page_size, "pageToken": page_token}
        request = Request("GET", target(path, query), path, f"list the versions of assistant {assistant_id!r}")
        return Call(request, page_reader(_VersionPage, "versions"))


def _members(settings: AssistantSettings) -> dict[str, Any]:
    # The official SDK sends these options with every request, empty or not; the service is known to take them so.
    return {"promptTruncationOptions": {}, **members(settings)}
