"""Tools (proto ``Tool``)."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import Field

from yc_runs.models._base import Int64, Items, Model, Str, Struct
from yc_runs.models.gen_search import GenSearchTool


class FunctionTool(Model):
    """A function that the model may ask the caller to run. ``parameters`` is the JSON schema of its arguments."""

    name: Str = ""
    description: Str = ""
    parameters: Struct = Field(default_factory=dict)


class RephraserOptions(Model):
    """The model that rewrites a query before the search."""

    rephraser_uri: Str = ""


class AlwaysCall(Model):
    """Search on every turn; it has no settings."""


class AutoCall(Model):
    """Search when the model asks for it, as ``instruction`` tells it."""

    name: Str = ""
    instruction: Str = ""


class CallStrategy(Model):
    """When a search index is asked; one of the two is set."""

    always_call: AlwaysCall | None = None
    auto_call: AutoCall | None = None


class SearchIndexTool(Model):
    """Search in the caller's own indexes; carried out by the service."""

    search_index_ids: Items[str] = ()
    max_num_results: Int64 | None = None
    rephraser_options: RephraserOptions | None = None
    call_strategy: CallStrategy | None = None

    @property
    def rephraser(self) -> RephraserOptions | None:
        """The rephraser, under the name the official SDK gave it."""
        return self.rephraser_options


class Tool(Model):
    """One tool; a kind this client does not know is kept in ``model_extra``."""

    search_index: SearchIndexTool | None = None
    function: FunctionTool | None = None
    gen_search: GenSearchTool | None = None

    @property
    def definition(self) -> ToolDefinition:
        """The tool itself; this object where its kind is not known."""
        return self.function or self.search_index or self.gen_search or self


ToolDefinition: TypeAlias = FunctionTool | SearchIndexTool | GenSearchTool | Tool
"""One tool without what the wire wraps it in; a ``Tool`` where its kind is not known."""
