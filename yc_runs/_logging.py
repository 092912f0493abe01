"""Log lines on stderr, for programs that set up no logging of their own."""

from __future__ import annotations

import logging

from yc_runs._arguments.checks import text

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
DATE_FORMAT = "%Y-%m-%d %H:%M:%S"


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Known by its class, so that a second call replaces the handler instead of adding another."""


def log_to_stderr(level: str | int, line_format: str, date_format: str) -> None:
    """Write this package's lines from ``level`` on to stderr. Other loggers, the root's too, are left alone.

    Raises ``TypeError`` or ``ValueError`` for what is no level or no format, and changes nothing then.
    """
    level = _level(level)
    for name, value in (("log_format", line_format), ("date_format", date_format)):
        text(name, value)
    logger = logging.getLogger("yc_runs")
    handler = _Handler()
    handler.setFormatter(logging.Formatter(line_format, date_format))
    logger.setLevel(level)
    logger.handlers[:] = [*(one for one in logger.handlers if not isinstance(one, _Handler)), handler]


def _level(level: str | int) -> int:
    if isinstance(level, bool) or not isinstance(level, (str, int)):
        raise TypeError(f"log_level: expected a name such as 'DEBUG', or a number, got {type(level).__name__}")
    number = logging.getLevelName(level.upper()) if isinstance(level, str) else level
    if not isinstance(number, int):
        raise ValueError(f"log_level: {level!r:.100} is no level; there are DEBUG, INFO, WARNING, ERROR and CRITICAL")
    return number
