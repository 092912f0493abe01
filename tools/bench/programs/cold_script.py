"""What a user would write by hand for it: httpx, and pydantic models of what is asked for.

Prints its answer, and the CPU seconds until then.
"""

import sys
import time
from datetime import datetime

import httpx
from pydantic import BaseModel


class Text(BaseModel):
    content: str = ""


class Part(BaseModel):
    text: Text | None = None


class Content(BaseModel):
    content: list[Part] = []


class Author(BaseModel):
    id: str = ""
    role: str = ""


class Message(BaseModel):
    id: str
    author: Author | None = None
    content: Content | None = None
    status: str = ""


class Error(BaseModel):
    code: int = 0
    message: str = ""


class State(BaseModel):
    status: str = ""
    error: Error | None = None
    completedMessage: Message | None = None


class Usage(BaseModel):
    promptTokens: int = 0
    completionTokens: int = 0
    totalTokens: int = 0


class Run(BaseModel):
    id: str
    assistantId: str
    threadId: str
    createdBy: str = ""
    createdAt: datetime | None = None
    labels: dict[str, str] = {}
    state: State | None = None
    usage: Usage | None = None


with httpx.Client(base_url=sys.argv[1], headers={"authorization": "Api-Key a-key"}) as client:
    run = Run.model_validate_json(client.get("/assistants/v1/runs/done").raise_for_status().content)
    print(run.state.completedMessage.content.content[0].text.content, time.process_time(), flush=True)
