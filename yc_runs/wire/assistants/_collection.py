"""The calls that collections of stored objects have alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from yc_runs.models import StoredObject
from yc_runs.wire._pages import Page
from yc_runs.wire._reading import read_model, read_nothing
from yc_runs.wire._request import Call, Request, check_id, dump, segment, target
from yc_runs.wire.assistants._page_reading import PageModel, page_reader

S = TypeVar("S", bound=StoredObject)


@dataclass(frozen=True)
class Collection(Generic[S]):
    """Threads or assistants.

    ``kind`` is the word for one of them; ``page_model`` has a page's token and, as the member ``items``, the objects.
    """

    kind: str
    path: str
    model: type[S]
    page_model: type[PageModel]
    items: str

    @property
    def _one(self) -> str:
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"

    def create(self, folder_id: str, members: Mapping[str, Any]) -> Call[S]:
        """POST a new one."""
        body = dump({"folderId": check_id("folder", folder_id), **members})
        return Call(Request("POST", self.path, self.path, f"create {self._one}", body), self.read)

    def get(self, key: str) -> Call[S]:
        """GET one."""
        return Call(self._request("GET", "get", key), self.read)

    def update(self, key: str, mask: str, members: Mapping[str, Any]) -> Call[S]:
        """PATCH the fields that the mask names."""
        return Call(self._request("PATCH", "update", key, dump({"updateMask": mask, **members})), self.read)

    def delete(self, key: str) -> Call[None]:
        """DELETE one."""
        return Call(self._request("DELETE", "delete", key), read_nothing)

    def page(self, folder_id: str, page_size: int | None, page_token: str) -> Call[Page[S]]:
        """GET one page of those of a folder."""
        query = {"folderId": check_id("folder", folder_id), "pageSize": page_size, "pageToken": page_token}
        subject = f"list the {self.items} of folder {folder_id!r}"
        return Call(
            Request("GET", target(self.path, query), self.path, subject),
            page_reader(self.page_model, self.items),
        )

    def read(self, body: bytes) -> S:
        """The object that a body holds. Raises ``ValueError``."""
        found = read_model(self.model, body)
        if not found.id:
            raise ValueError(f"{self._one} without an id")
        return found

    def _request(self, method: str, action: str, key: str, body: bytes | None = None) -> Request:
        path, name = f"{self.path}/{segment(self.kind, key)}", f"{self.path}/{{{self.kind}_id}}"
        return Request(method, path, name, f"{action} {self.kind} {key!r}", body)
