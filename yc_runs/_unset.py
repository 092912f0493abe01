"""Arguments that were not given, where None means something of its own."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias


class _Unset(Enum):
    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = _Unset.UNSET
"""Stands for an argument that was not given, where None means "set it back to nothing", or "no limit"."""

Unset: TypeAlias = Literal[_Unset.UNSET]
"""The type of ``UNSET``."""

Timeout: TypeAlias = float | Unset | None
"""Seconds that a call may take; None for no limit, UNSET for the client's."""
