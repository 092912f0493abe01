"""The exception tree is as drawn, and every error survives pickling and copying."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import subprocess
import sys
from typing import Any

import pytest

from yc_runs import errors
from yc_runs.models import RunStatus

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.RunsError)]


def drawn() -> dict[str, tuple[str | None, str | None]]:
    """Name -> (parent, built-in parent), read off the tree in the docstring."""
    tree: dict[str, tuple[str | None, str | None]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"((?:│ )*(?:[├└] )?)([A-Z]\w*Error)\b(?: \((\w+)\))?", line)
        if match and not line.startswith("Every"):
            depth = len(match[1]) // 2
            path[depth:] = [match[2]]
            tree[match[2]] = (path[depth - 1] if depth else None, match[3])
    return tree


def real() -> dict[str, tuple[str | None, str | None]]:
    tree: dict[str, tuple[str | None, str | None]] = {}
    for kind in KINDS:
        parent, *builtin = (base.__name__ for base in kind.__bases__)
        tree[kind.__name__] = (None if parent == "Exception" else parent, builtin[0] if builtin else None)
    return tree


def test_the_tree_in_the_docstring_is_the_real_one() -> None:
    assert drawn() == real()
    assert len(drawn()) >= 20


ATTRIBUTES: dict[type, dict[str, Any]] = {
    errors.CredentialsError: {"retryable": True},
    errors.RequestTimeoutError: {"phase": "read", "maybe_applied": True},
    errors.DecodeError: {"excerpt": "<html>", "request_id": "q", "maybe_applied": True},
    errors.StreamInterruptedError: {"run_id": "r", "next_event_idx": 7},
    errors.PollTimeoutError: {"run_id": "r", "status": RunStatus("BRAND_NEW")},
}
API = {
    "status": 503,
    "code": 14,
    "message": "m",
    "details": ({"a": [1]},),
    "request_id": "q",
    "client_request_id": "c",
    "trace_id": "t",
    "retry_after": 1.5,
    "maybe_applied": True,
}


def sample(kind: type[errors.RunsError]) -> tuple[errors.RunsError, dict[str, Any]]:
    values = API if issubclass(kind, errors.APIError) else ATTRIBUTES.get(kind, {})
    return kind("what happened", **values), values


CLONES = {
    "pickle": lambda error: pickle.loads(pickle.dumps(error)),
    "old pickle": lambda error: pickle.loads(pickle.dumps(error, 0)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("clone", CLONES.values(), ids=CLONES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_error_can_be_cloned(kind: type[errors.RunsError], clone: Any) -> None:
    error, values = sample(kind)
    twin = clone(error)
    assert type(twin) is kind
    assert (str(twin), twin.args) == ("what happened", ("what happened",))
    assert vars(twin) == vars(error)
    for name, value in values.items():
        assert getattr(twin, name) == value


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_names_the_public_module_in_tracebacks_and_pickles(kind: type[errors.RunsError]) -> None:
    assert kind.__module__ == "yc_runs.errors"
    assert kind.__name__ in errors.__all__


def test_a_pickled_error_is_read_by_a_program_that_has_not_used_its_kind() -> None:
    pickled = pickle.dumps(errors.ToolError("what happened", tool="weather"))
    code = f"import pickle; error = pickle.loads({pickled!r}); print(type(error).__name__, error.tool, error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "ToolError weather what happened\n"


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_needs_no_more_than_words(kind: type[errors.RunsError]) -> None:
    error = kind("words")
    assert str(error) == "words"
    assert error.maybe_applied is False


def test_a_status_that_is_unknown_keeps_its_raw_value_in_a_pickle() -> None:
    twin = pickle.loads(pickle.dumps(errors.PollTimeoutError("m", status=RunStatus("NEW"))))
    assert twin.status.raw == "NEW"


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_it_means(kind: type[errors.RunsError]) -> None:
    assert (kind.__doc__ or "").strip().endswith(".")


def test_errors_can_be_imported_without_httpx_and_pydantic() -> None:
    code = (
        "import sys, yc_runs.errors\nfrom yc_runs import NotFoundError, APIError\n"
        "print(sorted({'httpx', 'pydantic', 'tenacity', 'asyncio', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
