"""What the README says of commands, errors, defaults and names is what the package has."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

import yc_runs
from tests.docs.markdown import README, blocks, table
from yc_runs import AsyncClient, errors
from yc_runs._cli.parser import make_parser
from yc_runs._polling import PollPolicy
from yc_runs.policy import RetryPolicy
from yc_runs.testing import CutStream, LocalGateway
from yc_runs.tools import Tools

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent
SHELL = [line for block in blocks(TEXT) if block.language == "sh" for line in block.code.splitlines()]
OWNERS: dict[str, type] = {
    "client": AsyncClient,
    "client.assistants": yc_runs.AsyncAssistants,
    "client.messages": yc_runs.AsyncMessages,
    "client.models": yc_runs.Models,
    "client.runs": yc_runs.AsyncRuns,
    "client.threads": yc_runs.AsyncThreads,
    "client.tools": Tools,
    "assistant": yc_runs.AsyncAssistant,
    "result": yc_runs.RunResult,
    "run": yc_runs.AsyncRun,
    "thread": yc_runs.AsyncThread,
}
TREE = next(block.code for block in blocks(TEXT) if block.code.startswith("RunsError"))


def commands(start: str) -> list[list[str]]:
    found = [shlex.split(line)[len(start.split()) :] for line in SHELL if line.startswith(f"{start} ")]
    assert found
    return found


def test_test_command_is_in_the_block_after_its_marker() -> None:
    match = re.search(r"^<!-- test-command -->\n```sh\n(.*)\n```$", TEXT, re.MULTILINE)
    assert match is not None
    assert match[1] == "make test"


@pytest.mark.parametrize("arguments", commands("make"), ids=shlex.join)
def test_make_knows_the_targets(arguments: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE) for target in arguments)


@pytest.mark.parametrize("arguments", commands("python -m yc_runs"), ids=shlex.join)
def test_command_line_is_understood(arguments: list[str]) -> None:
    assert callable(make_parser().parse_args(arguments).carry_out)


def test_extras_exist() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for row in table(TEXT, "Extra"):
        assert re.search(rf"^{row[0]} = \[", project, re.MULTILINE), row
        assert row[2] == f"pip install '.[{row[0]}]'"


def test_error_tree_is_complete_and_in_shape() -> None:
    found = [(len(match[1]), match[2]) for match in re.finditer(r"^([├│└ ]*)(\w+)", TREE, re.MULTILINE)]
    names = [name for _, name in found]
    assert names == re.findall(r"^[├│└ ]*(\w+Error)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(names) == errors.__all__
    for depth, name in found[1:]:
        parent = {2: errors.RunsError, 4: errors.APIError}[depth]
        assert parent in getattr(errors, name).__bases__, name


def test_error_tree_names_the_built_in_bases() -> None:
    for name, base in re.findall(r"(\w+Error) \((\w+)\)", TREE):
        assert base in [parent.__name__ for parent in getattr(errors, name).__bases__]


def test_retry_defaults_are_those_of_the_policy() -> None:
    defaults = {field.name: str(field.default) for field in dataclasses.fields(RetryPolicy)}
    assert {row[0]: row[1] for row in table(TEXT, "`RetryPolicy`")} == defaults


@pytest.mark.parametrize(
    ("limit", "kind", "method", "parameter"),
    [
        ("timeout of the client", yc_runs.AsyncClient, "__init__", "timeout"),
        ("timeout of run_tools", yc_runs.AsyncRun, "run_tools", "timeout"),
        ("idle_timeout of listen", yc_runs.AsyncRun, "listen", "idle_timeout"),
        ("poll_timeout of wait", PollPolicy, "__init__", "timeout"),
        ("poll_interval of wait", PollPolicy, "__init__", "interval"),
        ("connect_timeout of the client", yc_runs.AsyncClient, "__init__", "connect_timeout"),
    ],
)
def test_time_limits_are_the_defaults(limit: str, kind: type, method: str, parameter: str) -> None:
    (row,) = [row for row in table(TEXT, "Limit") if row[0] == limit]
    assert float(row[1]) == inspect.signature(getattr(kind, method)).parameters[parameter].default


def test_gateway_settings_exist() -> None:
    parameters = inspect.signature(LocalGateway).parameters
    for row in table(TEXT, "Setting"):
        assert set(row[0].split(", ")) <= parameters.keys(), row


def test_faults_of_the_table_exist_and_take_what_it_says() -> None:
    kinds = vars(type(LocalGateway().faults))
    for row in table(TEXT, "Fault"):
        for name, arguments in re.findall(r"(\w+)\((.*?)\)", row[0]):
            parameters = inspect.signature(kinds[name]).parameters
            assert set(re.findall(r"\b([a-z_]+)=", arguments)) <= parameters.keys(), row


def test_ways_to_break_a_stream_are_all_that_there_are() -> None:
    for row in table(TEXT, "`how`"):
        assert CutStream(how=row[0])
    with pytest.raises(ValueError, match="how"):
        CutStream(how="gently")  # type: ignore[arg-type]


def named_calls(cell: str) -> list[tuple[Callable[..., Any], str]]:
    """The calls that a table's cell names: each as the function it is, and what stands between its parentheses."""
    found = re.findall(r"((?:client\.)?\w+)\.(\w+)\(((?:[^()]|\(\))*)\)", cell)
    return [(vars(OWNERS[owner])[method], arguments) for owner, method, arguments in found]


