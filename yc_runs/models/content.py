"""The smallest pieces of a message: its parts (proto ``threads.ContentPart``)."""

from __future__ import annotations

from collections.abc import Iterable

from yc_runs.models._base import Model, Str


class Text(Model):
    """A piece of text."""

    content: Str = ""


class ContentPart(Model):
    """One part. ``text`` is None for a kind this client does not know, which is kept in ``model_extra``."""

    text: Text | None = None


def part_values(parts: Iterable[ContentPart]) -> tuple[str | ContentPart, ...]:
    """Text parts as str, others as they are."""
    return tuple(part if part.text is None else part.text.content for part in parts)


def join_text(parts: Iterable[ContentPart]) -> str:
    """The text parts, joined with newlines."""
    return "\n".join(part.text.content for part in parts if part.text is not None)
