"""What the demo writes: headings, lines, and a text that grows in place on a terminal and line by line elsewhere."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TextIO

from yc_runs.models import RunStreamEvent, ToolCall

INDENT = "   "


class Screen:
    """Writes to ``out``. On a terminal headings are bold, and texts grow in place."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.is_live = out.isatty() and os.environ.get("TERM") != "dumb"
        self._has_bold = self.is_live and os.name != "nt" and not os.environ.get("NO_COLOR")

    def heading(self, text: str, code: str = "") -> None:
        """A heading after an empty line, and under it the code that is being shown."""
        self.write(f"\n\x1b[1m{text}\x1b[0m\n" if self._has_bold else f"\n{text}\n")
        if code:
            self.line(f"{code}\n")

    def line(self, text: str) -> None:
        """An indented line, or several. What it quotes of a gateway's words must be ``clean``."""
        self.write("\n".join(f"{INDENT}{line}".rstrip() for line in text.split("\n")) + "\n")

    def fact(self, name: str, value: object) -> None:
        """A name and a value; the value may be anything a gateway said."""
        self.line(f"{name:<10}{clean(str(value))}".replace("\n", "\n" + " " * 10))

    def write(self, text: str) -> None:
        """The text as it is, at once."""
        self._out.write(text)
        self._out.flush()


class EventView:
    """Shows the events of one run as they come."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._shown = ""
        self._counts: Counter[str] = Counter()
        self.last: RunStreamEvent | None = None

    def see(self, event: RunStreamEvent) -> None:
        """Show one event."""
        self.last = event
        self._counts[str(event.status)] += 1
        text = "" if event.is_failed else clean(event.text or "")
        if self._screen.is_live:
            self._grow(text)
        else:
            self._screen.line(f"{event.index:>3}  {event.status!s:<16} {self._news(text)}".rstrip())
        self._shown = text or self._shown
        if event.tool_calls:
            self._show_calls(event.tool_calls)

    def end(self) -> None:
        """Close the text, and count the events."""
        if self._shown and self._screen.is_live:
            self._screen.write("\n")
        self._screen.fact("events", ", ".join(f"{count} {kind}" for kind, count in self._counts.items()) or "none")

    def _show_calls(self, calls: Sequence[ToolCall]) -> None:
        """Each call on a line of its own; a text that follows is another one."""
        if self._shown and self._screen.is_live:
            self._screen.write("\n")
        self._shown = ""
        for call in calls:
            function = call.function
            self._screen.fact("call", f"{function.name}({function.arguments})" if function else "of an unknown kind")

    def _news(self, text: str) -> str:
        """What a partial text has added, or all of a text that was written anew."""
        if not text.startswith(self._shown):
            return text
        added = text[len(self._shown) :]
        return f"…{added}" if added and self._shown else added

    def _grow(self, text: str) -> None:
        if not text or text == self._shown:
            return
        is_more = text.startswith(self._shown)
        # A text that was written anew begins on a line of its own; what has scrolled away cannot be taken back.
        start = "" if is_more and self._shown else INDENT if is_more else f"\n{INDENT}"
        added = text[len(self._shown) :] if is_more else text
        self._screen.write(start + added.replace("\n", f"\n{INDENT}"))


def clean(text: str) -> str:
    """A text from outside, without the control characters that would move a terminal's cursor or worse."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_control(character) else character for character in text)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\n\t"
