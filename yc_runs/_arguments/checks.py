"""Checks of single values, and what counts as a thing with an id or a message."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from yc_runs.errors import ConfigurationError

_KINDS = ("assistant", "thread", "run")
"""What this package's own objects are: one of another kind than was asked for has the wrong kind of id."""


@runtime_checkable
class HasId(Protocol):
    """Anything with an id: an assistant, a thread, a run."""

    @property
    def id(self) -> str: ...


@runtime_checkable
class TextMessage(Protocol):
    """Anything with a role and a text, such as a ``Message``."""

    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


def id_of(kind: str, value: str | HasId) -> str:
    """The id that a str is, or that an object has.

    Raises ``TypeError`` for anything else, and ``ValueError`` for an object that is known to be deleted.
    """
    found = value if isinstance(value, str) else getattr(value, "id", None)
    if not isinstance(found, str):
        hint = ": await it first" if inspect.isawaitable(value) else ""
        raise TypeError(f"{kind}: expected an id or an object with an id, got {type(value).__name__}{hint}")
    made = getattr(value, "_kind", kind)
    if made != kind and made in _KINDS:
        raise TypeError(f"{kind}: expected an id or an object with an id, got the {made} {found!r}")
    if getattr(value, "is_deleted", False) is True:
        raise ValueError(f"{kind} {found!r} was deleted")
    return found


def need_folder(folder_id: str | None, action: str) -> str:
    """The folder, which ``action`` cannot do without. Raises ``ConfigurationError`` where the client has none."""
    if not folder_id:
        raise ConfigurationError(f"{action}: no folder; give the client folder_id=…, or set YC_FOLDER_ID")
    return folder_id


def page_size_of(page_size: int | None) -> int | None:
    """The size of a page, None for the gateway's choice. Raises ``TypeError`` or ``ValueError``."""
    return None if page_size is None else whole("page_size", page_size, least=1)


def check_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels as a dict. Raises ``TypeError`` unless all keys and values are str."""
    if not isinstance(labels, Mapping) or not all(isinstance(part, str) for pair in labels.items() for part in pair):
        raise TypeError("labels: expected a mapping of str to str")
    return dict(labels)


def several(what: str, value: Any, single: tuple[type, ...] = (str, Mapping, TextMessage)) -> tuple[Any, ...]:
    """One thing or an iterable of them as a tuple; by default the things are messages. Raises ``TypeError``."""
    if value is None:
        return ()
    if isinstance(value, single):
        return (value,)
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{what}: expected one or an iterable of them, got {value!r:.100}")
    return tuple(value)


def flag(name: str, value: bool) -> bool:
    """``value`` if it is True or False. Raises ``TypeError``: a text such as "no" would count as True."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, got {value!r:.100}")
    return value


def text(name: str, value: str) -> str:
    """``value`` if it is a str. Raises ``TypeError``."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    return value


def whole(name: str, value: int, least: int = 0) -> int:
    """``value`` if it is an int of at least ``least``. Raises ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected an int, got {type(value).__name__}")
    if value < least or value >= 2**63:
        raise ValueError(f"{name}: {value} is out of range, the least is {least}")
    return value


def number(name: str, value: float) -> float:
    """``value`` as a float. Raises ``TypeError`` where it is no number, ``ValueError`` where it is not finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name}: {number} is not a finite number")
    return number


def seconds(name: str, value: float | None, *, above: bool = False, needed: bool = False) -> None:
    """Raise ``TypeError`` or ``ValueError`` unless ``value`` is a number of seconds from 0, or None.

    ``above``: 0 is none either. ``needed``: None is none either.
    """
    if value is None and not needed:
        return
    none = "" if needed else " or None"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: expected a number of seconds{none}, got {type(value).__name__}")
    if not (value > 0 if above else value >= 0):
        least = "above 0" if above else "from 0"
        raise ValueError(f"{name}: must be a number of seconds {least}{none and ', or None'}, not {value!r}")
