# `make demo` and `make test` need make and Python 3.10 or newer; the first run builds the virtual environment.
# Variables: PYTHON, the interpreter to build it with; VENV, where it goes; ARGS, more arguments for pytest or the demo.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

bin := $(VENV)/bin
user := $(VENV)/.installed-gateway
dev := $(VENV)/.installed-dev
interop_bin := .venv-interop/bin
interop := .venv-interop/.installed
bench_bin := .venv-bench/bin
bench := .venv-bench/.installed
package_bin := .venv-package/bin
package := .venv-package/.installed
# pyright asks the `python` on PATH where packages are; --verifytypes has no other way to be told.
pyright := PATH="$(abspath $(bin)):$$PATH" $(bin)/pyright
define NEED
import sys
if sys.version_info < (3, 10):
    sys.exit("This needs Python 3.10 or newer, this is " + sys.version.split()[0] + ". Try: make PYTHON=/path/to/python3")
endef
export NEED

.DEFAULT_GOAL := help
.PHONY: help demo test interop bench package coverage check lint types generate generated format clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: $(user) ## the main job, live, against the embedded gateway
	$(bin)/python -m yc_runs demo $(ARGS)

test: $(dev) ## the whole test suite, offline, in parallel
	$(bin)/python -m pytest -n auto --dist worksteal $(ARGS)

interop: $(interop) ## against the real protobufs, Envoy and the official SDK; its own environment, .venv-interop
	$(interop_bin)/python -m pytest -c tests/interop/pytest.ini --rootdir tests/interop -n auto --dist worksteal tests/interop $(ARGS)

bench: $(bench) ## one table: beside bare httpx and the official SDK; its own environment, .venv-bench
	@$(bench_bin)/python -m pip install --quiet --no-deps --force-reinstall .
	@PYTHONDONTWRITEBYTECODE=1 $(bench_bin)/python -m tools.bench $(ARGS)

package: $(package) ## wheel and sdist, tried out on each CPython that is here; its own environment, .venv-package
	PYTHONDONTWRITEBYTECODE=1 $(package_bin)/python -m tools.check_package

check: lint types generated coverage ## lint, types, generated code, test coverage

lint: $(dev) ## ruff: rules and formatting
	$(bin)/ruff check .
	$(bin)/ruff format --check .

types: $(dev) ## mypy (strict), pyright, and how complete the public types are
	$(bin)/mypy
	$(pyright)
	$(pyright) --verifytypes yc_runs --ignoreexternal

generated: $(dev) ## fails unless the synchronous code is what its source gives
	$(bin)/python -m tools.generate_sync --check

coverage: $(dev) ## the test suite, measured; fails below the threshold of pyproject.toml
	rm -f .coverage .coverage.*
	$(bin)/coverage run -m pytest -n auto --dist worksteal -q $(ARGS)
	$(bin)/coverage combine -q
	$(bin)/coverage report

generate: $(dev) ## write the synchronous code anew
	$(bin)/python -m tools.generate_sync

format: $(dev) ## let ruff mend what it can
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

clean: ## remove what make and the tools have made
	rm -rf .venv .venv-* build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(bin)/python:
	@$(PYTHON) -c "$$NEED"
	$(PYTHON) -m venv $(VENV) && $(bin)/python -m pip install --quiet --upgrade pip || { rm -rf $(VENV); exit 1; }

$(user): pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --editable '.[gateway]'
	@touch $@

$(dev): pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(user)

$(interop): pyproject.toml tests/interop/requirements.txt tests/interop/server_requirements.txt
	@$(PYTHON) -c "$$NEED"
	$(PYTHON) -m venv .venv-interop && $(interop_bin)/python -m pip install --quiet --upgrade pip
	$(interop_bin)/python -m pip install --quiet --requirement tests/interop/requirements.txt --editable '.[gateway]'
	$(PYTHON) -m venv .venv-interop/server
	.venv-interop/server/bin/python -m pip install --quiet --requirement tests/interop/server_requirements.txt
	@touch $@

$(bench): pyproject.toml tools/bench/requirements.txt tools/bench/rivals.txt
	@$(PYTHON) -c "$$NEED"
	$(PYTHON) -m venv .venv-bench && $(PYTHON) -m venv .venv-bench/rivals
	$(bench_bin)/python -m pip install --quiet --requirement tools/bench/requirements.txt .
	.venv-bench/rivals/bin/python -m pip install --quiet --requirement tools/bench/rivals.txt
	@touch $@

$(package):
	@$(PYTHON) -c "$$NEED"
	$(PYTHON) -m venv .venv-package && $(package_bin)/python -m pip install --quiet build
	@touch $@
