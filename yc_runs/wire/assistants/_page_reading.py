"""Pages of a list -> models. Loaded with the first list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yc_runs.models import Model, RunData
from yc_runs.models._base import Items, Str
from yc_runs.wire._pages import Page
from yc_runs.wire._reading import read_model


class PageModel(Model):
    """One page of a list; what it lists is added by the models made from this one."""

    next_page_token: Str = ""


class RunPage(PageModel):
    """One page of runs."""

    runs: Items[RunData] = ()


def page_reader(model: type[PageModel], items: str) -> Callable[[bytes], Page[Any]]:
    """The function that reads a page whose objects are in the member ``items``. It raises ``ValueError``."""

    def read(body: bytes) -> Page[Any]:
        page = read_model(model, body)
        if (page.model_extra or {}).get("error"):
            raise ValueError("it tells of an error")
        return Page(getattr(page, items), page.next_page_token)

    return read
