"""The ways in which services of this dialect differ from its documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Quirk = Literal[
    "milliseconds",
    "null-usage",
    "zero-usage",
    "output-text",
    "call-id-is-name",
    "no-call-ids-match",
    "data-before-event",
    "comments",
    "done-marker",
    "no-background-stream",
    "no-resume",
    "ignores-stream",
    "ignores-starting-after",
    "flat-errors",
]
"""A peculiarity of the Responses dialect; ``LocalGateway`` tells what each one does."""

QUIRKS: tuple[Quirk, ...] = get_args(Quirk)


def checked(quirks: Iterable[Quirk]) -> frozenset[Quirk]:
    """Give the quirks as a set. Raises TypeError for what is no collection, ValueError for one that is not known."""
    if isinstance(quirks, str) or not isinstance(quirks, Iterable):
        raise TypeError(f"quirks: expected several, such as {{'no-resume'}}, got {quirks!r:.100}")
    if unknown := set(quirks).difference(QUIRKS):
        raise ValueError(f"quirks are {', '.join(QUIRKS)}; not {', '.join(sorted(map(repr, unknown)))}")
    return frozenset(quirks)
