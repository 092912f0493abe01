"""Pages of a list. Pure: what to ask for next, and when it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items of one page, and the token of the next, empty on the last."""

    items: Sequence[T]
    next_token: str


class Paging:
    """Follows page tokens, from ``token`` on; empty is the first page.

    A list ends with an empty page or an empty token; a token that repeats is refused.
    """

    def __init__(self, token: str = "") -> None:
        self.token = token
        self.is_over = False
        self._used = {"", token}

    def turn(self, page: Page[T]) -> Sequence[T]:
        """The items of the page that was read. Raises ``ValueError`` where the gateway would go round in circles."""
        self.token = page.next_token
        self.is_over = not page.items or not page.next_token
        if not self.is_over and self.token in self._used:
            raise ValueError(f"page token {self.token!r:.100} came twice; the list would never end")
        self._used.add(self.token)
        return page.items
