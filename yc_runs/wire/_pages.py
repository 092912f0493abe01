"""Pages of a list. Pure: what to ask for next, and when it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[T_co]):
    """The items of one page, and the token of the next, empty on the last."""

    items: Sequence[T_co]
    next_token: str


MAX_TOKEN = 4096
"""How long a page token may be, in characters."""


class Paging:
    """Follows page tokens, from ``token`` on; empty is the first page.

    A list ends with an empty page or an empty token. A token that repeats, or that cannot be sent back, is refused
    once the items of its page are read.
    """

    def __init__(self, token: str = "") -> None:
        self.token: str = token
        self.is_over: bool = False
        self._used = {"", token}

    def turn(self, page: Page[T]) -> Sequence[T]:
        """The items of the page that was read."""
        self.token = page.next_token
        self.is_over = not page.items or not page.next_token
        return page.items

    def check(self) -> None:
        """Raise ``ValueError`` where the next page cannot be asked for, or would lead round in circles."""
        if self.is_over:
            return
        if len(self.token) > MAX_TOKEN or not self.token.isprintable():
            raise ValueError(f"page token {self.token!r:.100} cannot be sent back")
        if self.token in self._used:
            raise ValueError(f"page token {self.token!r:.100} came twice; the list would never end")
        self._used.add(self.token)
