"""What the Responses API has no equivalent for, said before anything is sent."""

from __future__ import annotations

from yc_runs.errors import UnsupportedOperationError


def unsupported(call: str, advice: str) -> UnsupportedOperationError:
    """The error for a call, or an argument of one, that cannot be carried out. ``advice`` tells what to do instead."""
    return UnsupportedOperationError(
        f"{call}: the Responses API (dialect 'responses') has nothing like it. {advice} Nothing was sent."
    )


def refuse_given(call: str, advice: str, **arguments: object) -> None:
    """Raise ``UnsupportedOperationError`` for the first argument that is not None, empty or unset."""
    for name, value in arguments.items():
        if value:
            raise unsupported(f"{call} with {name}", advice)
