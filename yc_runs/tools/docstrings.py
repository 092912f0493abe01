"""What a docstring says of a function and of its parameters. Pure.

Read are the two common ways to describe parameters: a section ``Args:`` (``Arguments:``, ``Parameters:``) of indented
``name: text`` or ``name (type): text``, and ``:param name: text`` or ``:param type name: text``.
"""

from __future__ import annotations

import inspect
import re

_SECTION = re.compile(
    r"(?:args|arguments|parameters|params|keyword args|attributes|returns?|yields?|raises|examples?|notes?|see also)"
    r":\s*",
    re.IGNORECASE,
)
_ARGUMENTS = re.compile(r"(?:args|arguments|parameters|params|keyword args):\s*", re.IGNORECASE)
_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_FIELD = re.compile(r":(?:param|parameter|arg|argument)\s+(?:[^:]*\s)?(\w+)\s*:\s*(.*)")
_ANY_FIELD = re.compile(r":\w+[^:]*:")


def summary(docstring: str | None) -> str:
    """The text before the first section or field, its lines as they are."""
    lines: list[str] = []
    for line in _lines(docstring):
        if _SECTION.fullmatch(line.strip()) or _ANY_FIELD.match(line):
            break
        lines.append(line)
    return "\n".join(lines).strip()


def parameter_texts(docstring: str | None) -> dict[str, str]:
    """The description of each parameter that is described, in one line."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    margin: int | None = None
    is_section = False
    for line in _lines(docstring):
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if match := _FIELD.match(text):
            current, margin, is_section = found.setdefault(match[1], [match[2]]), indent, False
        elif text and indent == 0:
            current, margin, is_section = None, None, bool(_ARGUMENTS.fullmatch(text))
        elif is_section and text and (margin is None or indent <= margin):
            margin, match = indent, _ENTRY.fullmatch(text)
            current = found.setdefault(match[1], [match[2]]) if match else None
        elif current is not None:
            current.append(text)
    return {name: text for name, parts in found.items() if (text := " ".join(part for part in parts if part))}


def _lines(docstring: str | None) -> list[str]:
    return inspect.cleandoc(docstring).split("\n") if docstring else []
