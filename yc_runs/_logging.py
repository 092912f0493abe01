"""Log lines on stderr, for programs that set up no logging of their own."""

from __future__ import annotations

import logging

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
DATE_FORMAT = "%Y-%m-%d %H:%M:%S"


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Known by its class, so that a second call replaces the handler instead of adding another."""


def log_to_stderr(level: str | int, line_format: str, date_format: str) -> None:
    """Write this package's lines from ``level`` on to stderr. Other loggers, the root's too, are left alone."""
    logger = logging.getLogger("yc_runs")
    handler = _Handler()
    handler.setFormatter(logging.Formatter(line_format, date_format))
    logger.setLevel(level)
    logger.handlers[:] = [*(one for one in logger.handlers if not isinstance(one, _Handler)), handler]
