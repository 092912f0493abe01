"""The table: what was measured, what it was to reach, and whether it did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Pair = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One line. ``is_met`` is None for a figure that has no goal."""

    what: str
    against: str
    measured: str
    goal: str = ""
    is_met: bool | None = None


def ratio(pairs: Iterable[Pair]) -> float:
    """The median of what the first of each pair is of the second."""
    return median(ours / theirs for ours, theirs in pairs)


def at_most(what: str, against: str, found: float, goal: float, note: str = "") -> Row:
    """A line for a ratio that must not be above the goal."""
    return Row(what, against, f"{found:.2f}{f' ({note})' if note else ''}", f"<= {goal:g}", found <= goal)


def render(rows: Sequence[Row]) -> str:
    """The lines as a Markdown table."""
    verdict = {True: "met", False: "MISSED", None: ""}
    lines = [("what", "against", "measured", "goal", "")]
    lines += [(row.what, row.against, row.measured, row.goal, verdict[row.is_met]) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    lines.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
