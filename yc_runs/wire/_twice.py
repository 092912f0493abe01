"""Finds members that come twice in one object of JSON. Of two, one reader takes the first, and another the last.

pydantic, which reads the models, does not tell, so the text is read once more: that takes as long again, or nearly.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel

_UNDERSCORED = re.compile(rb'_[a-z0-9_]*"\s*:')


def check_members(body: bytes, model: BaseModel) -> None:
    """Raise ``ValueError`` where a member comes twice in one object of the ``body``, or in both its spellings.

    ``body`` is what the model was read from. Two spellings are one name only to a model; in free JSON they are two.
    """
    try:
        _decoder.decode(body.decode())
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if b"_" in body and _UNDERSCORED.search(body) and (name := _spelled_twice(model)):
        raise ValueError(f"{name}: comes in both its spellings")


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    names = [name for name, _ in pairs]
    raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r:.100}: comes twice in one object")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_int=len, parse_float=len)


def parse(body: bytes) -> Any:
    """The JSON value that a body holds. Raises ``ValueError``, also where a member comes twice in one object."""
    try:
        return _parser.decode(body.decode())
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _unique(pairs)
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_parser = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def _spelled_twice(value: object) -> str | None:
    """The name of a field that is also among the members that its model does not know, however deep."""
    if isinstance(value, tuple):
        return next(filter(None, map(_spelled_twice, value)), None)
    if not isinstance(value, BaseModel):
        return None
    # Of two spellings pydantic takes the one in camelCase; the other is like any name that it does not know.
    twice = (name for name in value.model_extra or () if name in type(value).model_fields)
    inner = (getattr(value, name) for name in value.model_fields_set)
    return next(twice, None) or next(filter(None, map(_spelled_twice, inner)), None)
