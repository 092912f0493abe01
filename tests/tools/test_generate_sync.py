"""The files the generator writes, and that its check misses no difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.generate_sync import main

SOURCE = '''\
"""A client: ``async with AsyncClient() as client``."""

import anyio  # async-only
from collections.abc import AsyncIterator, Awaitable, Callable


class AsyncClient:
    async def each(self, get: Callable[[], Awaitable[int]]) -> AsyncIterator[int]:
        yield await get()

    # async-only
    def __await__(self):
        return anyio.sleep(0).__await__()

    # end async-only
'''

TWIN = '''\
# Generated from yc_runs/_async/client.py by tools/generate_sync.py; do not edit.
"""A client: ``with Client() as client``."""

from collections.abc import Callable, Iterator


class Client:
    def each(self, get: Callable[[], int]) -> Iterator[int]:
        yield get()
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose generated files are up to date."""
    for path, text in {
        "yc_runs/_async/client.py": SOURCE,
        "yc_runs/_async/deeper/__init__.py": "",
        "tests/_async/test_client.py": "import pytest\n\npytestmark = pytest.mark.anyio\n\n\nasync def test_x(): ...\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert main(["--root", str(tmp_path)]) == 0
    return tmp_path


def test_a_twin_is_written_for_every_source_formatted_and_sorted(root: Path) -> None:
    assert (root / "yc_runs/_sync/client.py").read_text() == TWIN
    assert (root / "yc_runs/_sync/deeper/__init__.py").read_text().startswith("# Generated from yc_runs/_async/deeper/")
    assert (root / "tests/_sync/test_client.py").read_text().endswith("\n\ndef test_x(): ...\n")


def test_the_check_passes_on_what_was_just_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["--root", str(root), "--check"]) == 0
    assert capsys.readouterr().out == ""


def add_a_line_at_the_end(root: Path) -> None:
    with (root / "yc_runs/_sync/client.py").open("a") as twin:
        twin.write("leftover = 1\n")


def drop_the_last_line(root: Path) -> None:
    twin = root / "yc_runs/_sync/client.py"
    twin.write_text("".join(twin.read_text().splitlines(keepends=True)[:-1]))


def drop_the_last_newline(root: Path) -> None:
    twin = root / "yc_runs/_sync/client.py"
    twin.write_text(twin.read_text().rstrip("\n"))


def change_the_line_endings(root: Path) -> None:
    twin = root / "yc_runs/_sync/client.py"
    twin.write_bytes(twin.read_bytes().replace(b"\n", b"\r\n"))


def change_the_source(root: Path) -> None:
    with (root / "yc_runs/_async/client.py").open("a") as source:
        source.write("\nVERSION = 2\n")


def spoil_the_encoding(root: Path) -> None:
    with (root / "yc_runs/_sync/client.py").open("ab") as twin:
        twin.write(b"# \xff\n")


@pytest.mark.parametrize(
    ("spoil", "shown"),
    [
        (add_a_line_at_the_end, "-leftover = 1\n"),
        (drop_the_last_line, "+        yield get()\n"),
        (drop_the_last_newline, "\\ no newline at the end\n"),
        (change_the_line_endings, "+class Client:\n"),
        (change_the_source, "+VERSION = 2\n"),
        (spoil_the_encoding, "-# \\xff\n"),
    ],
)
def test_the_check_shows_any_difference_in_a_file(
    root: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], shown: str
) -> None:
    spoil(root)
    assert main(["--root", str(root), "--check"]) == 1
    output = capsys.readouterr().out
    assert "--- yc_runs/_sync/client.py (as found)" in output
    assert shown in output


@pytest.mark.parametrize("name", ["old.py", "notes.txt", "deeper/old.py", "other/__init__.py"])
def test_the_check_finds_a_file_without_a_source(root: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    extra = root / "yc_runs/_sync" / name
    extra.parent.mkdir(exist_ok=True)
    extra.touch()
    assert main(["--root", str(root), "--check"]) == 1
    assert f"no source: yc_runs/_sync/{name}\n" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["yc_runs/_sync/client.py", "tests/_sync/test_client.py"])
def test_the_check_finds_a_missing_file(root: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    (root / path).unlink()
    assert main(["--root", str(root), "--check"]) == 1
    assert f"missing: {path}\n" in capsys.readouterr().out


def test_the_check_changes_nothing(root: Path) -> None:
    add_a_line_at_the_end(root)
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    main(["--root", str(root), "--check"])
    assert {path: path.read_bytes() for path in root.rglob("*.py")} == before


def test_writing_removes_twins_whose_source_is_gone(root: Path) -> None:
    (root / "tests/_async/test_client.py").unlink()
    assert main(["--root", str(root)]) == 0
    assert not (root / "tests/_sync/test_client.py").exists()
    assert main(["--root", str(root), "--check"]) == 0


def test_writing_leaves_a_twin_that_is_right_untouched(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    main(["--root", str(root)])
    assert capsys.readouterr().out == ""


def test_what_the_interpreter_caches_is_no_difference(root: Path) -> None:
    cache = root / "yc_runs/_sync/__pycache__/client.cpython-310.pyc"
    cache.parent.mkdir()
    cache.touch()
    assert main(["--root", str(root), "--check"]) == 0


def test_a_source_that_cannot_be_translated_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "yc_runs/_async/client.py").write_text("import asyncio\n\nasyncio.run\n")
    assert main(["--root", str(root)]) == 1
    assert "yc_runs/_sync/client.py:2: asyncio is left" in capsys.readouterr().err


def test_generated_code_that_is_not_python_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "yc_runs/_async/client.py").write_text("def f():\n    pass  # async-only\n\n\nx = 1\n")
    assert main(["--root", str(root)]) == 1
    assert "yc_runs/_sync/client.py:5" in capsys.readouterr().err


def test_the_settings_of_the_repository_format_the_twins(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.ruff]\nline-length = 30\nformat.exclude = ["yc_runs/_sync/**"]\n')
    (root / "yc_runs/_async/client.py").write_text("x = [1111111, 2222222, 3333333]\n")
    assert main(["--root", str(root)]) == 0
    twin = (root / "yc_runs/_sync/client.py").read_text()
    assert twin.endswith("\nx = [\n    1111111,\n    2222222,\n    3333333,\n]\n")
