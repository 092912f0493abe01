from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from yc_runs import Client, NoAuth
from yc_runs._cli import demo, questions
from yc_runs._cli.main import main
from yc_runs.testing import Fail, FunctionCall, LocalGateway, ToolCalls

TITLES = (
    "1. An assistant, a thread and a message",
    "2. A streaming run",
    "3. Two tools, which are Python functions",
    "4. A wait, and a structured answer",
    "5. A list",
    "6. Failures",
    "7. The same without async",
    "8. Clean-up",
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("YC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def gateway() -> LocalGateway:
    return LocalGateway(api_key="the-key", scripts={"yandexgpt": questions.script})


@pytest.fixture
def there(gateway: LocalGateway) -> Iterator[list[str]]:
    """The arguments that lead to ``gateway``, without credentials."""
    with gateway.serve() as url:
        yield ["demo", "--base-url", url, "--folder-id", "local-folder"]


def leftovers(gateway: LocalGateway) -> list[str]:
    """The ids of what a demo has made and not deleted."""
    gateway.api_key = None
    with (
        gateway.serve() as url,
        Client(base_url=url, folder_id="local-folder", auth=NoAuth()) as client,
    ):
        made = [one.id for one in client.assistants.list() if one.id.startswith("ast")]
        return made + [one.id for one in client.threads.list()]


def test_embedded_demo_shows_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--pace", "0"]) == 0
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line[:1].isdigit()] == list(TITLES)
    for part in ("DONE", "get_weather({'city': 'Omsk'})", "local_time({'city': 'Omsk'})", "FAILED"):
        assert part in out
    for part in (
        "Lake(name='Baikal', depth=1642)",
        "The omul, a fish",
        "deleted   thread thr",
        "deleted   assistant ast",
    ):
        assert part in out
    assert "NotFoundError, status 404, code 5" in out
    assert out.endswith("All of it went through.\n")
    assert err == ""


def test_the_second_dialect_s_demo_shows_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--dialect", "responses", "--pace", "0"]) == 0
    out, err = capsys.readouterr()
    titles = [line for line in out.splitlines() if line[:1].isdigit()]
    assert titles == [
        "1. An assistant kept in this client, and a conversation",
        *TITLES[1:4],
        "5. A run, broken off",
        *TITLES[5:],
    ]
    for part in (
        "DONE",
        "get_weather({'city': 'Omsk'})",
        "Lake(name='Baikal', depth=1642)",
        "none: it had ended before",
        "UnsupportedOperationError: list the runs: the Responses API",
        "NotFoundError, status 404",
        "The omul, a fish",
        "conversations cannot be deleted",
    ):
        assert part in out
    assert out.endswith("All of it went through.\n")
    assert err == ""


def test_the_second_dialect_s_demo_takes_a_conversation_that_was_given(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    with gateway.serve() as url, Client(base_url=url, auth=NoAuth(), folder_id="f", dialect="responses") as client:
        thread = client.threads.create()
    arguments = [*there, "--no-auth", "--dialect", "responses", "--thread"]
    assert main([*arguments, thread.id]) == 0
    assert f"thread    {thread.id}" in capsys.readouterr().out
    assert main([*arguments, "conv-nowhere"]) == 1
    assert "conv-nowhere" in capsys.readouterr().err


def test_embedded_demo_needs_nothing_of_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("YC_RUNS_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("YC_API_KEY", "of-the-cloud")
    monkeypatch.setenv("no_proxy", "elsewhere")
    assert main(["demo", "--pace", "0"]) == 0
    assert os.environ["no_proxy"] == "elsewhere"
    assert "of-the-cloud" not in capsys.readouterr().out


def test_demo_runs_against_another_gateway_with_the_environments_key(
    there: list[str], gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YC_API_KEY", "the-key")
    assert main(there) == 0
    assert {request.headers["authorization"] for request in gateway.requests} == {"Api-Key the-key"}
    assert "the-key" not in capsys.readouterr().out
    assert leftovers(gateway) == []


def test_demo_uses_and_keeps_what_it_is_given(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    assistant, thread = gateway.add_assistant(questions.script), gateway.add_thread()
    assert main([*there, "--no-auth", "--assistant", assistant, "--thread", thread]) == 0
    out = capsys.readouterr().out
    assert f"kept      thread {thread}, which was given" in out
    assert f"kept      assistant {assistant}, which was given" in out
    assert "DELETE" not in {request.method for request in gateway.requests}
    assert "The omul" in gateway.messages(thread)[-1].text


def test_demo_makes_the_assistant_of_the_model_it_is_told(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    gateway.add_script("another", questions.script)
    assert main([*there, "--no-auth", "--model", "another"]) == 0
    assert "gpt://local-folder/another/latest" in capsys.readouterr().out


def test_demo_takes_the_key_from_a_file(there: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key").write_text("the-key\n")
    assert main([*there, "--auth-file", str(tmp_path / "key")]) == 0


def test_file_with_a_brace_is_an_authorised_key(
    there: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text("{}")
    assert main([*there, "--auth-file", str(tmp_path / "key")]) == 1
    assert "the authorised key has no id" in capsys.readouterr().err


def test_demo_without_credentials_sends_none(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    assert main([*there, "--no-auth"]) == 0
    assert not any("authorization" in request.headers for request in gateway.requests)


def test_refused_sign_in_ends_the_demo_at_once_in_one_line(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*there, "--no-auth"]) == 1
    out, err = capsys.readouterr()
    assert (err.startswith("yc_runs: "), err.count("\n"), "answered 401" in err) == (True, 1, True)
    assert len(gateway.requests) == 1
    assert TITLES[1] not in out


@pytest.mark.parametrize(("content", "problem"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "not text")])
def test_unusable_key_file_is_told_by_its_path(
    content: bytes | None, problem: str, there: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    assert main([*there, "--auth-file", str(path)]) == 1
    err = capsys.readouterr().err
    assert str(path) in err
    assert problem in err


def test_part_that_fails_does_not_stop_the_others_but_the_demo_fails(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    def forgetful(messages, tools, context):  # type: ignore[no-untyped-def]
        if messages[-1].text == questions.LAKE:
            return Fail("which lake?")
        return questions.script(messages, tools, context)

    gateway.api_key = None
    gateway.add_script("yandexgpt", forgetful)
    assert main([*there, "--no-auth"]) == 1
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line[:1].isdigit()] == list(TITLES)
    assert err == f"yc_runs: the demo did not go through; failed: {TITLES[3]}\n"


def test_run_that_fails_is_a_failure_of_the_demo_which_cleans_up_all_the_same(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    gateway.add_script("yandexgpt", lambda messages, tools: Fail("tired"))
    assert main([*there, "--no-auth"]) == 1
    out, err = capsys.readouterr()
    assert out.count("failed: tired") == 4
    assert err.endswith(f"failed: {TITLES[1]}; {TITLES[2]}; {TITLES[3]}; {TITLES[6]}\n")
    assert leftovers(gateway) == []


def test_demo_that_is_interrupted_cleans_up(
    there: list[str], gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    gateway.api_key = None
    played = demo.PROGRAMMES["assistants"]
    interrupted = replace(played, sync=replace(played.sync, play=interrupt))
    monkeypatch.setitem(demo.PROGRAMMES, "assistants", interrupted)
    assert main([*there, "--no-auth"]) == 130
    assert "deleted   assistant" in capsys.readouterr().out
    assert leftovers(gateway) == []


def test_thread_that_is_not_there_ends_the_demo_and_what_it_made_is_deleted(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    assert main([*there, "--no-auth", "--thread", "no-such-thread"]) == 1
    out, err = capsys.readouterr()
    assert TITLES[1] not in out
    assert "no-such-thread" in err
    assert leftovers(gateway) == []


def test_assistant_that_calls_no_function_and_knows_no_form_is_noted_only(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.api_key = None
    assert main([*there, "--no-auth", "--assistant", "echo"]) == 0
    out = capsys.readouterr().out
    assert "answered without calling a function" in out
    assert "the answer is no Lake" in out


def test_assistant_that_calls_for_ever_is_left(
    there: list[str], gateway: LocalGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    def insatiable(messages, tools):  # type: ignore[no-untyped-def]
        while tools:
            yield ToolCalls([FunctionCall("get_weather", {"city": "Omsk"})])
        yield messages[-1].text

    gateway.api_key = None
    gateway.add_script("yandexgpt", insatiable)
    assert main([*there, "--no-auth"]) == 1
    assert "asks for tools again after 5 rounds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (KeyboardInterrupt(), 130, "yc_runs: interrupted\n"),
        (ImportError("needs starlette:\n pip install …"), 1, "yc_runs: needs starlette: pip install …\n"),
    ],
)
def test_what_ends_a_command_is_told_in_one_line(
    error: BaseException, status: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(demo, "_embedded", fail)
    assert main(["demo"]) == status
    assert capsys.readouterr().err == told
