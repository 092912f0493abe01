"""What a tool gave back -> the text that the model reads, and the other way round for the error it is told. Pure."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json


def to_text(value: Any) -> str:
    """A str as it is, everything else as JSON: pydantic models, dataclasses, datetimes and the like too.

    Raises ``ValueError`` for what cannot be JSON, half a surrogate pair in a str included.
    """
    if isinstance(value, str):
        return value.encode().decode()
    # A number that is no JSON number would make the text unreadable for the model.
    return to_json(value, inf_nan_mode="null").decode()


def error_text(problem: str) -> str:
    """What the model is told of a tool that did not do its work: ``{"error": "…"}``."""
    # The name of a file that is not UTF-8 holds halves of surrogate pairs, and so does what is raised about it.
    return to_json({"error": problem.encode("utf-8", "replace").decode()}).decode()
