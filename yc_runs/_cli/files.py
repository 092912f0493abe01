"""Secrets come from files, never from the command line, where other users of the machine could read them."""

from __future__ import annotations

from pathlib import Path

from yc_runs.errors import ConfigurationError


def read_secret(path: str) -> str:
    """The text of a file without the white space around it. Raises ``ConfigurationError``."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise ConfigurationError(f"cannot read {path}: it is not text") from None
    if not text:
        raise ConfigurationError(f"{path} is empty")
    return text
