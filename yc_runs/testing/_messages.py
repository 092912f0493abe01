"""The messages of the assistants dialect (``yandex.cloud.ai.assistants.v1``), as far as the gateway speaks them."""

from __future__ import annotations

from yc_runs.testing._schema import (
    BOOL,
    DOUBLE_VALUE,
    INT64,
    INT64_VALUE,
    LABELS,
    MASK,
    STRING,
    STRUCT,
    TIMESTAMP,
    choice,
    define,
    either,
    many,
    one,
)
from yc_runs.testing._search_index import EMPTY, EXPIRATION, SEARCH_INDEX, STORED

ERROR = define("Error", code=INT64, message=STRING)

TRUNCATION = define(
    "PromptTruncationOptions",
    max_prompt_tokens=INT64_VALUE,
    auto_strategy=either("strategy", EMPTY),
    last_messages_strategy=either("strategy", define("LastMessagesStrategy", num_messages=INT64)),
)
COMPLETION = define("CompletionOptions", max_tokens=INT64_VALUE, temperature=DOUBLE_VALUE)
RESPONSE_FORMAT = define(
    "ResponseFormat",
    json_object=either("format", BOOL),
    json_schema=either("format", define("JsonSchema", schema=STRUCT)),
)

_SEARCH_INDEX_TOOL = define(
    "SearchIndexTool",
    search_index_ids=many(STRING),
    max_num_results=INT64_VALUE,
    rephraser_options=one(define("RephraserOptions", rephraser_uri=STRING)),
    call_strategy=one(
        define(
            "CallStrategy",
            always_call=either("strategy", EMPTY),
            auto_call=either("strategy", define("AutoCall", name=STRING, instruction=STRING)),
        )
    ),
)
_DOCUMENTS = ("UNSPECIFIED", "PDF", "XLS", "ODS", "RTF", "PPT", "ODP", "SWF", "ODT", "ODG", "DOC")
_DOC_FORMAT = choice(*("DOC_FORMAT_" + name for name in _DOCUMENTS))
_GEN_SEARCH_OPTIONS = define(
    "GenSearchOptions",
    site=either("where", define("SiteOption", site=many(STRING))),
    host=either("where", define("HostOption", host=many(STRING))),
    url=either("where", define("UrlOption", url=many(STRING))),
    enable_nrfm_docs=BOOL,
    search_filters=many(
        define(
            "SearchFilter",
            date=either("filter", STRING),
            lang=either("filter", STRING),
            format=either("filter", _DOC_FORMAT),
        )
    ),
)
TOOL = define(
    "Tool",
    search_index=either("tool", _SEARCH_INDEX_TOOL),
    function=either("tool", define("FunctionTool", name=STRING, description=STRING, parameters=STRUCT)),
    gen_search=either("tool", define("GenSearchTool", options=one(_GEN_SEARCH_OPTIONS), description=STRING)),
)
TOOL_CALLS = define(
    "ToolCallList",
    tool_calls=many(
        define("ToolCall", function_call=either("call", define("FunctionCall", name=STRING, arguments=STRUCT)))
    ),
)
_FUNCTION_RESULT = define("FunctionResult", name=STRING, content=either("content", STRING))
TOOL_RESULTS = define(
    "ToolResultList",
    tool_results=many(define("ToolResult", function_result=either("result", _FUNCTION_RESULT))),
)

_AUTHOR = define("Author", id=STRING, role=STRING)
CONTENT = define(
    "MessageContent",
    content=many(define("ContentPart", text=either("part", define("Text", content=STRING)))),
)
_CHUNK = define(
    "FileChunk",
    search_index=one(SEARCH_INDEX),
    source_file=one(define("File", **STORED, mime_type=STRING)),
    content=one(CONTENT),
)
CITATION = define("Citation", sources=many(define("Source", chunk=either("source", _CHUNK))))
MESSAGE = define(
    "Message",
    id=STRING,
    thread_id=STRING,
    created_by=STRING,
    created_at=TIMESTAMP,
    author=one(_AUTHOR),
    labels=LABELS,
    content=one(CONTENT),
    status=choice("MESSAGE_STATUS_UNSPECIFIED", "COMPLETED", "TRUNCATED", "FILTERED_CONTENT"),
    citations=many(CITATION),
)
MESSAGE_DATA = define("MessageData", author=one(_AUTHOR), labels=LABELS, content=one(CONTENT))
CREATE_MESSAGE = define("CreateMessageRequest", thread_id=STRING, **MESSAGE_DATA.fields)
GET_MESSAGE = define("GetMessageRequest", thread_id=STRING)
LIST_MESSAGES = define("ListMessagesRequest", thread_id=STRING)

