"""What is new in each event of one listen. Pure.

PARTIAL_MESSAGE and DONE carry the whole text so far. What is new is the rest after the text told before; and where the
text told before is no longer its beginning, the model has rewritten it, and all of it is new. Told in one sentence:
whoever prints every delta, and starts afresh at a rewrite, has printed the message.

- The first text of a listen is new as a whole, wherever the listen began.
- DONE brings what no partial text told: nothing where one had the whole text, all of it where there was none.
- White space that only disappears from the end of the text is no rewrite.
- A text after TOOL_CALLS that does not go on from the one before is another message, and no rewrite.
"""

from __future__ import annotations

from yc_runs.models import RunStreamEvent, StreamEvent


class Deltas:
    """Marks the events of one listen, in their order."""

    def __init__(self) -> None:
        self._told = ""
        self._may_begin_anew = True

    def mark(self, event: RunStreamEvent) -> None:
        """Set ``event.delta`` and ``event.is_rewrite``."""
        if event.event_type == StreamEvent.TOOL_CALLS:
            self._may_begin_anew = True
        text = None if event.is_failed else event.text
        if text is None:
            event.set_delta("", is_rewrite=False)
        elif text.startswith(self._told):
            event.set_delta(text[len(self._told) :], is_rewrite=False)
            self._tell(text)
        elif self._told.startswith(text) and not self._told[len(text) :].strip():
            event.set_delta("", is_rewrite=False)
        else:
            event.set_delta(text, is_rewrite=not self._may_begin_anew)
            self._tell(text)

    def _tell(self, text: str) -> None:
        self._told = text
        self._may_begin_anew = False
