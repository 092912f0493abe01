"""Write the synchronous twins of the asynchronous modules, or check that they are what would be written.

    python -m tools.generate_sync            write them, and remove twins whose source is gone
    python -m tools.generate_sync --check    change nothing; exit 1 with a diff where any file differs

The sources are ``yc_runs/_async`` and ``tests/_async``. How a module is changed is told in ``sync_source``.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.sync_source import SourceError, refuse_leftovers, to_sync

TREES = (("yc_runs/_async", "yc_runs/_sync"), ("tests/_async", "tests/_sync"))
HEADER = "# Generated from {source} by tools/generate_sync.py; do not edit.\n"
# What changing names leaves behind: unused imports, imports that now sort differently, a noqa without its reason.
FIXES = "F401,I001,RUF100"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Generate the synchronous code from the asynchronous.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail where a file differs")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="the repository")
    options = parser.parse_args(arguments)
    try:
        expected = render(options.root)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    return check(options.root, expected) if options.check else write(options.root, expected)


def render(root: Path) -> dict[str, str]:
    """Return what every generated file must hold, by its path below ``root``."""
    twins = {}
    for source_folder, twin_folder in TREES:
        for source in _files(root, source_folder):
            if source.endswith(".py"):
                text = to_sync((root / source).read_text(encoding="utf-8"), source)
                twins[twin_folder + source[len(source_folder) :]] = HEADER.format(source=source) + text
    twins = _finish(root, twins)
    for path, text in twins.items():
        refuse_leftovers(text, path)
    return twins


def check(root: Path, expected: dict[str, str]) -> int:
    """Print every difference between the files there are and ``expected``; return 1 if there is one."""
    problems = list(differences(root, expected))
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} generated file(s) out of date; `make generate` writes them anew", file=sys.stderr)
    return int(bool(problems))


def differences(root: Path, expected: dict[str, str]) -> Iterator[str]:
    """Yield a text for each file that is missing, holds something else, or has no source."""
    for path, text in sorted(expected.items()):
        if not (root / path).exists():
            yield f"missing: {path}"
            continue
        # As bytes, so that a changed line ending counts too.
        found = (root / path).read_bytes().decode("utf-8", errors="backslashreplace")
        if found != text:
            yield "".join(_diff(path, found, text))
    yield from (f"no source: {path}" for path in _superfluous(root, expected))


def write(root: Path, expected: dict[str, str]) -> int:
    """Bring the generated files to what ``expected`` says, leaving those that are right untouched; return 0."""
    for path, text in expected.items():
        twin, content = root / path, text.encode()
        if not twin.exists() or twin.read_bytes() != content:
            twin.parent.mkdir(parents=True, exist_ok=True)
            twin.write_bytes(content)
            print(f"wrote {path}")
    for path in _superfluous(root, expected):
        (root / path).unlink()
        print(f"removed {path}")
    return 0


def _diff(path: str, found: str, text: str) -> Iterator[str]:
    before, after = found.splitlines(keepends=True), text.splitlines(keepends=True)
    for line in difflib.unified_diff(before, after, f"{path} (as found)", f"{path} (as generated)"):
        yield line if line.endswith("\n") else f"{line}\n\\ no newline at the end\n"


def _superfluous(root: Path, expected: dict[str, str]) -> list[str]:
    return [path for _, folder in TREES for path in _files(root, folder) if path not in expected]


def _files(root: Path, folder: str) -> list[str]:
    """List every file below ``folder``, however deep, except what the interpreter caches."""
    found = (path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path.relative_to(root).as_posix() for path in found)


def _finish(root: Path, twins: dict[str, str]) -> dict[str, str]:
    """Let ruff drop what is left unused, sort imports under their new names and format, as ``root`` has it set up."""
    if not twins:
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in twins.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
        if (root / "pyproject.toml").exists():
            shutil.copy(root / "pyproject.toml", folder)
        _ruff(folder, "check", "--fix", "--extend-select=F401,I001", f"--fixable={FIXES}", "--exit-zero", *twins)
        _ruff(folder, "format", *twins)
        return {path: (folder / path).read_bytes().decode() for path in twins}


def _ruff(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SourceError(f"the generated code cannot be formatted: {done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
