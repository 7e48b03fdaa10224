# What a person types in this folder. Everything is installed into .venv, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
PLUGINS := $(patsubst %/setup.cfg,%,$(wildcard plugins/*/setup.cfg))
EDITABLE := $(foreach plugin,$(PLUGINS),-e ./$(plugin))
DECLARED := setup.cfg pyproject.toml $(wildcard plugins/*/setup.cfg plugins/*/pyproject.toml)

.PHONY: demo test screens lint bench week fuzz clean texts

demo: $(VENV)/.installed
	$(BIN)/hotelbridge demo $(if $(STORY),--story)

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadgroup $(ARGS)

screens: $(VENV)/.installed-test
	rm -rf build/screens
	REQUIRE_BROWSER=1 $(BIN)/python -m pytest -m screens tests/browser $(ARGS)
	@echo "The screenshots are in $(CURDIR)/build/screens:" && ls build/screens

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks $(ARGS)

week: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.week $(ARGS)

# The catalogues: what the pages say (de.po), what the rest of the house says (said.de.po), what a plugin says.
EXTRACT := $(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header
UPDATE := $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap
LOCALE := hotelbridge/web/locale
SAYING := $(patsubst %/locale,%,$(wildcard plugins/*/*/locale))
texts: $(VENV)/.installed
	@mkdir -p build
	$(EXTRACT) -F texts.cfg -k N_ -o build/texts.pot hotelbridge
	$(EXTRACT) -F texts.said.cfg -o build/said.pot hotelbridge
	for code in de zh; do \
	  $(UPDATE) -i build/texts.pot -o $(LOCALE)/$$code.po -l $$code && \
	  $(UPDATE) -i build/said.pot -o $(LOCALE)/said.$$code.po -l $$code; done
	for plugin in $(SAYING); do \
	  $(EXTRACT) -F texts.plugins.cfg -o build/plugin.pot $$plugin || exit; \
	  for code in de zh; do \
	    $(UPDATE) --init-missing -i build/plugin.pot -o $$plugin/locale/said.$$code.po -l $$code || exit; done; done
	@echo "New sentences have no msgstr yet: write them in $(LOCALE)/*.po and plugins/*/*/locale/*.po"

fuzz: $(VENV)/.installed-test
	$(BIN)/pip install --quiet --disable-pip-version-check 'atheris>=3'
	$(BIN)/python -m benchmarks.fuzz $(or $(CODEC),fias) -max_total_time=60 $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info plugins/*/build plugins/*/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis .fuzz hotelbridge-demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hotelbridge needs Python 3.11 or newer. Name one: make PYTHON=python3.12 demo" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(DECLARED) | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e . $(EDITABLE)
	@touch $@

$(VENV)/.installed-test: $(DECLARED) | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]' $(EDITABLE)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-lint: $(DECLARED) | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[lint]' $(EDITABLE)
	@touch $@ $(VENV)/.installed
