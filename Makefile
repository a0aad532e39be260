# One list of commands, the same in the README, in CI and on a laptop.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
UV = $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
BIN = .venv/bin
HOME_DIR ?= .opsbot
PORT ?= 8765

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint types e2e bench docs clean

help: ## List the commands
	@awk -F':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/.ready ## Install everything into .venv (finds uv, or puts one into .tools)

.venv/.ready: pyproject.toml uv.lock
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed and was not found on PATH"; exit 1; }
	@command -v uv >/dev/null 2>&1 || [ -x .tools/uv/bin/uv ] || { echo "· installing uv into .tools (nothing outside this folder changes)"; sh deploy/install-uv.sh "$(PYTHON)"; }
	@echo "· installing packages into .venv (about a minute the first time)"
	@UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --compile-bytecode --python "$(PYTHON)"
	@touch $@ && echo "· ready: $(BIN)/opsbot --help"

demo: setup ## Try it: sample shop, documents, chat page on 127.0.0.1 (Ctrl-C stops)
	@$(BIN)/opsbot demo --home $(HOME_DIR) --port $(PORT)

run: setup ## Serve real Telegram; needs TELEGRAM_TOKEN
	@$(BIN)/opsbot run --home $(HOME_DIR)

test: setup ## Unit, integration and architecture tests
	@$(BIN)/pytest -q -n 2 --dist loadfile -m "not e2e"

lint: setup ## Style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## Strict types
	@$(BIN)/mypy

e2e: setup ## Whole processes and a real browser (skips the browser where Chromium is absent)
	@$(BIN)/pytest -q -n 2 --dist loadfile -m e2e

bench: setup ## Figures of benchmarks/, as a table
	@$(BIN)/python -m benchmarks

docs: setup ## Check that commands, settings and metrics are documented
	@$(BIN)/pytest -q tests/test_documentation.py

clean: ## Remove what setup and demo made
	rm -rf .venv .tools .opsbot .mypy_cache .ruff_cache
