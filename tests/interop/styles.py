"""The ways in which gateways write their answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How streams are framed, names spelt, and whether fields are printed that are not set."""

    framing: str
    spelling: str
    print_defaults: bool

    def __str__(self) -> str:
        return f"{self.framing}-{self.spelling}" + ("-defaults" if self.print_defaults else "")


def _styles(*framings: str) -> tuple[Style, ...]:
    return tuple(itertools.starmap(Style, itertools.product(framings, ("camel", "snake"), (False, True))))


ENVOY_STYLES = _styles("sse", "lines", "array")
LOCAL_STYLES = _styles("sse", "result-lines", "lines", "array")
