# Two commands do everything: `make run` and `make check`. `make help` lists the rest.
PORT ?= 8501
STRATA_DATA ?= data/files
PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check install --quiet --no-input

export STRATA_DATA
.DEFAULT_GOAL := help
.PHONY: help run check test setup clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo "  settings: PORT=$(PORT) STRATA_DATA=$(STRATA_DATA)"

run: .venv/run.stamp  ## set everything up and open the dashboard (the demo company when there is no lake yet)
	@.venv/bin/python -m data.build demo --if-none
	@exec .venv/bin/streamlit run app.py --server.port $(PORT)

check: .venv/dev.stamp  ## set everything up; lint, types and all tests, the browser ones too
	@sh tests/browser/chromium.sh
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/pytest -n 2

test: .venv/dev.stamp  ## the tests alone
	.venv/bin/pytest -n 2

setup: .venv/dev.stamp  ## only set up

clean:  ## remove what the set-up made; the data stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "setting up: packages of the dashboard"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@echo "setting up: packages of the checks"
	@$(PIP) -r requirements-dev.txt
	@touch $@
