from __future__ import annotations

from typing import get_args

import pytest

from yc_runs._cli.main import main
from yc_runs._cli.parser import FRAMINGS, SPELLINGS, make_parser
from yc_runs.testing import Framing, Spelling


def test_choices_are_all_that_the_gateway_has() -> None:
    assert (get_args(Framing), get_args(Spelling)) == (FRAMINGS, SPELLINGS)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("", "COMMAND"),
        ("demo --assistant a", "--assistant needs --base-url"),
        ("demo --no-auth", "--no-auth needs --base-url"),
        ("demo --model m", "--model needs --base-url"),
        ("demo --base-url http://h --assistant a --dialect responses", "for the dialect assistants"),
        ("demo --base-url http://h --assistant a --model m", "not with --assistant"),
        ("demo --base-url http://h --assistant a --thread t --pace 1", "not with --base-url"),
        ("demo --base-url http://h --assistant a --thread t --no-auth --auth-file f", "not allowed with"),
        ("demo --pace nan", "not a number of seconds"),
        ("demo --pace soon", "not a number of seconds"),
        ("serve --latency -1", "not a number of seconds"),
        ("serve --port 65536", "not a port"),
        ("serve --port x", "not a port"),
        ("serve --framing xml", "invalid choice"),
    ],
)
def test_wrong_arguments_are_refused_with_the_reason(
    arguments: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    assert caught.value.code == 2
    assert problem in " ".join(capsys.readouterr().err.split())


def test_no_option_takes_a_secret_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("demo", "serve"):
        with pytest.raises(SystemExit):
            make_parser().parse_args([command, "--help"])
        options = {word.rstrip(",") for word in capsys.readouterr().out.split() if word.startswith("--")}
        assert not options & {"--api-key", "--token", "--auth", "--iam-token", "--oauth-token"}
