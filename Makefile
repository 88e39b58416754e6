# What a person or CI runs. Every target works from a fresh clone.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOME_  := $(or $(RISTORO_HOME),var)

# Debian's packages that the real-component tests start; `make test` installs them when run by root.
PEERS := dovecot-core dovecot-imapd dovecot-lmtpd dovecot-sqlite postfix postgresql chromium openjdk-17-jre-headless

# A demo and the tests start many processes: without compiled files each would compile all code anew.
unexport PYTHONDONTWRITEBYTECODE

# Processes of tests; `auto` is one a core. More of them make browsers wait for each other.
WORKERS ?= auto

.PHONY: help setup demo stop serve test explore check format bench docs lock clean peers

help: ## What can be made
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | sort

setup: $(VENV)/.runtime ## A .venv with the command `ristoro`

demo: setup ## One outage, end to end, on a private mail host; no root, no questions
	@$(BIN)/ristoro demo

stop: ## Stop what `make demo` or `make serve` left running
	@test ! -x $(BIN)/ristoro || $(BIN)/ristoro stop

serve: setup ## The web faces on this machine
	@$(BIN)/ristoro serve

test: ## Every test that this machine can run; with root, all of them
	@$(MAKE) --no-print-directory -j2 peers $(VENV)/.dev
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

explore: $(VENV)/.dev ## The properties on many new examples; what they find becomes an example of the test
	$(BIN)/python -m pytest -q --hypothesis-profile=explore -m "not db and not host and not spark" tests/kernel tests/outages tests/notices tests/estate

check: $(VENV)/.dev ## Format, lint, types, import contracts, migrations
	$(BIN)/ruff format --check src tests bench docs
	$(BIN)/ruff check src tests bench docs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	DJANGO_SETTINGS_MODULE=ristoro.settings $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run

format: $(VENV)/.dev ## Rewrite the code as `check` wants it
	$(BIN)/ruff format src tests bench docs
	$(BIN)/ruff check --fix src tests bench docs

bench: peers $(VENV)/.dev ## Measure side by side with the peers; results in bench/results
	$(BIN)/python -m bench

docs: $(VENV)/.dev ## Make docs/reference and the README's figures anew
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.linter
	$(BIN)/python -m bench.table

lock: $(VENV)/.dev ## Pin every library and its hashes anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group setup pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group setup --group dev pyproject.toml -o requirements-dev.lock

clean: stop ## Remove the environment and what the demo left
	rm -rf $(VENV) $(HOME_)

peers:
	@PEERS="$(PEERS)" sh .ci/peers

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Ristoro needs Python 3.11 or newer: $$($(PYTHON) --version). Set PYTHON=…"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: install python3-venv (Debian), then run this again"; rm -rf $(VENV); exit 2; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
