"""Assistant runs of Yandex Cloud over plain HTTP: create, listen, answer tool calls, wait. No gRPC.

    from yc_runs import AsyncClient

    async with AsyncClient(folder_id="…", auth="…") as client:
        run = await client.runs.create(assistant_id, thread_id)
        result = await run.wait()

Importing this package loads nothing else: every name below is loaded when it is first used.
"""

from yc_runs._lazy import lazy

__version__ = "0.1.0"

# Said so, and not imported, it costs nothing; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from yc_runs._arguments.runs import RunOptions
    from yc_runs._assistant_fields import AssistantVersion, ReadOnlyAssistant
    from yc_runs._async.assistant import AsyncAssistant
    from yc_runs._async.assistants import AsyncAssistants
    from yc_runs._async.client import AsyncClient
    from yc_runs._async.clock import AsyncClock
    from yc_runs._async.messages import AsyncMessages
    from yc_runs._async.run import AsyncRun
    from yc_runs._async.runs import AsyncRuns
    from yc_runs._async.thread import AsyncThread
    from yc_runs._async.threads import AsyncThreads
    from yc_runs._async.tool_loop import AsyncToolLoop
    from yc_runs._sync.assistant import Assistant
    from yc_runs._sync.assistants import Assistants
    from yc_runs._sync.client import Client
    from yc_runs._sync.clock import Clock
    from yc_runs._sync.messages import Messages
    from yc_runs._sync.run import Run
    from yc_runs._sync.runs import Runs
    from yc_runs._sync.thread import Thread
    from yc_runs._sync.threads import Threads
    from yc_runs._sync.tool_loop import ToolLoop
    from yc_runs._unset import UNSET, Unset
    from yc_runs.auth import APIKey, EnvToken, IAMToken, Metadata, NoAuth, OAuthToken, ServiceAccountKey, TokenProvider
    from yc_runs.completions import GPTModel, GPTModelConfig, Models
    from yc_runs.errors import (
        APIError,
        AuthenticationError,
        BadRequestError,
        ClientClosedError,
        ConfigurationError,
        ConflictError,
        ConnectionFailedError,
        ConnectionLostError,
        CredentialsError,
        DecodeError,
        NotFoundError,
        NotImplementedByGatewayError,
        ParseError,
        PermissionDeniedError,
        PollTimeoutError,
        RateLimitError,
        RequestTimeoutError,
        RunFailedError,
        RunsError,
        ServerError,
        StreamInterruptedError,
        ToolError,
        TooManyRoundsError,
        UnsupportedOperationError,
    )
    from yc_runs.models import (
        Author,
        AutoPromptTruncationStrategy,
        Citation,
        CompletionOptions,
        ContentPart,
        ExpirationConfig,
        ExpirationPolicy,
        FunctionCall,
        FunctionResult,
        FunctionTool,
        GenerativeSearchTool,
        GenSearchTool,
        LastMessagesPromptTruncationStrategy,
        Message,
        MessageStatus,
        PartialMessage,
        PromptTruncationOptions,
        ResponseFormat,
        RunData,
        RunResult,
        RunStatus,
        RunStreamEvent,
        SearchIndexTool,
        StreamCursor,
        StreamEvent,
        Tool,
        ToolCall,
        ToolResult,
        Usage,
    )
    from yc_runs.policy import RetryPolicy

