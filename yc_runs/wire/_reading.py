"""Bodies -> models, for every dialect."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from yc_runs.models import Model
from yc_runs.models._base import first_problem
from yc_runs.wire._twice import check_members

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
