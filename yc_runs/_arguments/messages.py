"""What a caller may pass as a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import NotRequired, TypedDict

from yc_runs._arguments.checks import TextMessage, check_labels
from yc_runs.models import Author, ContentPart, MessageContent, MessageData, Text

AUTHOR_ID = "yc-runs"
"""The author id sent with a role: the service wants one, and gives it no meaning."""


class MessageDict(TypedDict):
    """A message as a dict; the role is ``user`` where it is left out."""

    text: str
    role: NotRequired[str]


MessageLike = str | MessageDict | TextMessage


def message_data(message: MessageLike, labels: Mapping[str, str] | None = None) -> MessageData:
    """A message to write from a str, a ``{"role", "text"}`` dict, or an object with both. Roles go up in upper case."""
    text, role = _text_and_role(message)
    fields: dict[str, Any] = {"content": MessageContent(content=(ContentPart(text=Text(content=text)),))}
    if role:
        fields["author"] = Author(id=AUTHOR_ID, role=role.upper())
    if labels is not None and (given := check_labels(labels)):
        fields["labels"] = given
    return MessageData(**fields)


def _text_and_role(message: object) -> tuple[str, str | None]:
    text: object = message
    role: object = None
    if isinstance(message, Mapping):
        if unknown := message.keys() - {"text", "role"}:
            raise TypeError(f"message: unknown keys {sorted(map(str, unknown))}; it has 'text' and 'role'")
        text, role = message.get("text"), message.get("role")
    elif isinstance(message, TextMessage):
        text, role = message.text, message.role
    if not isinstance(text, str) or not (role is None or isinstance(role, str)):
        raise TypeError(
            f"message: expected a str, a {{'role', 'text'}} dict or an object with role and text, got {message!r:.100}"
        )
    return text, role
