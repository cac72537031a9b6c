# Everything starts here: `make help`. Needs make, a shell and Python 3.11 or later.
.POSIX:
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help setup demo test check short lint types imports templates migrations messages docs walk bench format clean

python := .venv/bin/python
kribbe := .venv/bin/kribbe
front_end := $(shell find kribbe/web -name '*.py' -o -path '*/frontend/*' -type f)
solver := kribbe/allocation
compiled := $(solver)/tables.py $(solver)/cells.py $(solver)/claims.py $(solver)/paths.py $(solver)/reasons.py $(solver)/heads.py
translations := $(shell find kribbe -name '*.po')

# Python keeps what it compiled, whatever the environment says: each start without costs seconds.
export PYTHONDONTWRITEBYTECODE :=

# The checks read the settings too; they get a data folder of their own.
apart := KRIBBE_DATA_DIR="$(CURDIR)/.make/data"

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: .make/front-end .make/messages .make/compiled ## install everything into .venv, build styles, scripts and translations

demo: setup ## build the invented region once and serve it, with log-ins for every role
	$(kribbe) demo --serve

test: setup ## run all tests, side by side, on a database of their own
	$(python) -m pytest

check: short ## run every check, as CI does (-j2: the short ones side by side, before the tests)
	@$(MAKE) --output-sync=none test

short: lint walk types imports templates messages docs

lint: .venv/.installed ## check the style of the code
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .

types: .venv/.installed ## check the types
	$(apart) $(python) -m mypy

imports: .venv/.installed ## check that rooms call lower rooms only
	.venv/bin/lint-imports

templates: .venv/.installed ## check the templates
	$(python) -m djlint kribbe --lint --quiet

migrations: .venv/.installed ## check that no migration is missing (the tests do this too)
	$(python) -m pytest -n0 kribbe/config/tests/test_migrations.py

messages: setup ## check that every text has its translation
	$(apart) $(kribbe) messages --check

docs: setup ## build the documentation into site/
	$(apart) NO_MKDOCS_2_WARNING=1 $(python) -m mkdocs build --strict --quiet

walk: setup ## build the demo apart, and walk the main job over HTTP
	$(apart) $(kribbe) demo --check

bench: setup ## measure the main pages over HTTP, and the giving of places beside its peers
	$(kribbe) bench
	PATH="$(CURDIR)/.venv/bin:$$PATH" $(python) -m bench.allocation

format: .venv/.installed ## put the code in the common style
	.venv/bin/ruff check --fix --quiet .
	.venv/bin/ruff format --quiet .

clean: ## remove what make made (the demo's data stay)
	rm -rf .venv .make node_modules site kribbe/web/static/web/dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find kribbe -name '*.mo' -delete

.venv/.installed: requirements.lock pyproject.toml scripts/install
	@sh scripts/install
	@touch $@

.make/front-end: .venv/.installed package.json package-lock.json $(front_end)
	@$(python) -m kribbe.web.build
	@mkdir -p .make && touch $@

.make/messages: .venv/.installed $(translations)
	@$(apart) $(kribbe) messages --compile
	@mkdir -p .make && touch $@

.make/compiled: .venv/.installed $(compiled)
	@$(apart) $(kribbe) compile
	@mkdir -p .make && touch $@
