"""Reads the code blocks and tables of a Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


@dataclass(frozen=True)
class Block:
    """A fenced code block. ``output`` is the ``text`` block after it, with neither a block nor a heading between."""

    language: str
    code: str
    line: int
    output: str | None


def blocks(text: str) -> list[Block]:
    """All fenced blocks, in order; ``line`` is that of the block's first line of code, from 1."""
    found = list(re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    return [
        Block(match[1], match[2], text.count("\n", 0, match.start(2)) + 1, _output(text, match, after))
        for match, after in zip(found, [*found[1:], None], strict=True)
    ]


def _output(text: str, block: re.Match[str], after: re.Match[str] | None) -> str | None:
    if after is None or after[1] != "text" or "\n#" in text[block.end() : after.start()]:
        return None
    return after[2]


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first column is headed ``heading``, without back quotes."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return rows