_PAGE = dict(page_size=INT64, page_token=STRING)  # noqa: C408
LIST = define("ListRequest", folder_id=STRING, **_PAGE)

THREAD = define("Thread", **STORED, default_message_author_id=STRING, tools=many(TOOL))
CREATE_THREAD = define(
    "CreateThreadRequest",
    folder_id=STRING,
    messages=many(MESSAGE_DATA),
    name=STRING,
    description=STRING,
    default_message_author_id=STRING,
    expiration_config=one(EXPIRATION),
    labels=LABELS,
    tools=many(TOOL),
)
UPDATE_THREAD = define(
    "UpdateThreadRequest",
    thread_id=STRING,
    update_mask=MASK,
    **CREATE_THREAD.without("folder_id", "messages", "default_message_author_id").fields,
)
LIST_THREADS = define("ListThreadsResponse", threads=many(THREAD), next_page_token=STRING)

CREATE_ASSISTANT = define(
    "CreateAssistantRequest",
    folder_id=STRING,
    name=STRING,
    description=STRING,
    expiration_config=one(EXPIRATION),
    labels=LABELS,
    model_uri=STRING,
    instruction=STRING,
    prompt_truncation_options=one(TRUNCATION),
    completion_options=one(COMPLETION),
    tools=many(TOOL),
    response_format=one(RESPONSE_FORMAT),
)
ASSISTANT = define("Assistant", **{**STORED, **CREATE_ASSISTANT.fields})
UPDATE_ASSISTANT = define(
    "UpdateAssistantRequest", assistant_id=STRING, update_mask=MASK, **CREATE_ASSISTANT.without("folder_id").fields
)
LIST_ASSISTANTS = define("ListAssistantsResponse", assistants=many(ASSISTANT), next_page_token=STRING)
LIST_VERSIONS = define("ListAssistantVersionsRequest", assistant_id=STRING, **_PAGE)
VERSIONS = define(
    "ListAssistantVersionsResponse",
    versions=many(define("AssistantVersion", id=STRING, update_mask=MASK, assistant=one(ASSISTANT))),
    next_page_token=STRING,
)

USAGE = define("ContentUsage", prompt_tokens=INT64, completion_tokens=INT64, total_tokens=INT64)
RUN_STATE = define(
    "RunState",
    status=choice("RUN_STATUS_UNSPECIFIED", "PENDING", "IN_PROGRESS", "FAILED", "COMPLETED", "TOOL_CALLS"),
    error=either("data", ERROR),
    completed_message=either("data", MESSAGE),
    tool_call_list=either("data", TOOL_CALLS),
)
_RUN_OPTIONS = dict(  # noqa: C408
    custom_prompt_truncation_options=one(TRUNCATION),
    custom_completion_options=one(COMPLETION),
    tools=many(TOOL),
    custom_response_format=one(RESPONSE_FORMAT),
)
RUN = define(
    "Run",
    id=STRING,
    assistant_id=STRING,
    thread_id=STRING,
    created_by=STRING,
    created_at=TIMESTAMP,
    labels=LABELS,
    state=one(RUN_STATE),
    usage=one(USAGE),
    **_RUN_OPTIONS,
)
CREATE_RUN = define(
    "CreateRunRequest",
    assistant_id=STRING,
    thread_id=STRING,
    labels=LABELS,
    additional_messages=many(MESSAGE_DATA),
    stream=BOOL,
    **_RUN_OPTIONS,
)
LAST_RUN = define("GetLastRunByThreadRequest", thread_id=STRING)
LIST_RUNS = define("ListRunsResponse", runs=many(RUN), next_page_token=STRING)
LISTEN = define("ListenRunRequest", run_id=STRING, events_start_idx=INT64_VALUE)
SUBMIT = define("SubmitToRunRequest", run_id=STRING, tool_result_list=either("event", TOOL_RESULTS))
STREAM_EVENT = define(
    "StreamEvent",
    event_type=choice("EVENT_TYPE_UNSPECIFIED", "PARTIAL_MESSAGE", "ERROR", "DONE", "TOOL_CALLS"),
    stream_cursor=one(define("StreamCursor", current_event_idx=INT64, num_user_events_received=INT64)),
    error=either("data", ERROR),
    partial_message=either("data", CONTENT),
    completed_message=either("data", MESSAGE),
    tool_call_list=either("data", TOOL_CALLS),
)
