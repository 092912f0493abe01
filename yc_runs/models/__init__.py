"""What the gateway says, as frozen pydantic models. No I/O; of ours only the errors are known here.

Each name is loaded when it is first used: most programs use few.
"""

from yc_runs._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yc_runs.models._base import Model
    from yc_runs.models.assistants import AssistantData, AssistantVersionData
    from yc_runs.models.call_results import FunctionResult, ToolResult, ToolResultList
    from yc_runs.models.calls import FunctionCall, ToolCall, ToolCallList
    from yc_runs.models.citations import ChunkContent, Citation, FileChunk, Source
    from yc_runs.models.content import ContentPart, Text
    from yc_runs.models.enums import ExpirationPolicy, MessageStatus, OpenEnum, RunStatus, StreamEvent
    from yc_runs.models.events import PartialMessage, RunStreamEvent, StreamCursor
    from yc_runs.models.gen_search import (
        DocFormat,
        GenerativeSearchTool,
        GenSearchOptions,
        GenSearchTool,
        HostOption,
        SearchFilter,
        SiteOption,
        UrlOption,
    )
    from yc_runs.models.messages import Author, Message, MessageContent
    from yc_runs.models.options import (
        AutoPromptTruncationStrategy,
        CompletionOptions,
        JsonSchema,
        JsonSchemaFormat,
        LastMessagesPromptTruncationStrategy,
        PromptTruncationOptions,
        PromptTruncationStrategy,
        ResponseFormat,
        ResponseFormatValue,
    )
    from yc_runs.models.results import RunResult
    from yc_runs.models.runs import Error, RunData, RunState, Usage
    from yc_runs.models.search_index import ExpirationConfig, File, SearchIndex, StoredObject
    from yc_runs.models.settings import AssistantSettings, ObjectSettings, ThreadSettings
    from yc_runs.models.specs import MessageData, RunSpec
    from yc_runs.models.threads import ThreadData
    from yc_runs.models.tools import (
        AlwaysCall,
        AutoCall,
        CallStrategy,
        FunctionTool,
        RephraserOptions,
        SearchIndexTool,
        Tool,
        ToolDefinition,
    )

__all__ = [
    "AlwaysCall",
    "AssistantData",
    "AssistantSettings",
    "AssistantVersionData",
    "Author",
    "AutoCall",
    "AutoPromptTruncationStrategy",
    "CallStrategy",
    "ChunkContent",
    "Citation",
    "CompletionOptions",
    "ContentPart",
    "DocFormat",
    "Error",
    "ExpirationConfig",
    "ExpirationPolicy",
    "File",
    "FileChunk",
    "FunctionCall",
    "FunctionResult",
    "FunctionTool",
    "GenSearchOptions",
    "GenSearchTool",
    "GenerativeSearchTool",
    "HostOption",
    "JsonSchema",
    "JsonSchemaFormat",
    "LastMessagesPromptTruncationStrategy",
    "Message",
    "MessageContent",
    "MessageData",
    "MessageStatus",
    "Model",
    "ObjectSettings",
    "OpenEnum",
    "PartialMessage",
    "PromptTruncationOptions",
    "PromptTruncationStrategy",
    "RephraserOptions",
    "ResponseFormat",
    "ResponseFormatValue",
    "RunData",
    "RunResult",
    "RunSpec",
    "RunState",
    "RunStatus",
    "RunStreamEvent",
    "SearchFilter",
    "SearchIndex",
    "SearchIndexTool",
    "SiteOption",
    "Source",
    "StoredObject",
    "StreamCursor",
    "StreamEvent",
    "Text",
    "ThreadData",
    "ThreadSettings",
    "Tool",
    "ToolCall",
    "ToolCallList",
    "ToolDefinition",
    "ToolResult",
    "ToolResultList",
    "UrlOption",
    "Usage",
]

_NAMES = {
    "_base": "Model",
    "assistants": "AssistantData AssistantVersionData",
    "call_results": "FunctionResult ToolResult ToolResultList",
    "calls": "FunctionCall ToolCall ToolCallList",
    "citations": "ChunkContent Citation FileChunk Source",
    "content": "ContentPart Text",
    "enums": "ExpirationPolicy MessageStatus OpenEnum RunStatus StreamEvent",
    "events": "PartialMessage RunStreamEvent StreamCursor",
    "gen_search": (
        "DocFormat GenSearchOptions GenSearchTool GenerativeSearchTool HostOption SearchFilter SiteOption UrlOption"
    ),
    "messages": "Author Message MessageContent",
    "options": (
        "AutoPromptTruncationStrategy CompletionOptions JsonSchema JsonSchemaFormat "
        "LastMessagesPromptTruncationStrategy PromptTruncationOptions PromptTruncationStrategy ResponseFormat "
        "ResponseFormatValue"
    ),
    "results": "RunResult",
    "runs": "Error RunData RunState Usage",
    "search_index": "ExpirationConfig File SearchIndex StoredObject",
    "settings": "AssistantSettings ObjectSettings ThreadSettings",
    "specs": "MessageData RunSpec",
    "threads": "ThreadData",
    "tools": "AlwaysCall AutoCall CallStrategy FunctionTool RephraserOptions SearchIndexTool Tool ToolDefinition",
}

# Type checkers see the names above; a __getattr__ would have them take any name for one.
if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(__name__, _NAMES)
