"""An assistant as the gateway shows it (proto ``Assistant``, ``AssistantVersion``)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from yc_runs.models._base import Items, Model, Str
from yc_runs.models.options import CompletionOptions, PromptTruncationOptions, ResponseFormat
from yc_runs.models.search_index import StoredObject
from yc_runs.models.tools import Tool


class AssistantData(StoredObject):
    """Everything one answer says of an assistant."""

    model_uri: Str = ""
    instruction: Str = ""
    prompt_truncation_options: PromptTruncationOptions | None = None
    completion_options: CompletionOptions | None = None
    tools: Items[Tool] = ()
    response_format: ResponseFormat | None = None


def _paths(mask: object) -> object:
    """The paths of a mask, which JSON has as one string of lower camel paths; in snake case, as in the definitions."""
    if isinstance(mask, dict):
        mask = mask.get("paths")
    paths = mask.split(",") if isinstance(mask, str) else mask or ()
    if not isinstance(paths, (list, tuple)):
        return paths
    return tuple(re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", str(path).strip()) for path in paths if path)


Paths = Annotated[tuple[str, ...], BeforeValidator(_paths)]
"""A field mask: the paths of the fields, such as ``expiration_config.ttl_days``."""


class AssistantVersionData(Model):
    """An assistant as it was after one change; ``update_mask`` names the fields that the change was about."""

    id: Str = ""
    update_mask: Paths = ()
    assistant: AssistantData | None = None
