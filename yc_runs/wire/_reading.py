"""Bodies -> models, for every dialect."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from yc_runs.models import Model
from yc_runs.models._base import first_problem
from yc_runs.wire._twice import check_members, parse

M = TypeVar("M", bound=Model)


def read_model(model: type[M], body: bytes) -> M:
    """The model that a body holds. Raises ``ValueError`` with what is wrong, without quoting the body.

    A member that comes twice in one object is wrong too.
    """
    found = read_bare(model, body)
    check_members(body, found)
    return found


def read_bare(model: type[M], body: bytes) -> M:
    """The same without that last check, which costs half as much again."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise ValueError(first_problem(error)) from None


def read_nothing(body: bytes) -> None:
    """Read an answer that tells nothing but that the call was carried out: a JSON object, null, or no body at all.

    Raises ``ValueError`` for anything else: a page of what stands before the gateway may come with HTTP 200 too.
    """
    told = parse(body) if body.strip() else None
    if told is not None and not isinstance(told, dict):
        raise ValueError("it is no JSON object")
    if told and told.get("error"):
        raise ValueError("it tells of an error")
