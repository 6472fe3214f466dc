# Everything a developer or an operator types. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STATIC := assistant/api/static/widget.js

.DEFAULT_GOAL := help
.PHONY: help run install web wheel test test-fast check fix bench evals docs lock clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: install ## everything from a fresh clone to a browser page: chat, console, sample help (PORT=8001; MODEL=demo: a stand-in for a model; MODEL=openai:NAME)
	@$(BIN)/$(if $(MODEL),python -m evals.fakes.demo $(MODEL),assistant serve --demo) $(if $(PORT),--port $(PORT))

install: $(VENV)/.installed $(STATIC) ## the environment in .venv, the front end built

web: ## build the widget, the console and the demo page
	@scripts/build-web

wheel: install ## the package in dist/, for `pip install` anywhere
	@$(UV) build -q --wheel -o dist
	@ls dist/*.whl

test: $(VENV)/.installed-dev $(STATIC) check ## all tests, the browser included
	@scripts/with-node npm run --silent check
	@scripts/with-node npm run --silent test
	@scripts/find-browser
	@$(BIN)/python -m pytest -n 3 --dist loadfile -m "not e2e and not alone"
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "e2e and not alone"
	@$(BIN)/python -m pytest -m alone

test-fast: $(VENV)/.installed-dev ## unit tests only, a few seconds
	@$(BIN)/python -m pytest -m "not slow and not e2e"

check: $(VENV)/.installed-dev ## format, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(VENV)/.installed-dev ## format and mend what can be mended automatically
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-dev $(STATIC) ## measure speed, each figure beside its floor
	@$(BIN)/python -m evals bench

evals: $(VENV)/.installed-dev ## measure quality, each figure beside its baseline
	@for part in foreign sample retrieval signals answers; do $(BIN)/python -m evals $$part || exit 1; done

docs: $(VENV)/.installed-docs ## the manual as a site, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --clean
	@echo "site/index.html"

lock: $(VENV)/.uv ## pin what pyproject.toml asks for
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url -p 3.11 pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url -p 3.11 --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url -p 3.11 --group docs -c requirements-dev.lock pyproject.toml -o requirements-docs.lock

clean: ## remove what was built, keep the data
	rm -rf $(VENV) assistant/api/static web/node_modules

$(VENV)/.uv:
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check uv==0.13.9
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/.uv
	@echo "Installing what the assistant needs …"
	@$(UV) pip install -q --require-hashes -r requirements.lock
	@$(UV) pip install -q --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what tests and checks need …"
	@$(UV) pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.installed-docs: requirements-docs.lock $(VENV)/.installed
	@echo "Installing what the manual is built with …"
	@$(UV) pip install -q --require-hashes -r requirements-docs.lock
	@touch $@

$(STATIC): $(VENV)/.installed $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)
	@scripts/build-web