def test_calls_of_the_overview_have_these_parameters() -> None:
    calls = [row[0] for row in table(TEXT, "Call")]
    for call in calls[1:]:
        named = named_calls(call)
        assert named, call
        for function, arguments in named:
            parameters = inspect.signature(function).parameters
            for argument in filter(None, arguments.replace("=…", "").replace("…", "").split(", ")):
                name, _, default = argument.partition("=")
                given = parameters["tool_results" if name == "results" else name]
                assert not default or given.default in (None, ast.literal_eval(default)), call
    names = re.search(r"\((.*), …\)", calls[0])
    assert names is not None
    assert set(names[1].split(", ")) <= inspect.signature(yc_runs.AsyncClient).parameters.keys()


def test_overview_has_every_call() -> None:
    told = {function for row in table(TEXT, "Call") for function, _ in named_calls(row[0])}
    for prefix in (
        "client.assistants",
        "client.messages",
        "client.runs",
        "client.threads",
        "assistant",
        "run",
        "thread",
    ):
        for name, value in vars(OWNERS[prefix]).items():
            if inspect.isfunction(value) and not name.startswith("_"):
                assert value in told, f"{prefix}.{name}"


def test_calls_of_the_migration_table_exist() -> None:
    rows = table(TEXT, "In the SDK")
    assert len(rows) > 25
    for row in rows:
        assert len(row) == 3
        assert (
            row[1] == "none"
            or named_calls(row[1])
            or all(hasattr(yc_runs, name) for name in re.findall(r"\b[A-Z]\w+", row[1]))
        ), row


def test_defaults_of_run_tools_are_those_of_the_table() -> None:
    parameters = inspect.signature(yc_runs.AsyncRun.run_tools).parameters
    rows = {row[0]: ast.literal_eval(row[1]) for row in table(TEXT, "Argument of `run_tools`")}
    assert rows == {name: parameters[name].default for name in parameters if name in rows}
    assert parameters.keys() - rows.keys() == {"self", "tools", "poll_interval"}


def test_names_in_the_sign_in_table_are_exported() -> None:
    names = {name for row in table(TEXT, "`auth=`") for name in re.findall(r"\b([A-Z]\w+)\(", row[0])}
    assert names == {
        *("APIKey", "IAMToken", "OAuthToken", "ServiceAccountKey", "Metadata"),
        *("EnvToken", "TokenProvider", "NoAuth"),
    }
    assert names <= set(yc_runs.__all__)


def test_links_within_the_page_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= anchors
