"""What the demo asks, the functions it offers, and what the assistant of the embedded gateway says."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from yc_runs.testing import FunctionTool, Message, RunContext

INSTRUCTION = "Answer in at most two sentences."
RIVER = "How does a river begin?"
WEATHER = "What is the weather in Omsk, and what time is it there? Call get_weather and local_time."
LAKE = "Which is the deepest lake of Siberia?"
FISH = "Name a fish that lives there."

_ANSWERS = {
    RIVER: (
        "A river begins where water gathers faster than the ground can take it in: at a spring, a melting glacier "
        "or a marsh. From there it follows the slope, and every stream that joins it makes it wider."
    ),
    FISH: "The omul, a fish of the salmon family.",
}


class Lake(BaseModel):
    """A lake."""

    name: str
    depth: int = Field(description="Its greatest depth in metres")


def get_weather(city: str) -> dict[str, object]:
    """The weather in a city just now."""
    return {"city": city, "temperature": -12, "sky": "clear"}


def local_time(city: str) -> str:
    """The time in a city, in hours and minutes."""
    return "21:40"


def script(messages: Sequence[Message], tools: Sequence[FunctionTool], context: RunContext) -> Generator[Any, Any, str]:
    """The assistant of the embedded gateway: calls the functions it is offered, else answers what it knows."""
    from yc_runs.testing import FunctionCall, ToolCalls

    if tools:
        results = yield ToolCalls([FunctionCall(tool.name, {"city": "Omsk"}) for tool in tools])
        text = _weather_report({result.name: result.content for result in results})
    elif context.json_schema is not None:
        text = json.dumps({"name": "Baikal", "depth": 1642})
    else:
        text = _ANSWERS.get(messages[-1].text, messages[-1].text)
    words = text.split(" ")
    for count in range(2, len(words), 2):
        yield " ".join(words[:count])
    yield text
    return text


def _weather_report(told: dict[str, str]) -> str:
    weather = json.loads(told["get_weather"])
    return f"It is {told['local_time']} in Omsk, {weather['temperature']} degrees, and the sky is {weather['sky']}."
