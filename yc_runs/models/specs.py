"""What is to be made: a message, a run (proto ``threads.MessageData``, ``runs.CreateRunRequest``)."""

from __future__ import annotations

from yc_runs.models._base import Bool, Items, Labels, Model, Str
from yc_runs.models.messages import Author, MessageContent
from yc_runs.models.options import CompletionOptions, PromptTruncationOptions, ResponseFormat
from yc_runs.models.tools import Tool


class MessageData(Model):
    """A message to be written (proto ``threads.MessageData``)."""

    author: Author | None = None
    labels: Labels = None
    content: MessageContent | None = None


class RunSpec(Model):
    """A run to be created (proto ``runs.CreateRunRequest``)."""

    assistant_id: Str = ""
    thread_id: Str = ""
    labels: Labels = None
    additional_messages: Items[MessageData] = ()
    custom_prompt_truncation_options: PromptTruncationOptions | None = None
    custom_completion_options: CompletionOptions | None = None
    stream: Bool = False
    tools: Items[Tool] = ()
    custom_response_format: ResponseFormat | None = None
