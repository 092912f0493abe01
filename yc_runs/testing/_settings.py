"""What can be set on a gateway, at its creation and between two requests."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from yc_runs._arguments.checks import flag, seconds, text, whole
from yc_runs.testing._framing import FRAMINGS, Framing
from yc_runs.testing._render import JsonStyle, Spelling
from yc_runs.testing._responses.quirks import Quirk, checked


def _text_or_none(name: str, value: str | None) -> None:
    if value is not None:
        text(name, value)


_CHECKS: dict[str, Callable[[str, Any], object]] = {
    "print_defaults": flag,
    "latency": partial(seconds, needed=True),
    "pace": partial(seconds, needed=True),
    "polls": whole,
    "stale_polls": whole,
    "api_key": _text_or_none,
    "folder_id": text,
}


class Settings:
    """The settings of a gateway; see ``LocalGateway`` for what they mean.

    Setting one to what it cannot be raises ``TypeError`` or ``ValueError``.
    """

    if not TYPE_CHECKING:  # a type checker would take it to mean that any attribute can be set

        def __setattr__(self, name: str, value: object) -> None:
            if name in _CHECKS:
                _CHECKS[name](name, value)
            super().__setattr__(name, value)

    def __init__(
        self,
        *,
        framing: Framing = "sse",
        spelling: Spelling = "camel",
        print_defaults: bool = False,
        latency: float = 0.0,
        pace: float = 0.0,
        polls: int = 0,
        stale_polls: int = 0,
        api_key: str | None = None,
        folder_id: str = "local-folder",
        quirks: Collection[Quirk] = (),
    ) -> None:
        self.framing = framing
        self.spelling = spelling
        self.print_defaults = print_defaults
        self.latency = latency
        self.pace = pace
        self.polls = polls
        self.stale_polls = stale_polls
        self.api_key = api_key
        self.folder_id = folder_id
        self.quirks = quirks

    @property
    def framing(self) -> Framing:
        """How streams are sent: ``"sse"``, ``"result-lines"``, ``"lines"`` or ``"array"``."""
        return self._framing

    @framing.setter
    def framing(self, value: Framing) -> None:
        if value not in FRAMINGS:
            raise ValueError(f"framing must be one of {', '.join(FRAMINGS)}, not {value!r}")
        self._framing: Framing = value

    @property
    def spelling(self) -> Spelling:
        """How keys of answers are written: ``"camel"`` or ``"snake"``."""
        return self._spelling

    @spelling.setter
    def spelling(self, value: Spelling) -> None:
        if value not in ("camel", "snake"):
            raise ValueError(f"spelling must be camel or snake, not {value!r}")
        self._spelling: Spelling = value

    @property
    def quirks(self) -> frozenset[Quirk]:
        """How the Responses dialect differs from its documentation."""
        return self._quirks

    @quirks.setter
    def quirks(self, value: Collection[Quirk]) -> None:
        self._quirks = checked(value)

    @property
    def style(self) -> JsonStyle:
        """How JSON is written just now."""
        return JsonStyle(self.spelling, self.print_defaults)
