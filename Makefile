# Everything sets itself up: a virtual environment in .venv, from the hashed requirements.
# Needs only Python 3.11+, make, and a package index that pip knows.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test check unit smoke bench lock clean

help:
	@echo "make demo    see the whole job on a sample mailbox"
	@echo "make test    tests, ruff, mypy, and the built wheel in a fresh environment"
	@echo "make bench   accuracy and speed, as printed in docs/"
	@echo "make lock    renew requirements/*.txt from pyproject.toml"
	@echo "make clean   remove the environment and what was built"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "thread-finder needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements/run.txt requirements/build.txt pyproject.toml
	@echo "Installing what thread-finder needs ..."
	@$(PIP) install --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/thread-finder demo

test: check unit smoke

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/pytest -n auto --dist worksteal

smoke: $(VENV)/.dev
	@PYTHON=$(BIN)/python bash tests/smoke_wheel.sh

bench: $(VENV)/.dev
	$(BIN)/python bench/accuracy.py
	$(BIN)/python bench/speed.py
	$(BIN)/python bench/month.py
	$(BIN)/python bench/letters.py
	$(BIN)/python bench/gmail_cost.py

# The lock names no index: hashes alone say what may be installed, from wherever pip is set up to look.
lock: $(BIN)/python
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-annotate pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-annotate -c requirements/dev.txt requirements/build.in -o requirements/build.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
