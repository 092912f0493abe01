"""Documents of a stream -> models. Loaded with the first stream."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from yc_runs.models._base import first_problem
from yc_runs.wire._reading import M, read_bare
from yc_runs.wire._twice import check_members
from yc_runs.wire.faults import LateFaultError, fault_of

_WRAPPED = re.compile(rb'\s*\{\s*"(?:result|error|code|message|details)"\s*:')
_ITEM_KEYS = frozenset({"id", "eventType", "event_type", "streamCursor", "stream_cursor"})


def document_reader(model: type[M]) -> Callable[[bytes], M]:
    """The function that reads one document of a stream, wrapped in ``result`` or bare.

    It raises ``LateFaultError`` for a document that says that the stream has failed, ``ValueError`` for one that is
    not a ``model``, or that has a member twice.
    """

    def read(document: bytes) -> M:
        item = _read_wrapped(model, document) if _WRAPPED.match(document) else read_bare(model, document)
        check_members(document, item)
        return item

    return read


def _read_wrapped(model: type[M], document: bytes) -> M:
    value: Any = from_json(document)
    if value.get("result", document) is None:
        raise ValueError("result: there is nothing in it")
    if not _ITEM_KEYS & value.keys():
        if isinstance(value.get("result"), dict):
            value = value["result"]
        elif fault := fault_of(value):
            raise LateFaultError(fault)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ValueError(first_problem(error)) from None
