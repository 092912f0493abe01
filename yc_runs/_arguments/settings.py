"""What a caller may pass to set up a thread or an assistant, or to change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from yc_runs._arguments.checks import check_labels, number, whole
from yc_runs._arguments.options import response_format, truncation_strategy
from yc_runs._arguments.tools import tool_list
from yc_runs._unset import UNSET
from yc_runs.models import ExpirationPolicy, ObjectSettings

ExpirationPolicyLike = ExpirationPolicy | str | int
"""A member of the enum, ``"static"`` or ``"since_last_active"`` in any case, 1 or 2."""

S = TypeVar("S", bound=ObjectSettings)


def new_settings(kind: type[S], **values: object) -> S:
    """The settings of a new object; what is None is not set.

    Raises ``TypeError`` or ``ValueError`` for wrong values, and where only one of ``ttl_days`` and
    ``expiration_policy`` is given.
    """
    given = {name: value for name, value in values.items() if value is not None}
    if ("ttl_days" in given) != ("expiration_policy" in given):
        raise ValueError("ttl_days and expiration_policy go together: give both or neither")
    return changes(kind, **given)


def changes(kind: type[S], **values: object) -> S:
    """The settings that are to be changed; what is UNSET stays, what is None is set back to nothing.

    Raises ``TypeError`` or ``ValueError`` for wrong values.
    """
    return kind(**{name: _checked(name, value) for name, value in values.items() if value is not UNSET})


def expiration_policy(value: ExpirationPolicyLike) -> ExpirationPolicy:
    """The policy that a value stands for. Raises ``TypeError`` or ``ValueError`` where it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError(f"expiration_policy: expected a name, 1 or 2, got {type(value).__name__}")
    policy = ExpirationPolicy.read(value.strip().upper() if isinstance(value, str) else int(value))
    if policy not in (ExpirationPolicy.STATIC, ExpirationPolicy.SINCE_LAST_ACTIVE):
        raise ValueError(f"expiration_policy: {value!r:.100} is neither 'static' (1) nor 'since_last_active' (2)")
    return policy


def _checked(name: str, value: Any) -> Any:
    return None if value is None else _CHECKS[name](value)


def _text(name: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
        return value

    return check


_CHECKS: dict[str, Callable[[Any], object]] = {
    "name": _text("name"),
    "description": _text("description"),
    "labels": check_labels,
    "ttl_days": lambda value: whole("ttl_days", value, least=1),
    "expiration_policy": expiration_policy,
    "tools": tool_list,
    "default_message_author_id": _text("default_message_author_id"),
    "model_uri": _text("model"),
    "instruction": _text("instruction"),
    "temperature": lambda value: number("temperature", value),
    "max_tokens": lambda value: whole("max_tokens", value),
    "max_prompt_tokens": lambda value: whole("max_prompt_tokens", value),
    "prompt_truncation_strategy": truncation_strategy,
    "response_format": response_format,
}
