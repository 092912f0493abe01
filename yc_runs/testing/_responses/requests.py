"""What the calls take, as models that check it. Shorter spellings are read as their full forms."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

HOSTED_TOOLS = ("file_search", "web_search", "mcp", "code_interpreter")
"""The tools that run at the service. No script knows of them."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Echoed(BaseModel):
    """What clients give back as they got it, with members that mean nothing here."""

    model_config = ConfigDict(extra="ignore", strict=True)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return text


def _parts(content: object) -> object:
    return [{"type": "input_text", "text": content}] if isinstance(content, str) else content


def _items(value: object) -> object:
    # An empty text is no message; with a conversation that is allowed.
    if isinstance(value, str):
        return [{"role": "user", "content": value}] if value else []
    return value


def _with_id(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


def _kind(value: Any) -> str | None:
    kind = value.get("type", "message") if isinstance(value, dict) else getattr(value, "type", None)
    return "hosted" if kind in HOSTED_TOOLS else kind


NotBlank = Annotated[str, AfterValidator(_not_blank)]
Name = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,64}$")]


class TextPart(_Echoed):
    """A piece of text."""

    type: Literal["input_text", "output_text"]
    text: NotBlank


Content = Annotated[list[TextPart], BeforeValidator(_parts), Field(min_length=1)]


class InputMessage(_Echoed):
    """A message."""

    type: Literal["message"] = "message"
    role: Literal["user", "assistant", "system", "developer"]
    content: Content


class InputCall(_Echoed):
    """A function call of an earlier response."""

    type: Literal["function_call"]
    call_id: NotBlank
    name: Name
    arguments: str


class InputOutput(_Echoed):
    """What a function gave."""

    type: Literal["function_call_output"]
    call_id: NotBlank
    output: Content


InputItem: TypeAlias = Annotated[
    Annotated[InputMessage, Tag("message")]
    | Annotated[InputCall, Tag("function_call")]
    | Annotated[InputOutput, Tag("function_call_output")],
    Discriminator(_kind),
]


class Function(_Model):
    """A function that the model may call."""

    type: Literal["function"]
    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class HostedTool(BaseModel):
    """A tool of the service, with whatever it needs."""

    model_config = ConfigDict(extra="allow")

    type: Literal["file_search", "web_search", "mcp", "code_interpreter"]


Tool: TypeAlias = Annotated[
    Annotated[Function, Tag("function")] | Annotated[HostedTool, Tag("hosted")], Discriminator(_kind)
]


class Format(_Model):
    """What the answer's text shall be."""

    type: Literal["text", "json_object", "json_schema"]
    name: Name | None = None
    json_schema: dict[str, Any] | None = Field(None, alias="schema")
    description: str | None = None
    strict: bool | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Format:
        if self.type == "json_schema" and (self.name is None or self.json_schema is None):
            raise PydanticCustomError("incomplete", "a json_schema format needs a name and a schema")
        return self


class Text(_Model):
    """What is asked of the answer's text."""

    format: Format | None = None
    verbosity: str | None = None


class Reference(_Echoed):
    """Another object, by its id."""

    id: NotBlank


class CreateResponse(_Model):
    """The body of POST /v1/responses."""

    model: NotBlank | None = None
    prompt: Reference | None = None
    input: Annotated[list[InputItem], BeforeValidator(_items)] | None = None
    instructions: str | None = None
    tools: list[Tool] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    max_tool_calls: int | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = None
    top_logprobs: int | None = None
    max_output_tokens: int | None = Field(None, ge=1)
    reasoning: dict[str, Any] | None = None
    text: Text | None = None
    previous_response_id: NotBlank | None = None
    conversation: Annotated[Reference, BeforeValidator(_with_id)] | None = None
    store: bool | None = None
    background: bool | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    user: str | None = None
    # What OpenAI takes and this service's documentation says it does not.
    metadata: None = None
    truncation: None = None
    include: None = None
    service_tier: None = None
    prompt_cache_key: None = None
    safety_identifier: None = None


class CreateConversation(_Model):
    """The body of POST /v1/conversations."""

    items: list[InputItem] | None = None
    metadata: dict[str, str] | None = None


class CreateItems(_Model):
    """The body of POST /v1/conversations/{id}/items."""

    items: list[InputItem] = Field(min_length=1)
