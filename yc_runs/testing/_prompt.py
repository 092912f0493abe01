"""Counts tokens and cuts the prompt, as the service does with its own tokenizer. Here a token is a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yc_runs.testing._schema import Record
from yc_runs.testing.script import Fail, Message


@dataclass(frozen=True)
class Usage:
    """Tokens used by a run so far."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def plus(self, prompt_tokens: int, completion_tokens: int) -> Usage:
        """Add what one more round used."""
        return Usage(self.prompt_tokens + prompt_tokens, self.completion_tokens + completion_tokens)

    def record(self) -> Record:
        """Give the ContentUsage message."""
        total = self.prompt_tokens + self.completion_tokens
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": total,
        }


def count_tokens(text: str) -> int:
    """Count the words of a text; one that has none still costs a token."""
    return max(1, len(text.split()))


def truncate(messages: Sequence[Message], options: Record) -> tuple[Message, ...] | Fail:
    """Cut a thread to what the PromptTruncationOptions allow, dropping the oldest messages first.

    Gives a failure where not even the newest message fits. Its code is 0, as it was seen at the service.
    """
    limit = options.get("max_prompt_tokens")
    newest = options.get("last_messages_strategy", {}).get("num_messages", 0)
    kept = list(messages[-newest:] if newest > 0 else messages)
    if limit is None:
        return tuple(kept)
    while kept and sum(count_tokens(message.text) for message in kept) > limit:
        kept.pop(0)
    if messages and not kept:
        return Fail(f"the newest message does not fit into the prompt's limit of {limit} tokens", code=0)
    return tuple(kept)
