"""``python -m tools.check_package``: what is published, tried out without this checkout. Needs ``build``, a registry.

It builds the sdist, and the wheel from it, and looks at what is in them. Then, on every CPython from 3.10 to 3.13 that
this machine has, with the newest versions of what the package needs and with the lowest that its bounds allow, it
installs the wheel in an environment of its own and runs the README's quick start against ``python -m yc_runs serve``,
and the README's tests with the pytest fixtures. Nothing is written into the checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
_BOUND = re.compile(
    r"^Requires-Dist: ([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)(?:; extra == ['\"](\w[\w-]*)['\"])?$", re.MULTILINE
)
_CODE = re.compile(r"^```python\n(.*?)^```$(?:\n(?:(?!```|#)[^\n]*\n)*```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


class PackageError(Exception):
    """What is published does not do what it should."""


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command to its end, and give what it prints. Raises ``PackageError`` where it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "YC_", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **(env or {})},
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise PackageError(f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def interpreters() -> Iterator[tuple[str, str]]:
    """The versions that this machine has, and where."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        candidates = [f"python{version}", sys.executable, *map(str, pyenv.glob(f"{version}.*/bin/python"))]
        for candidate in filter(shutil.which, candidates):
            asked = subprocess.run(
                [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
            )
            if asked.stdout.strip() == version:
                yield version, candidate
                break


def build(folder: Path) -> Path:
    """The wheel, built from the sdist. Raises ``PackageError`` for one with too little or too much in it."""
    run(sys.executable, "-m", "build", "--outdir", folder, CHECKOUT, cwd=folder)
    wheel, sdist = next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))
    names = zipfile.ZipFile(wheel).namelist()
    strange = [name for name in names if not name.startswith("yc_runs/") and ".dist-info/" not in name]
    missing = [
        name for name in ("yc_runs/py.typed", "/licenses/LICENSE") if not any(each.endswith(name) for each in names)
    ]
    if strange or missing:
        raise PackageError(f"the wheel has {strange[:5]}, and has no {missing}")
    print(f"{wheel.name}, {len(names)} files; {sdist.name}")
    return wheel


def lowest(wheel: Path) -> list[str]:
    """The lowest versions that the bounds of the core and of the gateway allow, as constraints."""
    archive = zipfile.ZipFile(wheel)
    metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    found = _BOUND.findall(archive.read(metadata).decode())
    return [f"{name}=={bound}" for name, bound, extra in found if extra in ("", "gateway")]


def environment(folder: Path, python: str, *wanted: object) -> Path:
    """The interpreter of a new environment with these packages."""
    run(python, "-m", "venv", folder, cwd=folder.parent)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *wanted, cwd=folder)
    return folder / "bin" / "python"


def section(heading: str) -> list[tuple[str, str]]:
    """The programs of the README under a heading, each with the output that is shown for it, or nothing."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    rest = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return _CODE.findall(rest)


def try_quick_start(python: Path, folder: Path) -> None:
    """Run the programs of the quick start. Raises ``PackageError`` where one does not print what the README shows."""
    command = [str(python), "-m", "yc_runs", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as gateway:
        assert gateway.stdout is not None
        url = gateway.stdout.readline().strip()
        env = {"YC_RUNS_BASE_URL": url, "YC_FOLDER_ID": "local-folder", "YC_API_KEY": "any-key"}
        try:
            for code, shown in section("Quick start"):
                printed = run(python, "-W", "error", "-c", code, cwd=folder, env=env)
                if not shown or printed != shown:
                    raise PackageError(f"{code}\nprinted\n{printed}\nand not\n{shown}")
        finally:
            gateway.terminate()


def try_fixtures(python: Path, folder: Path) -> None:
    """Run the README's tests, as a user's."""
    tests = [code for code, _ in section("Testing your own code") if "\ndef test_" in code]
    place = folder / "tests"
    place.mkdir()
    for number, code in enumerate(tests):
        (place / f"test_user_{number}.py").write_text(code, encoding="utf-8")
    printed = run(python, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", place, cwd=place)
    if not tests or " passed" not in printed:
        raise PackageError(printed)


def try_core(python: str, wheel: Path, folder: Path) -> None:
    """Install the core alone. Raises ``PackageError`` where something compiled comes along that is not pydantic's."""
    inside = environment(folder, python, wheel)
    code = (
        "from importlib.metadata import distributions as d\n"
        "print(*sorted({e.name for e in d() for f in e.files or () if f.suffix in ('.so', '.pyd')}))"
    )
    compiled = run(inside, "-c", code, cwd=folder).split()
    if [name.replace("-", "_") for name in compiled] != ["pydantic_core"]:
        raise PackageError(f"compiled packages come along: {compiled}")
    print("core: the only compiled package is", *compiled)


def try_types(python: str, wheel: Path, folder: Path) -> None:
    """Have mypy and pyright look at every public name of the installed wheel."""
    inside = environment(folder, python, f"{wheel}[gateway,otel,service-account,tools]", "mypy", "pyright[nodejs]")
    packages = ("yc_runs", "yc_runs.auth", "yc_runs.models", "yc_runs.testing", "yc_runs.tools")
    code = (
        f"import importlib\nfor p in {packages}:\n"
        " for n in importlib.import_module(p).__all__: print('from', p, 'import', n, 'as', p.replace('.', '_') + n)"
    )
    names = run(inside, "-c", code, cwd=folder)
    (folder / "names.py").write_text(names, encoding="utf-8")
    run(inside, "-m", "mypy", "--strict", "names.py", cwd=folder)
    # pyright asks the `python` on PATH where packages are.
    path = {"PATH": f"{inside.parent}{os.pathsep}{os.environ['PATH']}"}
    run(inside, "-m", "pyright", "names.py", cwd=folder, env=path)
    run(inside, "-m", "pyright", "--verifytypes", "yc_runs", "--ignoreexternal", cwd=folder, env=path)
    print(f"types: mypy and pyright see all {len(names.splitlines())} public names")


def main(wanted: list[str]) -> None:
    """Try everything, or the wanted versions of CPython alone; the first failure ends it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        (folder / "lowest.txt").write_text("\n".join(lowest(wheel)), encoding="utf-8")
        found = [each for each in interpreters() if not wanted or each[0] in wanted]
        for version, python in found:
            for bounds, constraint in (("newest", ()), ("lowest", ("--constraint", folder / "lowest.txt"))):
                inside = folder / f"{bounds}-{version}"
                interpreter = environment(inside, python, f"{wheel}[gateway]", "pytest", *constraint)
                try_quick_start(interpreter, inside)
                try_fixtures(interpreter, inside)
                print(f"CPython {version}, {bounds} versions: quick start and fixtures work", flush=True)
        try_core(found[-1][1], wheel, folder / "core")
        try_types(found[-1][1], wheel, folder / "types")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except PackageError as error:
        sys.exit(f"FAILED: {error}")
