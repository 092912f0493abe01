"""What a caller gives -> members of a request: messages, tools, formats. Raises for what this API cannot take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from yc_runs.models import FunctionTool, GenSearchTool, MessageData, ResponseFormat, SearchIndexTool, Tool
from yc_runs.models.messages import MessageContent
from yc_runs.wire.responses._unsupported import refuse_given, unsupported

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


def message_item(message: MessageData) -> dict[str, Any]:
    """A message as an item of an input. Raises ``ValueError`` for one without a text: the API takes no blank ones."""
    refuse_given("a message", "Leave them out.", labels=message.labels)
    role = message.author.role if message.author else ""
    return text_item(role, message.content or MessageContent())


def text_item(role: str, content: MessageContent) -> dict[str, Any]:
    """A text of somebody's as an item of an input; without a role it is the user's."""
    if not content.text.strip():
        raise ValueError("message: its text is blank, which the Responses API refuses")
    return {"role": role.lower() or "user", "content": content.text}


def tool_items(tools: Iterable[Tool]) -> list[dict[str, Any]]:
    """Tools, flat as this API has them. Raises ``ValueError`` for a name that it would refuse."""
    return [_tool_item(tool) for tool in tools]


def _tool_item(tool: Tool) -> dict[str, Any]:
    if tool.function is not None:
        return _function_item(tool.function)
    if tool.search_index is not None:
        return _file_search(tool.search_index)
    if tool.gen_search is not None:
        return _web_search(tool.gen_search)
    raise unsupported("a tool of a kind that is not known", "Give functions, search indexes or generative searches.")


def _function_item(function: FunctionTool) -> dict[str, Any]:
    if not _NAME.fullmatch(function.name):
        raise ValueError(
            f"tools: {function.name!r:.100} cannot be a function's name: letters, digits, '_' and '-', 64 at most"
        )
    item = {"type": "function", "name": function.name, "parameters": function.parameters}
    return {**item, "description": function.description} if function.description else item


def _file_search(tool: SearchIndexTool) -> dict[str, Any]:
    advice = "Leave it out: the model decides when to search."
    refuse_given("a search index", advice, rephraser=tool.rephraser_options, call_strategy=tool.call_strategy)
    item: dict[str, Any] = {"type": "file_search", "vector_store_ids": list(tool.search_index_ids)}
    return item if tool.max_num_results is None else {**item, "max_num_results": tool.max_num_results}


def _web_search(tool: GenSearchTool) -> dict[str, Any]:
    options = tool.options
    if options is None:
        return {"type": "web_search"}
    refuse_given(
        "a generative search",
        "Name sites or hosts, or nothing.",
        url=options.url,
        enable_nrfm_docs=options.enable_nrfm_docs,
        search_filters=options.search_filters,
    )
    domains = [*(options.site.site if options.site else ()), *(options.host.host if options.host else ())]
    return {"type": "web_search", **({"filters": {"allowed_domains": domains}} if domains else {})}


def format_item(form: ResponseFormat | None) -> dict[str, Any] | None:
    """The member ``text``; None where the format is free."""
    if form is None:
        return None
    if form.json_schema is not None:
        schema = form.json_schema.schema_
        return {"format": {"type": "json_schema", "name": _schema_name(schema), "schema": schema}}
    return {"format": {"type": "json_object"}} if form.json_object else None


def _schema_name(schema: Mapping[str, Any]) -> str:
    title = schema.get("title")
    return _NOT_IN_NAMES.sub("_", title if isinstance(title, str) else "")[:64].strip("_") or "answer"
