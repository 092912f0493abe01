from __future__ import annotations

import io

import pytest

from yc_runs._cli.screen import EventView, Screen, clean
from yc_runs.models import RunStreamEvent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def partial(text: str, index: int = 0) -> RunStreamEvent:
    return RunStreamEvent.model_validate(
        {
            "eventType": "PARTIAL_MESSAGE",
            "streamCursor": {"currentEventIdx": index},
            "partialMessage": {"content": [{"text": {"content": text}}]},
        }
    )


def shown(out: io.StringIO, *texts: str) -> str:
    view = EventView(Screen(out))
    for index, text in enumerate(texts):
        view.see(partial(text, index))
    view.end()
    return out.getvalue()


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_text_grows_in_place_on_a_terminal() -> None:
    assert shown(Terminal(), "A", "A b", "A b\nc") == "   A b\n   c\n   events    3 PARTIAL_MESSAGE\n"


def test_text_written_anew_begins_on_a_new_line() -> None:
    assert shown(Terminal(), "A b", "C").startswith("   A b\n   C\n")


def test_elsewhere_each_event_is_a_line_with_what_is_new() -> None:
    lines = shown(io.StringIO(), "A", "A b", "C").splitlines()
    assert lines[:3] == [
        "     0  PARTIAL_MESSAGE  A",
        "     1  PARTIAL_MESSAGE  … b",
        "     2  PARTIAL_MESSAGE  C",
    ]


def test_tool_calls_are_shown_and_end_the_text_before_them() -> None:
    out = Terminal()
    view = EventView(Screen(out))
    call = {"functionCall": {"name": "f", "arguments": {"x": 1}}}
    calls = {"eventType": "TOOL_CALLS", "toolCallList": {"toolCalls": [call, {}]}}
    for event in (partial("A"), RunStreamEvent.model_validate(calls), partial("A b")):
        view.see(event)
    assert out.getvalue() == "   A\n   call      f({'x': 1})\n   call      of an unknown kind\n   A b"


def test_run_without_events_says_so() -> None:
    assert shown(io.StringIO()) == "   events    none\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_heading_is_bold_unless_the_user_or_the_terminal_objects(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bold, plain = Terminal(), Terminal()
    Screen(bold).heading("Title")
    monkeypatch.setenv(name, value)
    Screen(plain).heading("Title")
    assert (bold.getvalue(), plain.getvalue()) == ("\n\x1b[1mTitle\x1b[0m\n", "\nTitle\n")


def test_text_from_a_gateway_cannot_command_the_terminal() -> None:
    assert clean("a\x1b[2J\r\x07\x9b\tb\nc") == "a\ufffd[2J\ufffd\ufffd\ufffd\tb\nc"
    assert "\x1b" not in shown(Terminal(), "\x1b]0;title\x07")
