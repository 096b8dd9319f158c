# One word each; everything runs in .venv, which `make setup` keeps in step with pyproject.toml.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint notebooks report dashboards bench calibrate
BIN := .venv/bin
SERVE ?= yes
NAME ?= weekly_overview

help:  ## show these lines
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup:  ## make .venv with everything; does nothing when nothing changed
	@bash .ci/setup

demo: setup  ## load two synthetic data sets and real orders, write a report, serve the dashboards (SERVE=no stops after the report)
	@$(BIN)/analytics demo .demo $(if $(filter no,$(SERVE)),--no-serve)

test: setup lint  ## everything that must hold
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .venv/lint-imports.log 2>&1 || { cat .venv/lint-imports.log; exit 1; }

notebooks: setup  ## write each .ipynb again from the py:percent text beside it
	@$(BIN)/python -m tests.notebooks.pair

report: setup  ## run one report: make report NAME=weekly_overview
	@$(BIN)/analytics report run $(NAME) --workspace .demo

dashboards: setup  ## serve the dashboards of the demo workspace
	@$(BIN)/analytics dashboards --workspace .demo

bench: setup  ## measure against peers in one process run; prints ratios, writes JSON
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@{ [ -x .venv/peers/bin/python ] || $(BIN)/python -m venv .venv/peers; } && .venv/peers/bin/pip install --quiet 'statsforecast>=2.1' || echo 'Measured without statsforecast, which pins an older pandas and could not be installed beside.'
	@$(BIN)/python -m tests.benchmarks

calibrate: setup  ## simulate the error rates our statistics promise; writes one page
	@$(BIN)/pip install --quiet --constraint constraints.txt 'pymannkendall>=1.4' 'ruptures>=1.1' || echo 'Measured without those of the others that are not installed.'
	@$(BIN)/python -m analytics_lib.statistics.calibration
