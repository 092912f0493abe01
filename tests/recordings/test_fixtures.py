"""The fixtures themselves: well formed, all of them replayed by some test, and the replay strict."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.support.replay import FIXTURES, RECORDINGS, ROOT, Replay

FILES = sorted(FIXTURES.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_fixture_has_the_form_of_a_recording(path: Path) -> None:
    for exchange in json.loads(path.read_text(encoding="utf-8")):
        assert exchange.keys() == {"request", "response"}
        assert exchange["request"].keys() == {"method", "path", "query", "body"}
        assert exchange["response"].keys() in ({"status", "json"}, {"status", "stream"})
        assert exchange["request"]["path"].startswith("/assistants/v1/")


@pytest.mark.parametrize("path", [path for path in FILES if path.stem.startswith("run")], ids=lambda path: path.stem)
def test_a_fixture_of_runs_is_replayed_by_a_test_of_its_name(path: Path) -> None:
    source = (ROOT / "tests" / "_async" / "test_recordings.py").read_text(encoding="utf-8")
    assert f"def test_{path.stem}(" in source
    assert f'opened("{path.stem}"' in source


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not at hand")
def test_no_fixture_holds_an_id_or_a_time_of_a_recording() -> None:
    foreign = {word for path in RECORDINGS.glob("*.json") for word in _values(json.loads(path.read_text("utf-8")))}
    for path in FILES:
        assert not foreign & set(_values(json.loads(path.read_text(encoding="utf-8")))), path.name


def _values(node: object, name: str = "") -> list[str]:
    if isinstance(node, dict):
        return [value for key, member in node.items() for value in _values(member, key)]
    if isinstance(node, list):
        return [value for member in node for value in _values(member, name)]
    is_own = name.endswith(("Id", "At", "_id", "_at", "By")) or name == "id"
    return [node] if is_own and isinstance(node, str) else []


GET = {"method": "GET", "path": "/assistants/v1/runs/r", "query": {"a": "1"}, "body": None}
POST = {"method": "POST", "path": "/assistants/v1/runs", "query": {}, "body": {"n": "5", "t": 0.0}}


def replayed(tmp_path: Path, expected: object, *requests: httpx.Request) -> None:
    path = tmp_path / "recording.json"
    path.write_text(json.dumps([{"request": expected, "response": {"status": 200, "json": {}}}]))
    replay = Replay(path)
    for request in requests:
        replay(request)
    assert replay.is_done


def test_a_replay_takes_the_request_that_is_due(tmp_path: Path) -> None:
    replayed(tmp_path, GET, httpx.Request("GET", "https://x.test/assistants/v1/runs/r?a=1"))
    replayed(tmp_path, POST, httpx.Request("POST", "https://x.test/assistants/v1/runs", json={"t": 0, "n": 5}))


@pytest.mark.parametrize(
    "request_made",
    [
        httpx.Request("POST", "https://x.test/assistants/v1/runs/r?a=1"),
        httpx.Request("GET", "https://x.test/assistants/v1/runs/other?a=1"),
        httpx.Request("GET", "https://x.test/assistants/v1/runs/r"),
        httpx.Request("GET", "https://x.test/assistants/v1/runs/r?a=2"),
        httpx.Request("GET", "https://x.test/assistants/v1/runs/r?a=1", json={}),
    ],
)
def test_a_replay_refuses_any_other(tmp_path: Path, request_made: httpx.Request) -> None:
    with pytest.raises(AssertionError, match="exchange 1"):
        replayed(tmp_path, GET, request_made)


def test_a_replay_refuses_one_request_too_many_and_notices_one_too_few(tmp_path: Path) -> None:
    request = httpx.Request("GET", "https://x.test/assistants/v1/runs/r?a=1")
    with pytest.raises(AssertionError, match="too many"):
        replayed(tmp_path, GET, request, request)
    with pytest.raises(AssertionError):
        replayed(tmp_path, GET)
