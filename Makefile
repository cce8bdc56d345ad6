# Needs Python 3.11 or newer, git and make. Everything else goes into .venv, from hash-locked lists.

VENV := .venv
PY := $(VENV)/bin/python
PIP := PIP_USER=0 $(PY) -m pip --quiet --no-input --disable-pip-version-check
WORKERS ?= 2
TESTS ?= tests

export PIP_ROOT_USER_ACTION := ignore
export PYTHONDONTWRITEBYTECODE ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check lock bench assets sbom audit clean install

help:
	@echo "make demo     a made-up agency on http://localhost:8000 (FRESH=1 starts over)"
	@echo "make test     every test"
	@echo "make check    format, lint, types, import rules, then every test"
	@echo "make assets   the style sheet and scripts in static/built"
	@echo "make lock     write requirements.txt and requirements-dev.txt anew from pyproject.toml"
	@echo "make bench    the measurements of tests/bench"
	@echo "make sbom     the bill of materials, sbom.cdx.json (CycloneDX)"
	@echo "make audit    known weaknesses of the locked packages, from osv.dev (needs the network)"
	@echo "make clean    take away what these commands made, but not instance/"

demo: install assets
	@exec $(VENV)/bin/portal demo $(if $(FRESH),--fresh) $(ARGS)

test: install assets
	@$(PY) -m pytest $(TESTS) -n $(WORKERS) --dist worksteal -q

check: install assets
	@echo "Checking format, lint, types and import rules"
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(MAKE) --no-print-directory test

assets: install
	@$(PY) static/build.py

bench: install assets
	@for script in tests/bench/bench_*.py; do $(PY) -m "tests.bench.$$(basename $$script .py)" || exit 1; done

sbom: install
	@$(PY) .ci/sbom.py > sbom.cdx.json

audit: install
	@$(PY) .ci/audit.py

# A lock made by a newer Python may hold packages that an older one cannot use.
lock: install
	@$(PY) -c 'import sys; sys.version_info[:3] > (3, 11, 2) and print("Note: check that Python 3.11.2 (Debian 12) can install what this chooses.")'
	@echo "Locking requirements.txt and requirements-dev.txt"
	@$(VENV)/bin/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-header -o requirements.txt pyproject.toml
	@$(VENV)/bin/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-header --extra dev -o requirements-dev.txt pyproject.toml

# The stamp holds what was installed and where, so a second run is instant and a moved or changed
# checkout installs again.
install:
	@wanted="$$(cat requirements-dev.txt pyproject.toml | cksum) $$PWD"; \
	if [ -x $(PY) ] && [ "$$(cat $(VENV)/installed 2>/dev/null)" = "$$wanted" ]; then exit 0; fi; \
	python="$$(sh .ci/find-python)" || exit 1; \
	[ -w "$${XDG_CACHE_HOME:-$$HOME/.cache}" ] || [ -w "$$HOME" ] || export PIP_NO_CACHE_DIR=1; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV) || exit 1; \
	echo "Installing the packages of requirements-dev.txt (some minutes the first time)"; \
	$(PIP) install --require-hashes -r requirements-dev.txt || exit 1; \
	$(PIP) install --no-deps --no-build-isolation -e . || exit 1; \
	printf '%s' "$$wanted" > $(VENV)/installed

clean:
	rm -rf sbom.cdx.json $(VENV) static/built static/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find portal tests static -name __pycache__ -type d -prune -exec rm -rf {} +
