"""Generative search as a tool (proto ``GenSearchTool``)."""

from __future__ import annotations

from yc_runs.models._base import Bool, Items, Model, Str
from yc_runs.models.enums import OpenEnum


class DocFormat(OpenEnum):
    """The format of the documents to search."""

    UNKNOWN = -1
    DOC_FORMAT_UNSPECIFIED = 0
    DOC_FORMAT_PDF = 1
    DOC_FORMAT_XLS = 2
    DOC_FORMAT_ODS = 3
    DOC_FORMAT_RTF = 4
    DOC_FORMAT_PPT = 5
    DOC_FORMAT_ODP = 6
    DOC_FORMAT_SWF = 7
    DOC_FORMAT_ODT = 8
    DOC_FORMAT_ODG = 9
    DOC_FORMAT_DOC = 10


class SiteOption(Model):
    """Search these sites only."""

    site: Items[str] = ()


class HostOption(Model):
    """Search these hosts only."""

    host: Items[str] = ()


class UrlOption(Model):
    """Search these pages only."""

    url: Items[str] = ()


class SearchFilter(Model):
    """One condition on what is found; one of the three is set."""

    date: str | None = None
    lang: str | None = None
    format: DocFormat | None = None


class GenSearchOptions(Model):
    """Where to search; at most one of ``site``, ``host`` and ``url`` is set."""

    site: SiteOption | None = None
    host: HostOption | None = None
    url: UrlOption | None = None
    enable_nrfm_docs: Bool = False
    search_filters: Items[SearchFilter] = ()


class GenSearchTool(Model):
    """Search the web and answer from what was found; carried out by the service."""

    options: GenSearchOptions | None = None
    description: Str = ""


GenerativeSearchTool = GenSearchTool
"""The name that the official SDK gives it."""
