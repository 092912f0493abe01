"""Timestamps as protobuf's JSON mapping writes them, held as nanoseconds since 1970."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_SECOND = 1_000_000_000
DAY = 86_400 * _SECOND
"""A day in nanoseconds."""

_FORM = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|z|[+-]\d\d:\d\d)\Z", re.ASCII)


def format_timestamp(nanoseconds: int) -> str:
    """Write RFC 3339 in UTC with nine fraction digits."""
    seconds, fraction = divmod(nanoseconds, _SECOND)
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def parse_timestamp(text: str) -> int:
    """Read RFC 3339 with up to nine fraction digits. Raises ValueError."""
    match = _FORM.match(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 timestamp: {text!r}")
    day, clock, fraction, zone = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in 'Zz' else zone}")
    return int(moment.timestamp()) * _SECOND + int((fraction or "").ljust(9, "0"))
