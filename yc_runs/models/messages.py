"""Messages and their content (proto ``threads.Message``, ``threads.MessageContent``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from yc_runs.models._base import Items, Labels, Later, Model, Str, Timestamp
from yc_runs.models.content import ContentPart, join_text, part_values
from yc_runs.models.enums import MessageStatus

if TYPE_CHECKING:
    from yc_runs.models.citations import Citation

    _Citations = tuple[Citation, ...]
else:
    _Citations = Annotated[tuple, Later("citations", "Citation", many=True)]


class MessageContent(Model):
    """The parts of a message, in order."""

    content: Items[ContentPart] = ()

    @property
    def parts(self) -> tuple[str | ContentPart, ...]:
        """Each text part as a str; a part of a kind this client does not know as its ``ContentPart``."""
        return part_values(self.content)

    @property
    def text(self) -> str:
        """The text parts, joined with newlines."""
        return join_text(self.content)


class Author(Model):
    """Who wrote a message. ``role`` is ``USER`` or ``ASSISTANT`` in the gateway's answers."""

    id: Str = ""
    role: Str = ""


class Message(Model):
    """A message of a thread. ``created_at`` is aware; the wire's nanoseconds are cut to microseconds."""

    id: Str = ""
    thread_id: Str = ""
    created_by: Str = ""
    created_at: Timestamp | None = None
    author: Author | None = None
    labels: Labels = None
    content: MessageContent | None = None
    status: MessageStatus = MessageStatus.MESSAGE_STATUS_UNSPECIFIED
    citations: _Citations = ()

    @property
    def role(self) -> str:
        """The author's role, empty where the gateway names no author."""
        return self.author.role if self.author else ""

    @property
    def parts(self) -> tuple[str | ContentPart, ...]:
        """Each text part as a str; a part of a kind this client does not know as its ``ContentPart``."""
        return self.content.parts if self.content else ()

    @property
    def text(self) -> str:
        """The text parts, joined with newlines."""
        return self.content.text if self.content else ""
