"""The public names: all there, all loadable, and none loaded before it is used."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import yc_runs
import yc_runs.models

PACKAGES = (yc_runs, yc_runs.models)


def module_of(package: ModuleType) -> dict[str, str]:
    table: dict[str, str] = package._NAMES
    return {name: f"{package.__name__}.{module}" for module, names in table.items() for name in names.split()}


NAMES = [(package, name) for package in PACKAGES for name in sorted(module_of(package))]


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def imported_for_type_checkers(package: ModuleType) -> dict[str, str]:
    tree = ast.parse(Path(inspect.getfile(package)).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_names_for_type_checkers_are_the_lazy_ones(package: ModuleType) -> None:
    assert imported_for_type_checkers(package) == module_of(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_all_lists_each_lazy_name_once(package: ModuleType) -> None:
    assert sorted(set(package.__all__) - {"__version__"}) == sorted(module_of(package))
    assert len(set(package.__all__)) == len(package.__all__)


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_each_name_loads_from_its_module(package: ModuleType, name: str) -> None:
    value = getattr(package, name)
    assert value is getattr(importlib.import_module(module_of(package)[name]), name)
    assert getattr(package, name) is value


def test_a_name_is_kept_after_its_first_use() -> None:
    assert run_python("import yc_runs as y; y.RunsError; print('RunsError' in vars(y), 'APIError' in vars(y))") == (
        "True False"
    )


def test_dir_shows_every_name() -> None:
    assert set(yc_runs.__all__) <= set(dir(yc_runs))
    assert dir(yc_runs) == sorted(dir(yc_runs))


def test_a_star_import_brings_every_name() -> None:
    code = "import yc_runs\nfrom yc_runs import *\nprint(sorted(set(yc_runs.__all__) - set(globals())))"
    assert run_python(code) == "[]"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'yc_runs' has no attribute 'Nothing'"):
        yc_runs.Nothing  # noqa: B018


def test_the_version_is_a_literal() -> None:
    assert yc_runs.__version__.count(".") == 2
    assert (Path(inspect.getfile(yc_runs)).with_name("py.typed")).exists()


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'httpx', 'httpx_sse', 'pydantic', 'tenacity', 'asyncio', 'anyio', 'ssl', 'typing_extensions'}"
    assert run_python(f"import sys, yc_runs; print(sorted({heavy} & set(sys.modules)))") == "[]"


def test_importing_the_package_loads_one_small_module_of_its_own() -> None:
    code = "import sys, yc_runs; print([m for m in sys.modules if m.startswith('yc_runs.')])"
    assert run_python(code) == "['yc_runs._lazy']"


@pytest.mark.parametrize("module", ["yc_runs.policy", "yc_runs._deadline"])
def test_the_policies_load_nothing_heavy(module: str) -> None:
    assert run_python(f"import sys, {module}; print(sorted({{'httpx', 'pydantic'}} & set(sys.modules)))") == "[]"


def test_the_models_load_no_http() -> None:
    code = "import sys, yc_runs.models; print(sorted({'httpx', 'tenacity', 'yc_runs.wire'} & set(sys.modules)))"
    assert run_python(code) == "[]"
