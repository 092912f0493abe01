"""Tools that the service carries out itself: search in indexes, generative search. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from yc_runs._arguments.checks import HasId, flag, id_of, several, whole
from yc_runs.models import (
    AlwaysCall,
    AutoCall,
    CallStrategy,
    DocFormat,
    GenSearchOptions,
    GenSearchTool,
    HostOption,
    RephraserOptions,
    SearchFilter,
    SearchIndexTool,
    SiteOption,
    UrlOption,
)

CallStrategyLike = Literal["always"] | Mapping[str, Any] | CallStrategy
FilterLike = Mapping[str, str] | SearchFilter


def search_index_tool(
    indexes: str | HasId | Iterable[str | HasId],
    *,
    max_num_results: int | None = None,
    rephraser: RephraserOptions | None = None,
    call_strategy: CallStrategyLike | None = None,
) -> SearchIndexTool:
    """Search in indexes, each an id or anything with an ``id``.

    ``max_num_results``: the most results that go into the prompt. ``rephraser``: rewrites the query first.
    ``call_strategy``: ``"always"``, or ``{"type": "function", "function": {"name", "instruction"}}`` for when the model
    asks for it. Raises ``TypeError`` or ``ValueError`` for anything else.
    """
    ids = tuple(id_of("search index", index) for index in several("indexes", indexes, (str, HasId)))
    if not ids:
        raise ValueError("search index tool: there must be at least one index")
    fields: dict[str, Any] = {"search_index_ids": ids}
    if max_num_results is not None:
        fields["max_num_results"] = whole("max_num_results", max_num_results, least=1)
    if rephraser is not None:
        fields["rephraser_options"] = rephraser
    if call_strategy is not None:
        fields["call_strategy"] = _strategy(call_strategy)
    return SearchIndexTool(**fields)


def _strategy(value: CallStrategyLike) -> CallStrategy:
    if isinstance(value, CallStrategy):
        return value
    if value == "always":
        return CallStrategy(always_call=AlwaysCall())
    function = value.get("function") if isinstance(value, Mapping) else None
    if isinstance(function, Mapping) and all(isinstance(function.get(key), str) for key in ("name", "instruction")):
        return CallStrategy(auto_call=AutoCall(name=function["name"], instruction=function["instruction"]))
    raise TypeError(
        "call_strategy: expected 'always' or {'type': 'function', 'function': {'name': …, 'instruction': …}}, "
        f"got {value!r:.100}"
    )


def generative_search_tool(
    *,
    description: str,
    site: str | Iterable[str] | None = None,
    host: str | Iterable[str] | None = None,
    url: str | Iterable[str] | None = None,
    enable_nrfm_docs: bool | None = None,
    search_filters: FilterLike | Iterable[FilterLike] | None = None,
) -> GenSearchTool:
    """Search the web and answer from what is found; ``description`` tells the model when.

    At most one of ``site``, ``host`` and ``url`` limits the search to places. ``enable_nrfm_docs``: with pages that
    cannot be reached by links from there. ``search_filters``: ``{"date": "<20250101"}``, ``{"lang": "ru"}`` or
    ``{"format": "pdf"}``, or several. Raises ``TypeError`` or ``ValueError`` for anything else.
    """
    if not isinstance(description, str) or not description:
        raise ValueError("generative search tool: description must say when the model shall call it")
    sites, hosts, urls = _texts("site", site), _texts("host", host), _texts("url", url)
    options: dict[str, Any] = {}
    if sites:
        options["site"] = SiteOption(site=sites)
    if hosts:
        options["host"] = HostOption(host=hosts)
    if urls:
        options["url"] = UrlOption(url=urls)
    if len(options) > 1:
        raise ValueError("generative search tool: only one of site, host and url can be given")
    if enable_nrfm_docs is not None:
        options["enable_nrfm_docs"] = flag("enable_nrfm_docs", enable_nrfm_docs)
    if filters := several("search_filters", search_filters, (Mapping, SearchFilter)):
        options["search_filters"] = tuple(map(_filter, filters))
    return GenSearchTool(description=description, options=GenSearchOptions(**options))


def _texts(name: str, value: str | Iterable[str] | None) -> tuple[str, ...]:
    texts = several(name, value, (str,))
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(f"{name}: expected a str or several")
    return texts


def _filter(value: FilterLike) -> SearchFilter:
    if isinstance(value, SearchFilter):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or not value.keys() <= {"date", "lang", "format"}:
        raise TypeError(f"search filter: expected one of 'date', 'lang' and 'format', got {value!r:.100}")
    ((name, text),) = value.items()
    if name != "format":
        return SearchFilter(date=text) if name == "date" else SearchFilter(lang=text)
    known = DocFormat.read(f"DOC_FORMAT_{text.upper()}")
    if known < 0:
        formats = ", ".join(format.name.removeprefix("DOC_FORMAT_").lower() for format in DocFormat if format > 0)
        raise ValueError(f"search filter: the format {text!r} is not known; there are {formats}")
    return SearchFilter(format=known)
