"""What ``client.tools`` offers, for the async and the sync client alike. Pure: nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from yc_runs._arguments.checks import HasId, need_folder
from yc_runs.models import FunctionTool, GenSearchTool, RephraserOptions, SearchIndexTool
from yc_runs.tools.function import function_tool
from yc_runs.tools.schema import SchemaLike
from yc_runs.tools.service import CallStrategyLike, FilterLike, generative_search_tool, search_index_tool

RephraserLike = str | Literal[True] | RephraserOptions


@dataclass(frozen=True)
class Tools:
    """Makes the definitions of tools, for assistants and runs. Reached as ``client.tools``."""

    _folder_id: str | None

    def function(
        self,
        parameters: SchemaLike | Callable[..., Any],
        *,
        name: str | None = None,
        description: str | None = None,
        strict: bool | None = None,
    ) -> FunctionTool:
        """A function that the model may ask the caller to run; ``yc_runs.tools.function_tool`` tells the rest.

        ``parameters``: a JSON schema, a pydantic model class or dataclass, or a function with type hints.
        ``strict`` is not for assistants: raises ``ValueError`` for True and False, as the official SDK does when such
        a tool is given to one. ``run_tools`` checks the arguments of every call anyway.
        """
        if strict is not None:
            raise ValueError(
                f"function tool: strict={strict!r} cannot be sent, the Assistants API has no such field; leave it out"
            )
        return function_tool(parameters, name=name, description=description)

    def search_index(
        self,
        indexes: str | HasId | Iterable[str | HasId],
        *,
        max_num_results: int | None = None,
        rephraser: RephraserLike | None = None,
        call_strategy: CallStrategyLike | None = None,
    ) -> SearchIndexTool:
        """Search in indexes, carried out by the service; ``yc_runs.tools.search_index_tool`` tells the rest.

        ``rephraser``: True, or what ``rephraser()`` takes and gives.
        """
        options = None if rephraser is None else self.rephraser(rephraser)
        return search_index_tool(
            indexes, max_num_results=max_num_results, rephraser=options, call_strategy=call_strategy
        )

    def generative_search(
        self,
        *,
        description: str,
        site: str | Iterable[str] | None = None,
        host: str | Iterable[str] | None = None,
        url: str | Iterable[str] | None = None,
        enable_nrfm_docs: bool | None = None,
        search_filters: FilterLike | Iterable[FilterLike] | None = None,
    ) -> GenSearchTool:
        """Search the web, carried out by the service; ``yc_runs.tools.generative_search_tool`` tells the rest."""
        return generative_search_tool(
            description=description,
            site=site,
            host=host,
            url=url,
            enable_nrfm_docs=enable_nrfm_docs,
            search_filters=search_filters,
        )

    def rephraser(self, model_name: RephraserLike, *, model_version: str = "latest") -> RephraserOptions:
        """The model that rewrites a query: a name in the client's folder, a whole URI, or True for the usual one.

        Raises ``ConfigurationError`` for a name where the client has no folder.
        """
        if isinstance(model_name, RephraserOptions):
            return model_name
        name = "rephraser" if model_name is True else model_name
        if not isinstance(name, str) or not name:
            raise TypeError(f"rephraser: expected a name, a URI or True, got {model_name!r:.100}")
        if "://" in name:
            return RephraserOptions(rephraser_uri=name)
        folder = need_folder(self._folder_id, "rephraser")
        return RephraserOptions(rephraser_uri="/".join(("gpt:/", folder, name, model_version)))