__all__ = [
    "UNSET",
    "APIError",
    "APIKey",
    "Assistant",
    "AssistantVersion",
    "Assistants",
    "AsyncAssistant",
    "AsyncAssistants",
    "AsyncClient",
    "AsyncClock",
    "AsyncMessages",
    "AsyncRun",
    "AsyncRuns",
    "AsyncThread",
    "AsyncThreads",
    "AsyncToolLoop",
    "AuthenticationError",
    "Author",
    "AutoPromptTruncationStrategy",
    "BadRequestError",
    "Citation",
    "Client",
    "ClientClosedError",
    "Clock",
    "CompletionOptions",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "ConnectionLostError",
    "ContentPart",
    "CredentialsError",
    "DecodeError",
    "EnvToken",
    "ExpirationConfig",
    "ExpirationPolicy",
    "FunctionCall",
    "FunctionResult",
    "FunctionTool",
    "GPTModel",
    "GPTModelConfig",
    "GenSearchTool",
    "GenerativeSearchTool",
    "IAMToken",
    "LastMessagesPromptTruncationStrategy",
    "Message",
    "MessageStatus",
    "Messages",
    "Metadata",
    "Models",
    "NoAuth",
    "NotFoundError",
    "NotImplementedByGatewayError",
    "OAuthToken",
    "ParseError",
    "PartialMessage",
    "PermissionDeniedError",
    "PollTimeoutError",
    "PromptTruncationOptions",
    "RateLimitError",
    "ReadOnlyAssistant",
    "RequestTimeoutError",
    "ResponseFormat",
    "RetryPolicy",
    "Run",
    "RunData",
    "RunFailedError",
    "RunOptions",
    "RunResult",
    "RunStatus",
    "RunStreamEvent",
    "Runs",
    "RunsError",
    "SearchIndexTool",
    "ServerError",
    "ServiceAccountKey",
    "StreamCursor",
    "StreamEvent",
    "StreamInterruptedError",
    "Thread",
    "Threads",
    "TokenProvider",
    "TooManyRoundsError",
    "Tool",
    "ToolCall",
    "ToolError",
    "ToolLoop",
    "ToolResult",
    "Unset",
    "UnsupportedOperationError",
    "Usage",
    "__version__",
]

_NAMES = {
    "_unset": "UNSET Unset",
    "_arguments.runs": "RunOptions",
    "_assistant_fields": "AssistantVersion ReadOnlyAssistant",
    "_async.assistant": "AsyncAssistant",
    "_async.assistants": "AsyncAssistants",
    "_async.client": "AsyncClient",
    "_async.clock": "AsyncClock",
    "_async.messages": "AsyncMessages",
    "_async.run": "AsyncRun",
    "_async.runs": "AsyncRuns",
    "_async.thread": "AsyncThread",
    "_async.threads": "AsyncThreads",
    "_async.tool_loop": "AsyncToolLoop",
    "_sync.assistant": "Assistant",
    "_sync.assistants": "Assistants",
    "_sync.client": "Client",
    "_sync.clock": "Clock",
    "_sync.messages": "Messages",
    "_sync.run": "Run",
    "_sync.runs": "Runs",
    "_sync.thread": "Thread",
    "_sync.threads": "Threads",
    "_sync.tool_loop": "ToolLoop",
    "auth": "APIKey EnvToken IAMToken Metadata NoAuth OAuthToken ServiceAccountKey TokenProvider",
    "completions": "GPTModel GPTModelConfig Models",
    "errors": (
        "APIError AuthenticationError BadRequestError ClientClosedError ConfigurationError ConflictError "
        "ConnectionFailedError ConnectionLostError CredentialsError DecodeError NotFoundError "
        "NotImplementedByGatewayError ParseError PermissionDeniedError PollTimeoutError RateLimitError "
        "RequestTimeoutError RunFailedError RunsError ServerError StreamInterruptedError TooManyRoundsError "
        "ToolError UnsupportedOperationError"
    ),
    "models": (
        "Author AutoPromptTruncationStrategy Citation CompletionOptions ContentPart ExpirationConfig "
        "ExpirationPolicy FunctionCall FunctionResult FunctionTool GenSearchTool GenerativeSearchTool "
        "LastMessagesPromptTruncationStrategy Message MessageStatus PartialMessage PromptTruncationOptions "
        "ResponseFormat RunData RunResult RunStatus RunStreamEvent SearchIndexTool StreamCursor StreamEvent "
        "Tool ToolCall ToolResult Usage"
    ),
    "policy": "RetryPolicy",
}

# Type checkers see the names above; a __getattr__ would have them take any name for one.
if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(__name__, _NAMES)
