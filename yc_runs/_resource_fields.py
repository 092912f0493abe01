"""The fields of stored objects, for the async and the sync client alike. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from typing_extensions import Self

from yc_runs.models import ExpirationConfig, StoredObject, ThreadData, ToolDefinition

D = TypeVar("D", bound=StoredObject)


class StoredFields(Generic[D]):
    """What all objects kept in a folder have in common, under the official SDK's names.

    The fields are those of the gateway's last answer: ``update`` changes them.
    """

    _kind: ClassVar[str]

    def __init__(self, data: D) -> None:
        self._data = data
        self._is_deleted = False

    @property
    def data(self) -> D:
        """The whole answer that the fields are read from."""
        return self._data

    @property
    def id(self) -> str:
        """The object's id."""
        return self._data.id

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted through this object."""
        return self._is_deleted

    @property
    def folder_id(self) -> str:
        """The folder it is kept in."""
        return self._data.folder_id

    @property
    def name(self) -> str | None:
        """Its name, None where it has none."""
        return self._data.name or None

    @property
    def description(self) -> str | None:
        """Its description, None where it has none."""
        return self._data.description or None

    @property
    def labels(self) -> dict[str, str] | None:
        """Its labels, None where there are none."""
        return self._data.labels

    @property
    def created_by(self) -> str:
        """The account that created it."""
        return self._data.created_by

    @property
    def created_at(self) -> datetime | None:
        """When it was created; aware."""
        return self._data.created_at

    @property
    def updated_by(self) -> str:
        """The account that changed it last."""
        return self._data.updated_by

    @property
    def updated_at(self) -> datetime | None:
        """When it was changed last; aware."""
        return self._data.updated_at

    @property
    def expiration_config(self) -> ExpirationConfig:
        """How long it lives: ``ttl_days`` days, counted as ``expiration_policy`` says."""
        return self._data.expiration_config or ExpirationConfig()

    @property
    def expires_at(self) -> datetime | None:
        """When it will be removed, as far as is known now; aware."""
        return self._data.expires_at

    def _take(self, data: D) -> Self:
        """Read the fields from this answer, unless a later one has overtaken it."""
        ours, theirs = self._data.updated_at, data.updated_at
        if ours is None or theirs is None or theirs >= ours:
            self._data = data
        return self

    def _check_exists(self, action: str) -> None:
        if self._is_deleted:
            raise ValueError(f"cannot {action} {self._kind} {self.id!r}: it was deleted")

    def __eq__(self, other: object) -> bool:
        return self._data == other._data if isinstance(other, StoredFields) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id!r}, name={self.name!r})"


class ThreadFields(StoredFields[ThreadData]):
    """What a thread is."""

    _kind = "thread"

    @property
    def default_message_author_id(self) -> str:
        """The author of messages that name none."""
        return self._data.default_message_author_id

    @property
    def tools(self) -> tuple[ToolDefinition, ...]:
        """The tools that this thread brings to every run on it."""
        return tuple(tool.definition for tool in self._data.tools)
