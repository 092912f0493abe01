"""Objects by their ids, and pages of them."""

from __future__ import annotations

import base64
import binascii
import itertools
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from yc_runs.testing._errors import invalid, not_found

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


class Collection(Generic[T]):
    """What the gateway keeps of one kind. Ids are counted, so that the same calls give the same ids."""

    def __init__(self, what: str, prefix: str) -> None:
        self._what = what
        self._prefix = prefix
        self._entries: dict[str, tuple[int, T]] = {}
        self._numbers = itertools.count(1)
        self._places = itertools.count(1)

    def __iter__(self) -> Iterator[T]:
        return iter([entry for _, entry in self._entries.values()])

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def new_id(self) -> str:
        """Make an id of 20 letters and digits, as long as the service's."""
        return f"{self._prefix}{next(self._numbers):0{20 - len(self._prefix)}d}"

    def put(self, key: str, entry: T) -> T:
        """Store an entry, in place of the one that has the id already."""
        number = self._entries[key][0] if key in self._entries else next(self._places)
        self._entries[key] = (number, entry)
        return entry

    def get(self, key: str) -> T:
        """Find an entry. Raises GatewayError with code 5 if there is none."""
        if key not in self._entries:
            raise not_found(self._what, key)
        return self._entries[key][1]

    def remove(self, key: str) -> T:
        """Take an entry out. Raises GatewayError with code 5 if there is none."""
        entry = self.get(key)
        del self._entries[key]
        return entry

    def page(self, wanted: Callable[[T], bool], size: int = 0, token: str = "") -> tuple[list[T], str]:
        """Give a page of the wanted entries, newest first, and the token of the next page, empty on the last.

        A token stands for a place, so entries made meanwhile shift nothing. Raises GatewayError with code 3.
        """
        if not 0 <= size <= MAX_PAGE_SIZE:
            raise invalid(f"page_size must be from 0 to {MAX_PAGE_SIZE}, got {size}")
        below = _place(self._prefix, token)
        rows = [row for row in reversed(self._entries.values()) if (below is None or row[0] < below) and wanted(row[1])]
        rows, rest = rows[: size or DEFAULT_PAGE_SIZE], rows[size or DEFAULT_PAGE_SIZE :]
        return [entry for _, entry in rows], _token(self._prefix, rows[-1][0]) if rest else ""


def _token(prefix: str, number: int) -> str:
    return base64.urlsafe_b64encode(f"{prefix}:{number}".encode()).decode()


def _place(prefix: str, token: str) -> int | None:
    if not token:
        return None
    try:
        head, _, number = base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        head, number = "", ""
    if head != prefix or not number.isdigit():
        raise invalid("page_token is not one that this list gave")
    return int(number)
